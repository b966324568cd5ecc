"""What a list does not say is read from the series' own page: once, a few at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from aniworld.config import store
from library.errors import NotInCatalogue
from library.models import CatalogueEntry, CatalogueList
from library.services import listed_covers
from library.services.catalogue import genres_of, keep_list
from library.services.catalogue_details import TRIED_AGAIN, details_now, fill
from library.services.listed_covers import (
    keep_listed_cover,
    listed_cover_path,
    tidy_listed_covers,
)
from providers.errors import SiteDown, UnknownProvider
from tests.factories import make_series
from tests.unit.library.fakes import ListingSite
from tests.unit.library.services.test_covers import picture

pytestmark = pytest.mark.django_db
DOWN = SiteDown(why="timed_out", site="Lister")


@pytest.fixture
def kept(lister: ListingSite) -> ListingSite:
    """A list of four series, of which each has a page."""
    lister.lists("Alpha", "Beta", "Gamma", "Delta")
    for name in ("Alpha", "Beta", "Gamma", "Delta"):
        lister.add(name.lower(), name, {1: 2}, year=2013, others=(f"{name} Musuko",))
    keep_list(lister.name)
    lister.asked.clear()
    return lister


def entry(name: str) -> CatalogueEntry:
    return CatalogueEntry.objects.get(name=name)


def with_description(site: ListingSite, key: str) -> None:
    info, episodes = site.shows[key]
    told = replace(info, description="About a crane.", genres=("Drama", "Alltag"))
    site.shows[key] = (told, episodes)


def test_it_is_read_once(kept: ListingSite) -> None:
    with_description(kept, "alpha")
    details_now(kept.name, "alpha")
    details_now(kept.name, "alpha")
    assert kept.asked == ["series alpha"]
    found = entry("Alpha")
    assert (found.year, found.genres) == (2013, ["Drama", "Alltag"])
    assert found.description == "About a crane."
    assert CatalogueEntry.objects.matching("alpha musuko").get() == found
    assert CatalogueEntry.objects.of_genre("drama").get() == found


def test_of_what_only_a_search_found_it_is_kept_too(kept: ListingSite) -> None:
    kept.add("epsilon", "Epsilon", {1: 1}, year=2020)
    assert not details_now(kept.name, "epsilon").listed
    assert not CatalogueEntry.objects.there().filter(name="Epsilon").exists()
    assert details_now(kept.name, "epsilon").year == 2020
    assert kept.asked == ["series epsilon"]


def test_what_the_site_does_not_have_is_nothing(kept: ListingSite) -> None:
    with pytest.raises(NotInCatalogue):
        details_now(kept.name, "nothing")
    with pytest.raises(UnknownProvider):
        details_now("nobody", "alpha")
    assert CatalogueEntry.objects.count() == 4


def test_one_that_failed_is_not_asked_for_with_every_run(kept: ListingSite) -> None:
    kept.failures["alpha"] = DOWN
    with pytest.raises(SiteDown):
        details_now(kept.name, "alpha")
    assert entry("Alpha").details_tried_at is not None
    kept.asked.clear()
    del kept.failures["alpha"]
    fill([kept.name])
    assert sorted(kept.asked) == ["series beta", "series delta", "series gamma"]
    tried = timezone.now() - TRIED_AGAIN - timedelta(minutes=1)
    CatalogueEntry.objects.filter(name="Alpha").update(details_tried_at=tried)
    assert fill([kept.name]).read == 1


def test_a_run_reads_some_and_the_new_ones_first(kept: ListingSite) -> None:
    CatalogueEntry.objects.filter(name="Gamma").update(appeared_at=timezone.now())
    filled = fill([kept.name], most=2)
    assert (filled.read, filled.left) == (2, 2)
    assert kept.asked[0] == "series gamma"
    assert genres_of(CatalogueList.objects.all()) == ["Action"]
    assert fill([kept.name]).read == 2
    assert fill([kept.name]).read == 0


def test_it_ends_when_it_is_to(kept: ListingSite) -> None:
    assert fill([kept.name], is_stopping=lambda: len(kept.asked) >= 1).read == 1


def test_a_site_that_is_away_is_left_alone(kept: ListingSite) -> None:
    kept.failure = DOWN
    filled = fill([kept.name])
    assert (filled.read, filled.failed, filled.left) == (0, 1, 3)
    assert len(kept.asked) == 1


def test_what_is_in_the_library_is_known_already(kept: ListingSite) -> None:
    facts: dict[str, Any] = {"year": 1999, "genres": ["Alltag"], "description": "Long known."}
    make_series("Alpha", site=kept.name, key="alpha", **facts)
    fill([kept.name], most=0)
    found = entry("Alpha")
    assert (found.year, found.genres, found.description) == (1999, ["Alltag"], "Long known.")
    assert kept.asked == []


def test_a_cover_is_kept_in_its_own_place_and_bounded(
    kept: ListingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Alpha", "Beta", "Gamma"):
        one = entry(name)
        one.cover_url = f"https://x.example/{name}.jpg"
        one.save()
        assert keep_listed_cover(one, fetch=lambda _url: picture())
        assert not keep_listed_cover(one, fetch=lambda _url: picture())
    assert listed_cover_path(entry("Alpha").pk).exists()
    assert tidy_listed_covers() == 0
    monkeypatch.setattr(listed_covers, "MOST_COVERS", 2)
    assert tidy_listed_covers() == 1
    assert not entry("Alpha").cover_source  # the oldest
    assert not listed_cover_path(entry("Alpha").pk).exists()
    entry("Beta").delete()
    assert tidy_listed_covers() == 1
    monkeypatch.setattr(listed_covers, "MOST_BYTES", 10)
    assert tidy_listed_covers() == 1
    assert list((settings.DATA_DIR / "covers" / "listed").iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_no_cover(kept: ListingSite, content: bytes) -> None:
    one = entry("Alpha")
    one.cover_url = "https://x.example/a.jpg"
    one.save()
    assert not keep_listed_cover(one, fetch=lambda _url: content)
    assert not entry("Alpha").cover_source
    assert not keep_listed_cover(entry("Alpha"), fetch=lambda _url: picture())  # nor tried again
    CatalogueEntry.objects.update(cover_url="https://x.example/b.jpg", cover_at=None)
    assert keep_listed_cover(entry("Alpha"), fetch=lambda _url: picture())


def test_a_cover_whose_file_is_lost_is_noted(kept: ListingSite) -> None:
    one = entry("Alpha")
    CatalogueEntry.objects.update(cover_url="https://x.example/a.jpg", details_at=timezone.now())
    keep_listed_cover(entry("Alpha"), fetch=lambda _url: picture())
    assert entry("Alpha").is_told
    listed_cover_path(one.pk).unlink()
    tidy_listed_covers()
    assert not entry("Alpha").cover_source
    assert not entry("Alpha").is_told  # it comes back when somebody looks
    assert keep_listed_cover(entry("Alpha"), fetch=lambda _url: picture())


def test_settings_of_a_site_that_is_off_ask_nobody(kept: ListingSite) -> None:
    store.update(lambda data: data["providers"]["sites"][kept.name].update(enabled=False))
    with pytest.raises(UnknownProvider):
        details_now(kept.name, "alpha")
    assert kept.asked == []
