"""Suggested numberings of real series: scanned from disk, applied, dismissed, and taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aniworld.journal.models import Entry
from aniworld.journal.services import undo
from library import services
from library.choices import NumberingCase
from library.errors import SuggestionGone
from library.models import AnimeSeries
from library.services.numbering_review import Suggestion
from library.services.suggestions import review_all, suggestions_of, waiting
from tests.unit.library.conftest import Put, only_series, rescan, states
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db(transaction=True)


def only(series: AnimeSeries) -> Suggestion:
    (found,) = suggestions_of(series)
    return found


def take_back(action: str) -> None:
    undo(entry_id=Entry.objects.get(action=action).pk)


@pytest.fixture
def split(site: FakeSite, put: Put) -> AnimeSeries:
    """A season of 24 files that is two of the catalogue."""
    site.add("show", "Show", {1: 12, 2: 12})
    put(*(f"Show/Season 1/Show - S01E{n:02} [1080p].mkv" for n in range(1, 25)))
    rescan()
    return only_series()


def test_a_split_cour_is_suggested_applied_and_taken_back(split: AnimeSeries) -> None:
    assert states(split)[2, 1] == "MISSING"
    found = only(split)
    assert (found.case, len(found.files)) == (NumberingCase.SPLIT_COUR, 12)
    assert list(waiting()) == [split]
    after = services.apply_suggestion(split, found.mark)
    assert set(states(after).values()) == {"PRESENT"}
    assert (len(states(after)), after.missing_count) == (24, 0)
    assert (suggestions_of(after), list(waiting())) == ((), [])
    rescan(full=True)
    assert set(states(only_series()).values()) == {"PRESENT"}
    take_back("series.renumbered")
    split.refresh_from_db()
    assert (split.mapping, states(split)[2, 1]) == ([], "MISSING")
    assert only(split).mark == found.mark


def test_what_is_dismissed_comes_back_only_where_something_else_is_seen(
    split: AnimeSeries, site: FakeSite, put: Put
) -> None:
    mark = only(split).mark
    services.dismiss_suggestion(split, mark)
    assert suggestions_of(only_series()) == ()
    rescan(full=True)
    assert suggestions_of(only_series()) == ()
    (reviewed,) = review_all(list(waiting()))
    assert (reviewed.astray, reviewed.suggestions) == (12, ())
    with pytest.raises(SuggestionGone):
        services.apply_suggestion(split, mark)
    take_back("series.numbers_dismissed")
    assert only(only_series()).mark == mark
    services.dismiss_suggestion(split, mark)
    site.add("show", "Show", {1: 12, 2: 13})
    services.refresh_now(only_series())
    assert only(only_series()).mark != mark


def test_files_of_today_decide_not_those_that_were_shown(split: AnimeSeries, put: Put) -> None:
    mark = only(split).mark
    put(*(f"Show/Season 2/Show - S02E{n:02}.mkv" for n in range(1, 13)))
    rescan()
    assert suggestions_of(only_series()) == ()
    with pytest.raises(SuggestionGone):
        services.apply_suggestion(split, mark)
    assert only_series().mapping == []


def test_own_ranges_stay_beside_those_that_are_applied(split: AnimeSeries, put: Put) -> None:
    own = {
        "library_season": 7,
        "library_first": 1,
        "library_last": 1,
        "provider_season": 0,
        "provider_first": 1,
    }
    series = services.set_mapping(split, [own])
    after = services.apply_suggestion(series, only(series).mark)
    assert after.mapping[0] == own
    assert len(after.mapping) == 2


def test_titles_in_names_of_files_are_read(site: FakeSite, put: Put) -> None:
    """A recap stands among the files: each name behind it has the title of the one before."""
    site.add("show", "Show", {1: 6})
    info, episodes = site.shows["show"]
    words = ("River", "Lantern", "Harvest", "Masks", "Winter", "Ashes")
    episodes = [replace(e, title=f"The {w}") for e, w in zip(episodes, words, strict=True)]
    site.shows["show"] = info, episodes
    put(*(f"Show/Show - S01E{n:02} - The {words[n - 1]}.mkv" for n in (1, 2, 3)))
    put("Show/Show - S01E04 - Recap.mkv")
    put(*(f"Show/Show - S01E{n:02} - The {words[n - 2]}.mkv" for n in (5, 6, 7)))
    rescan()
    found = only(only_series())
    assert [str(one) for one in found.ranges] == [
        "season 1, 4 to 4 → no episode",
        "season 1, 5 to 7 → season 1 from 4",
    ]
    after = services.apply_suggestion(only_series(), found.mark)
    by_title = {
        e.title: e.file_path.rpartition(" - ")[2] for e in after.episodes.order_by("season")
    }
    assert by_title == {f"The {word}": f"The {word}.mkv" for word in words}


def test_series_without_a_catalogue_that_counts_are_left_alone(split: AnimeSeries) -> None:
    for facts in ({"catalogue_held": True}, {"refreshed_at": None}, {"site": "", "site_key": "x"}):
        with_facts = AnimeSeries.objects.get(pk=split.pk)
        for name, value in facts.items():
            setattr(with_facts, name, value)
        with_facts.save()
        assert suggestions_of(with_facts) == ()
        assert list(waiting()) == []
        split.save()
    assert list(waiting()) == [split]


def test_files_over_all_without_an_episode_wait(site: FakeSite, put: Put) -> None:
    site.add("show", "Show", {1: 3, 2: 3})
    put(*(f"Show/[Group] Show - {n:02} [1080p].mkv" for n in range(1, 9)))
    rescan()
    (reviewed,) = review_all(list(waiting()))
    assert (reviewed.astray, reviewed.suggestions) == (2, ())


def test_many_series_are_reviewed_in_two_queries(site: FakeSite, put: Put) -> None:
    for name in ("One", "Two", "Three"):
        site.add(name.lower(), name, {1: 3, 2: 3})
        put(*(f"{name}/{name} - S01E{n:02}.mkv" for n in range(1, 7)))
    rescan()
    rows = list(waiting())
    with CaptureQueriesContext(connection) as asked:
        found = review_all(rows)
    assert [len(one.suggestions) for one in found] == [1, 1, 1]
    assert len(asked) == 2
