"""A series that several sites serve: tied by its owner's word, and never by anything else."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import transaction
from django.test import Client

from aniworld.config import store
from aniworld.journal.models import Entry
from aniworld.journal.services import undo
from library import services
from library.errors import InvalidLink, InvalidMapping, TieKnown, TieNotFound, TooManyTies
from library.models import AnimeSeries, SeriesTie
from library.services import tied_numbers
from library.services.numbering import MappingRange
from library.services.refresh import refresh_series
from library.ties import services as ties
from library.ties.links import get_link, set_link
from library.ties.services import compare, move_tie, served_as, tie_series, untie_series
from providers import registry
from providers.errors import SiteDown, UnknownProvider
from providers.registry import SiteEntry
from tests.unit.library.fakes import FakeSite
from tests.unit.visiting import visitor  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

_numbers = count(1)
SHIFTED: MappingRange = {
    "library_season": 1,
    "library_first": 1,
    "library_last": 3,
    "provider_season": 1,
    "provider_first": 4,
}


@pytest.fixture
def second(site: FakeSite, monkeypatch: pytest.MonkeyPatch) -> FakeSite:
    other = FakeSite(f"other{next(_numbers)}")  # built sites are kept by their names
    entry = SiteEntry(other.name, "Second", "Up.", "https://second.example", lambda *_: other)
    monkeypatch.setitem(registry.SITES, other.name, entry)
    store.update(lambda data: data["providers"]["sites"].update({other.name: {"enabled": True}}))
    other.add("the-show", "The Show", {1: 6}, year=2013)
    return other


@pytest.fixture
def series(site: FakeSite, library: object) -> AnimeSeries:
    site.add("show", "Show", {1: 3}, year=2013)
    return services.add_series(site=site.name, key="show")[0]


def test_it_is_tied_by_key_or_by_its_address(series: AnimeSeries, second: FakeSite) -> None:
    tie = tie_series(series, site=second.name, link=f"https://{second.name}.example/the-show")
    assert (tie.site_key, tie.name, tie.link) == (
        "the-show",
        "The Show",
        f"https://{second.name}.example/the-show",
    )
    assert served_as(tie, 1, 2) == (1, 2)
    assert Entry.objects.latest("pk").action == "series.tied"
    with pytest.raises(TieKnown):
        tie_series(series, site=second.name, key="the-show")
    with pytest.raises(TieKnown):
        tie_series(series, site=series.site, key=series.site_key)
    with pytest.raises(InvalidLink):
        tie_series(series, site=second.name, link="https://elsewhere.example/the-show")
    with pytest.raises(UnknownProvider):
        tie_series(series, site="nobody", key="x")


def test_a_numbering_says_which_are_served_there(series: AnimeSeries, second: FakeSite) -> None:
    tie = tie_series(series, site=second.name, key="the-show", numbering=[SHIFTED])
    assert [served_as(tie, 1, number) for number in (1, 3, 4)] == [(1, 4), (1, 6), None]
    over_all, none = {**SHIFTED, "library_season": None}, {**SHIFTED, "provider_season": None}
    for wrong in ([over_all], [none], [{**SHIFTED, "library_first": -1}], [SHIFTED, SHIFTED], "x"):
        with pytest.raises(InvalidMapping):
            compare(series, site=second.name, key="the-show", numbering=wrong)


def test_a_comparison_says_what_speaks_for_it(series: AnimeSeries, second: FakeSite) -> None:
    series.episodes.filter(episode_number=3).update(title="Folge 3")
    series.episodes.filter(episode_number=1).update(title="The Sea")
    series.episodes.filter(episode_number=2).update(title="The Shore")
    info, episodes = second.shows["the-show"]
    titles = ["Recap A", "Recap B", "Recap C", "The Sea", "The Shore", "Another"]
    second.shows["the-show"] = (
        info,
        [replace(one, title=title) for one, title in zip(episodes, titles, strict=True)],
    )
    found = compare(series, site=second.name, key="the-show")
    assert [one.as_json() for one in found.numbering] == [SHIFTED]
    assert (found.found, found.agreeing, found.telling, found.beyond) == (3, 2, 2, 3)
    assert [(pair.there, pair.agrees) for pair in found.pairs] == [
        ((1, 4), True),
        ((1, 5), True),
        ((1, 6), None),  # a number is all that our title says
    ]
    as_is = compare(series, site=second.name, key="the-show", numbering=[])
    assert (as_is.numbering, as_is.agreeing) == ((), 0)
    assert not SeriesTie.objects.exists()


def test_it_is_taken_back_and_given_back(series: AnimeSeries, second: FakeSite) -> None:
    tie = tie_series(series, site=second.name, key="the-show", numbering=[SHIFTED])
    untie_series(series, tie.pk)
    with pytest.raises(TieNotFound):
        untie_series(series, tie.pk)
    undo(entry_id=Entry.objects.latest("pk").pk)
    (again,) = series.ties.all()
    assert (again.site, again.numbering, again.position) == (second.name, [SHIFTED], 0)
    undo(entry_id=Entry.objects.latest("pk").pk)
    assert not series.ties.exists()


def test_they_follow_when_the_catalogue_gives_new_numbers(
    series: AnimeSeries, site: FakeSite, second: FakeSite
) -> None:
    """A recap comes before the first episode: what was the second is the third now."""
    info, episodes = site.shows["show"]
    titles = ["The Sea", "The Shore", "The Tide"]
    old = [replace(one, title=title) for one, title in zip(episodes, titles, strict=True)]
    site.shows["show"] = (info, old)
    refresh_series(series)
    tie = tie_series(series, site=second.name, key="the-show")
    set_link(series, 1, 2, link="https://media.example/2.mp4", language="German Dub")
    recap = replace(old[0], title="A Recap")
    moved = [replace(one, number=one.number + 1) for one in old]
    site.shows["show"] = (info, [recap, *moved])
    refresh_series(series)
    assert get_link(series, 1, 3).link == "https://media.example/2.mp4"
    tie.refresh_from_db()
    assert [served_as(tie, 1, number) for number in (1, 2, 3, 4)] == [None, (1, 1), (1, 2), (1, 3)]


def test_one_that_is_about_nothing_any_more_ends(series: AnimeSeries, second: FakeSite) -> None:
    """Without any range it would say that all numbers are the same."""
    only = {**SHIFTED, "library_first": 2, "library_last": 2}
    tie_series(series, site=second.name, key="the-show", numbering=[only])
    with transaction.atomic():
        tied_numbers.follow(series, {(1, 1), (1, 2), (1, 3)}, {(1, 3): (1, 2)}, {(1, 2)})
    assert not series.ties.exists()
    assert Entry.objects.latest("pk").action == "series.untied"


def test_what_is_still_to_come_goes_on_as_before(series: AnimeSeries, second: FakeSite) -> None:
    tie = tie_series(series, site=second.name, key="the-show")
    known = {(1, number) for number in (1, 2, 3)} | {(2, 1)}
    with transaction.atomic():
        tied_numbers.follow(series, known, {(1, n): (1, n + 1) for n in (1, 2, 3)}, set())
    tie.refresh_from_db()
    assert [served_as(tie, 1, n) for n in (1, 2, 4, 9)] == [None, (1, 1), (1, 3), (1, 8)]
    assert [served_as(tie, 2, n) for n in (1, 7)] == [(2, 1), (2, 7)]


def test_the_order_is_the_owners(series: AnimeSeries, second: FakeSite) -> None:
    for key in ("a", "b", "c"):
        second.add(key, key, {1: 3})
        tie_series(series, site=second.name, key=key)
    last = series.ties.get(site_key="c")
    move_tie(series, last.pk, -1)
    move_tie(series, last.pk, -1)
    move_tie(series, last.pk, -1)
    assert list(series.ties.values_list("site_key", flat=True)) == ["c", "a", "b"]
    with pytest.raises(TieNotFound):
        move_tie(series, 0, 1)


def test_there_is_an_end(
    series: AnimeSeries, second: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ties, "MOST_TIES", 1)
    tie_series(series, site=second.name, key="the-show")
    second.add("b", "B", {1: 1})
    with pytest.raises(TooManyTies):
        tie_series(series, site=second.name, key="b")


def test_by_hand(
    series: AnimeSeries,
    second: FakeSite,
    visitor: Client,  # noqa: F811
) -> None:
    here = f"/series/{series.key}/sites"
    page = _page(visitor.get(here))
    assert "Lists the episodes." in page.get_text()
    hits = _page(visitor.get(here, {"q": "Show"}))
    (found,) = hits.select('input[name="key"]')
    assert found["value"] == "the-show"  # its own is not offered
    assert visitor.get(f"{here}/compare").headers["Location"] == here
    asked = {"site": second.name, "key": "the-show"}
    compared = _page(visitor.get(f"{here}/compare", asked))
    assert "3 of 3" in compared.get_text()
    form = compared.find("form", action=f"{here}/tie")
    assert form is not None
    fields = {one["name"]: one["value"] for one in form.select("input[type=hidden]")}
    answer = visitor.post(f"{here}/tie", fields, follow=True)
    assert "as well now" in _page(answer).get_text()
    tie = series.ties.get()
    visitor.post(f"{here}/{tie.pk}", {"action": "up"})
    visitor.post(f"{here}/{tie.pk}", {"action": "remove"})
    assert not series.ties.exists()
    assert visitor.post(f"{here}/{tie.pk}", {"action": "dance"}).status_code == 404


def test_what_is_typed_is_compared_with_and_faults_are_told(
    series: AnimeSeries,
    second: FakeSite,
    visitor: Client,  # noqa: F811
) -> None:
    here = f"/series/{series.key}/sites/compare"
    asked: dict[str, Any] = {"site": second.name, "key": "the-show", "typed": "1"}
    rows = {name: [str(SHIFTED[name]), ""] for name in SHIFTED}  # type: ignore[literal-required]
    page = _page(visitor.get(here, asked | rows))
    assert "1 × 4" in page.get_text()
    tied = visitor.post(here.replace("compare", "tie"), asked | {k: v[0] for k, v in rows.items()})
    assert tied.status_code == 302
    assert series.ties.get().numbering == [SHIFTED]
    wrong = visitor.get(here, asked | rows | {"library_last": ["x", ""]})
    assert (wrong.status_code, "must be a number" in _page(wrong).get_text()) == (422, True)
    second.failure = SiteDown(why="as_told", text="The second site does not answer.")
    failed = visitor.get(here, {"site": second.name, "key": "the-show"})
    assert failed.status_code == 422
    assert "The second site does not answer." in _page(failed).get_text()
    searched = visitor.get(f"/series/{series.key}/sites", {"q": "show", "site": second.name})
    assert "The second site does not answer." in _page(searched).get_text()


def _page(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "lxml")


def test_a_pasted_address_finds_its_site_and_a_strange_one_is_no_dead_end(
    series: AnimeSeries,
    second: FakeSite,
    visitor: Client,  # noqa: F811
) -> None:
    here = f"/series/{series.key}/sites/compare"
    page = _page(visitor.get(here, {"link": f"https://{second.name}.example/the-show"}))
    assert page.select_one("#tie"), page.get_text()
    inputs = page.select("#tie input[name], form[method=post] input[name]")
    sent = {str(one["name"]): str(one.get("value", "")) for one in inputs}
    assert (sent["site"], sent["key"]) == (second.name, "the-show")
    strange = visitor.get(here, {"link": "https://nobody.example/x"})
    assert strange.status_code == 422
    page = _page(strange)
    assert "This is not the address of a series" in page.get_text()
    assert page.select_one("main a.button[href$='/sites#search']")
    assert not page.select("input[name=library_season]"), "there is nothing to number yet"


def test_a_wrong_number_is_told_by_what_stands_above_it(
    series: AnimeSeries,
    second: FakeSite,
    visitor: Client,  # noqa: F811
) -> None:
    rows = {name: str(SHIFTED[name]) for name in SHIFTED} | {"provider_first": "x"}  # type: ignore[literal-required]
    asked = {"site": second.name, "key": "the-show", "typed": "1"} | rows
    wrong = _page(visitor.get(f"/series/{series.key}/sites/compare", asked))
    assert "Range 1: From there on must be a number" in wrong.get_text()
