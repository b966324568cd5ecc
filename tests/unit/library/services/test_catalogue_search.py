"""A search answers from the kept lists, says how old they are, and asks where they do not do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from aniworld.config import store
from library import services
from library.models import CatalogueEntry, CatalogueList
from library.services.catalogue import keep_list
from library.services.catalogue_search import Rank, rank_titles, search_lists
from library.services.lookup import SearchAnswer
from providers.errors import SiteDown, UnknownProvider
from tests.factories import make_series
from tests.unit.library.fakes import FakeSite, ListingSite

pytestmark = pytest.mark.django_db
DOWN = SiteDown(why="timed_out", site="Lister")


@pytest.fixture
def kept(lister: ListingSite) -> ListingSite:
    """A site whose list was read just now, and that has not been asked since."""
    lister.listed = [
        lister.result("Märchen-Prinz", "The Fairy Tale Prince"),
        lister.result("Steins;Gate", "シュタインズ・ゲート"),
        lister.result("Steins;Gate 0"),
        lister.result("Yu-Gi-Oh!"),
        lister.result("Prinz der Nacht"),
        lister.result("Kranich & Söhne", "Tsuru to Musuko"),
    ]
    keep_list(lister.name)
    lister.asked.clear()
    return lister


def found(answer: SearchAnswer) -> list[str]:
    return [one.result.name for one in answer.results]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("maerchen", "Märchen-Prinz"),
        ("marchen prinz", "Märchen-Prinz"),
        ("MÄRCHEN", "Märchen-Prinz"),
        ("yugioh", "Yu-Gi-Oh!"),
        ("steinsgate", "Steins;Gate"),
        ("steins gate", "Steins;Gate"),
        ("prinz märchen", "Märchen-Prinz"),
        ("fairy tale", "Märchen-Prinz"),
        ("シュタインズ", "Steins;Gate"),
        ("kranich und", ""),
        ("soehne", "Kranich & Söhne"),
        ("pr", "Prinz der Nacht"),
    ],
)
def test_the_list_answers_however_it_is_written(kept: ListingSite, query: str, first: str) -> None:
    answer = services.search_sites(query)
    assert (found(answer) or [""])[0] == first
    assert (kept.asked == []) is bool(first)  # only what no list holds is asked for
    assert answer.from_list is bool(first)
    assert answer.listed_at == {kept.name: CatalogueList.objects.get().read_at}


def test_the_best_comes_first(kept: ListingSite) -> None:
    assert found(services.search_sites("steinsgate")) == ["Steins;Gate", "Steins;Gate 0"]
    assert found(services.search_sites("prinz")) == ["Prinz der Nacht", "Märchen-Prinz"]


@pytest.mark.parametrize(
    ("titles", "rank"),
    [
        (["Steins;Gate"], Rank.TITLE),
        (["Other", "Steins Gate"], Rank.TITLE + 1),
        (["Steins;Gate 0"], Rank.BEGINS),
        (["The Steinsgate"], Rank.HOLDS),
        (["Gate of Steins"], Rank.WORDS),
        (["Gate"], Rank.NONE),
    ],
)
def test_how_well_it_fits(titles: list[str], rank: int) -> None:
    assert rank_titles(titles, "steins gate") == rank


def test_a_slip_of_the_pen_is_forgiven_and_said(kept: ListingSite) -> None:
    answer = services.search_sites("stiens gate")
    close = [one for one in answer.results if one.is_close]
    assert close[0].result.name == "Steins;Gate"
    assert kept.asked == ["search stiens gate"]  # none fits: the site may know better
    assert not any(one.is_close for one in services.search_sites("steins gate").results)


def test_without_a_list_the_site_is_asked_as_before(lister: ListingSite) -> None:
    lister.add("alpha", "Alpha", {1: 1})
    answer = services.search_sites("alpha")
    assert (found(answer), answer.listed_at) == (["Alpha"], {})
    assert answer.asked == (lister.name,)
    lister.failure = DOWN
    with pytest.raises(SiteDown):
        services.search_sites("alpha")


@pytest.mark.parametrize("age", [timedelta(days=2), timedelta(hours=-2)])
def test_an_old_list_is_asked_besides(kept: ListingSite, age: timedelta) -> None:
    CatalogueList.objects.update(read_at=timezone.now() - age)
    kept.add("yugiohgx", "Yu-Gi-Oh! GX", {1: 1})
    answer = services.search_sites("yu-gi-oh")
    assert found(answer) == ["Yu-Gi-Oh!", "Yu-Gi-Oh! GX"]
    assert [one.from_list for one in answer.results] == [True, False]
    kept.failure = DOWN
    answer = services.search_sites("yu-gi-oh")
    assert found(answer) == ["Yu-Gi-Oh!"]  # what is known is shown
    assert answer.failures == {kept.name: DOWN}  # and that it is not of now is said


def test_who_wants_to_is_answered_by_the_site(kept: ListingSite) -> None:
    assert services.search_sites("yugioh", ask=True).asked == (kept.name,)
    assert kept.asked == ["search yugioh"]


def test_what_no_list_holds_and_nobody_can_be_asked_for_is_said(kept: ListingSite) -> None:
    kept.failure = DOWN
    answer = services.search_sites("zzzzqqqq")
    assert found(answer) == []
    assert answer.failures == {kept.name: DOWN}
    assert kept.name in answer.listed_at


def test_one_site_with_a_list_and_one_without(kept: ListingSite, site: FakeSite) -> None:
    site.add("mp", "Märchen", {1: 1})
    answer = services.search_sites("märchen")
    assert answer.asked == (site.name,)
    assert found(answer) == ["Märchen", "Märchen-Prinz"]
    assert kept.asked == []
    site.failure = DOWN
    assert found(services.search_sites("märchen")) == ["Märchen-Prinz"]


def test_what_is_kept_completes_what_a_site_says(kept: ListingSite) -> None:
    CatalogueEntry.objects.filter(name="Yu-Gi-Oh!").update(year=2000, genres=["Drama"])
    kept.add("yugioh", "Yu-Gi-Oh!", {1: 1})
    (only,) = services.search_sites("yu-gi-oh", ask=True).results
    assert (only.result.year, only.result.genres) == (2000, ("Drama",))
    assert not only.from_list


def test_what_is_in_the_library_is_marked(kept: ListingSite) -> None:
    make_series("Yu-Gi-Oh!", site=kept.name, site_key="yugioh", key="duel")
    (only,) = services.search_sites("yugioh").results
    assert (only.in_library, only.library_key) == (True, "duel")


def test_what_is_gone_or_switched_off_is_not_found(kept: ListingSite) -> None:
    CatalogueEntry.objects.filter(name="Yu-Gi-Oh!").update(gone_at=timezone.now())
    assert search_lists("yugioh", [kept.name]) == []
    store.update(lambda data: data["providers"]["sites"][kept.name].update(enabled=False))
    with pytest.raises(UnknownProvider):
        services.search_sites("steins gate", site=kept.name)


@pytest.mark.parametrize("query", ["%", "_", "\\", "a" * 200, "a " * 100, "\x00", "' OR 1=1"])
def test_signs_of_other_languages_are_signs(kept: ListingSite, query: str) -> None:
    assert all(hit.rank == Rank.CLOSE for hit in search_lists(query, [kept.name]))
