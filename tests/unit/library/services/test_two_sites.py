"""Two sites of which one is down: what the other knows, and that one was not asked."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from aniworld.config import store
from aniworld.sites import configured
from library import services
from library.errors import NoSiteChosen
from library.models import AnimeSeries, LibraryRoot, UnmatchedFolder
from library.pages.choosing import search_for, site_and_key
from library.services.refresh import refresh_now
from providers import asking, registry
from providers.errors import AddressRefused, SiteDown
from providers.registry import SiteEntry
from tests.unit.library.conftest import Put, rescan
from tests.unit.library.fakes import FakeSite
from tests.unit.visiting import visitor  # noqa: F401 - a fixture

_numbers = count(1)
DOWN = SiteDown(why="as_told", text="The second site does not answer.")


@pytest.fixture
def second(site: FakeSite, monkeypatch: pytest.MonkeyPatch) -> FakeSite:
    other = FakeSite(f"second{next(_numbers)}")  # built sites are kept by their names
    entry = SiteEntry(other.name, "Second", "Down.", "https://second.example", lambda *_: other)
    monkeypatch.setitem(registry.SITES, other.name, entry)
    chosen = {"enabled": True, "position": 1}
    store.update(lambda data: data["providers"]["sites"].update({other.name: chosen}))
    other.failure = DOWN
    return other


@pytest.mark.django_db
def test_what_one_finds_comes_with_the_failure_of_the_other(
    site: FakeSite, second: FakeSite
) -> None:
    site.add("show", "Show", {1: 3})
    answer = services.search_sites("show")
    assert [found.result.key for found in answer.results] == ["show"]
    assert answer.failures == {second.name: DOWN}
    nothing = services.search_sites("elsewhere")
    assert (nothing.results, nothing.failures) == ([], {second.name: DOWN})
    site.failure = SiteDown(why="as_told", text="Nor does the first.")
    with pytest.raises(SiteDown, match="Nor does the first"):
        services.search_sites("show")


@pytest.mark.django_db
def test_a_site_that_is_set_up_wrongly_stops_no_other(
    site: FakeSite, second: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add("show", "Show", {1: 3})

    def refuse(*_: object) -> FakeSite:
        raise AddressRefused(why="scheme")

    entry = SiteEntry(second.name, "Second", "Wrong.", "https://second.example", refuse)
    monkeypatch.setitem(registry.SITES, second.name, entry)
    store.update(lambda data: data["providers"]["sites"][second.name].update(position=0))
    answer = services.search_sites("show")
    assert [found.result.key for found in answer.results] == ["show"]
    assert set(answer.failures) == {second.name}
    assert site_and_key(f"https://{site.name}.example/show") == (site.name, "show")
    with pytest.raises(AddressRefused):
        site_and_key("https://elsewhere.example/show")


@pytest.mark.django_db(transaction=True)
def test_a_folder_one_site_was_not_asked_for_is_not_said_to_be_unknown(
    site: FakeSite, second: FakeSite, put: Put
) -> None:
    put("Elsewhere (2020)/S01E01.mkv")
    rescan()
    row = UnmatchedFolder.objects.get()
    assert (row.reason, row.detail and row.detail["text"]) == (
        "PROVIDER_FAILED",
        "The second site does not answer.",
    )
    second.failure = None
    rescan()
    assert UnmatchedFolder.objects.get().reason == "NO_CANDIDATE"


@pytest.mark.django_db(transaction=True)
def test_nor_are_the_folders_after_it(site: FakeSite, second: FakeSite, put: Put) -> None:
    """The second site is given up after the first folder: the others were not asked of it."""
    put(*(f"Elsewhere {number}/S01E01.mkv" for number in range(4)))
    rescan()
    assert set(UnmatchedFolder.objects.values_list("reason", flat=True)) == {"PROVIDER_FAILED"}


@pytest.mark.django_db
def test_by_hand_the_failure_is_shown_where_nothing_was_found(
    site: FakeSite,
    second: FakeSite,
    visitor: Client,  # noqa: F811
    library: Path,
) -> None:
    assert second.name in search_for("elsewhere").failures
    row = UnmatchedFolder.objects.create(
        folder="Elsewhere", root=LibraryRoot.objects.create(path=str(library)), reason="NOT_ASKED"
    )
    answer = visitor.get(f"/unmatched?folder={row.pk}&q=elsewhere")
    shown = BeautifulSoup(answer.content, "lxml").get_text()
    assert f"{configured.label(second.name)} could not be asked" in shown


@pytest.mark.django_db
def test_without_any_site_nobody_is_asked() -> None:
    with pytest.raises(NoSiteChosen):
        services.search_sites("show")
    with pytest.raises(NoSiteChosen):
        site_and_key("https://elsewhere.example/show")


@pytest.mark.django_db
def test_a_refresh_by_hand_and_an_added_series_are_asked_now(
    site: FakeSite, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add("show", "Show", {1: 3})
    was_now: list[bool] = []
    series_of = site.series

    def series(key: str) -> object:
        was_now.append(asking.current() is not None)
        return series_of(key)

    monkeypatch.setattr(site, "series", series)
    services.add_series(site=site.name, key="show")
    refresh_now(AnimeSeries.objects.get())
    services.refresh_series(AnimeSeries.objects.get())
    assert was_now == [True, True, False]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("options", "is_of_now"), [({"full": True}, True), ({"series": "show"}, True), ({}, False)]
)
def test_a_scan_that_is_to_read_anew_takes_nothing_that_was_kept(
    show: FakeSite, library: Path, monkeypatch: pytest.MonkeyPatch, options: Any, is_of_now: Any
) -> None:
    services.add_series(site=show.name, key="show")
    AnimeSeries.objects.update(refreshed_at=None)
    asked: list[tuple[bool, bool]] = []
    series_of = show.series

    def series(key: str) -> object:
        question = asking.current()
        asked.append((question is not None, question is not None and question.is_patient))
        return series_of(key)

    monkeypatch.setattr(show, "series", series)
    assert rescan(**options).state == "COMPLETED"
    assert asked == [(is_of_now, is_of_now)]
