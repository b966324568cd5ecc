"""What the journal holds of numbers is taken back of the episode that was meant, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from aniworld.journal import services as journal
from aniworld.journal.errors import ChangedSince
from aniworld.journal.models import Entry
from library.choices import BinReason, BinState
from library.models import AnimeSeries, BinnedFile, LibraryRoot, MediaFile, OwnLink, SeriesTie
from library.renaming.back import plan_back
from library.services import change_series, refresh_series, set_mapping
from library.services.wanting import set_wanted
from library.ties.links import remove_link, set_link
from library.ties.services import tie_series, untie_series
from tests.unit.library.conftest import rescan
from tests.unit.library.fakes import FakeSite
from tests.unit.library.renaming.conftest import rename
from tests.unit.library.services.test_renumbering import (
    TALES,
    lists,
    series,  # noqa: F401 - a fixture
)

pytestmark = pytest.mark.django_db

LINK = {"link": "https://media.example/6.mp4", "language": "German Dub"}
SHIFTED = ["New Tale", *TALES[:6]]


def last(action: str) -> int:
    return Entry.objects.of_action(action).latest("pk").pk


def shift(one: AnimeSeries, site: FakeSite) -> None:
    lists(site, {1: SHIFTED})
    refresh_series(one)
    assert Entry.objects.of_action("series.catalogue_renumbered").exists()


def forget_ids(entry: int) -> None:
    """As an earlier version wrote it."""
    row = Entry.objects.get(pk=entry)
    assert row.undo is not None
    for name in ("episode", "ids"):
        row.undo["arguments"].pop(name, None)
    Entry.objects.filter(pk=entry).update(undo=row.undo)


def test_a_link_is_given_back_to_its_episode(series: AnimeSeries, show: FakeSite) -> None:  # noqa: F811
    set_link(series, 1, 6, **LINK)
    remove_link(series, 1, 6)
    removed = last("series.link_removed")
    shift(series, show)
    journal.undo(entry_id=removed)
    assert [(row.season, row.episode_number) for row in OwnLink.objects.all()] == [(1, 7)]


def test_a_link_is_taken_from_its_episode(series: AnimeSeries, show: FakeSite) -> None:  # noqa: F811
    set_link(series, 1, 5, **LINK)
    given = last("series.link_set")
    shift(series, show)
    set_link(series, 1, 5, link="https://media.example/another.mp4", language="German Sub")
    journal.undo(entry_id=given)
    assert [row.episode_number for row in OwnLink.objects.all()] == [5]


@pytest.mark.parametrize("action", ["series.link_set", "series.link_removed"])
def test_an_entry_without_ids_is_refused_once_numbers_have_moved(
    series: AnimeSeries,  # noqa: F811
    show: FakeSite,
    action: str,
) -> None:
    set_link(series, 1, 6, **LINK)
    if action == "series.link_removed":
        remove_link(series, 1, 6)
    forget_ids(last(action))
    shift(series, show)
    before = list(OwnLink.objects.values_list("episode_number", "link"))
    with pytest.raises(ChangedSince):
        journal.undo(entry_id=last(action))
    assert list(OwnLink.objects.values_list("episode_number", "link")) == before


def test_a_link_of_an_episode_that_is_no_more_is_refused(
    series: AnimeSeries,  # noqa: F811
    show: FakeSite,
) -> None:
    set_link(series, 1, 6, **LINK)
    remove_link(series, 1, 6)
    removed = last("series.link_removed")
    lists(show, {1: [*TALES[:5], "of Jade"]})
    refresh_series(series)  # at the same number another title: mended, as far as anybody knows
    lists(show, {1: [*TALES[:4], "of Kelp", TALES[4]]})
    refresh_series(series)
    assert series.episodes.get(season=1, episode_number=6).title == TALES[4]
    with pytest.raises(ChangedSince):
        journal.undo(entry_id=removed)
    assert not OwnLink.objects.exists()


def test_what_was_not_wanted_is_wanted_again_under_its_number(
    series: AnimeSeries,  # noqa: F811
    show: FakeSite,
) -> None:
    set_wanted(series, [(1, 6)], wanted=False)
    unwanted = last("series.episodes_unwanted")
    shift(series, show)
    journal.undo(entry_id=unwanted)
    assert not series.episodes.filter(unwanted=True).exists()
    again = last("series.episodes_wanted")
    journal.undo(entry_id=again)
    assert series.episodes.get(unwanted=True).title == TALES[5]


def test_wants_without_ids_are_refused_once_numbers_have_moved(
    series: AnimeSeries,  # noqa: F811
    show: FakeSite,
) -> None:
    set_wanted(series, [(1, 6)], wanted=False)
    forget_ids(last("series.episodes_unwanted"))
    shift(series, show)
    with pytest.raises(ChangedSince):
        journal.undo(entry_id=last("series.episodes_unwanted"))
    assert series.episodes.get(unwanted=True).title == TALES[5]


def test_a_numbering_is_not_set_back_over_new_numbers(
    series: AnimeSeries,  # noqa: F811
    show: FakeSite,
) -> None:
    """Also where the numbering is just what it was."""
    MediaFile.objects.all().delete()
    own = {
        "library_season": 7,
        "library_first": 1,
        "library_last": 6,
        "provider_season": 1,
        "provider_first": 1,
    }
    set_mapping(series, [own])
    set_mapping(series, [])
    taken = last("series.renumbered")
    shift(series, show)
    assert AnimeSeries.objects.get().mapping == []
    with pytest.raises(ChangedSince):
        journal.undo(entry_id=taken)
    assert AnimeSeries.objects.get().mapping == []


def test_a_tie_is_not_given_back_over_new_numbers(
    series: AnimeSeries,  # noqa: F811
    show: FakeSite,
) -> None:
    show.add("other", "Other", {1: 6})
    tie = tie_series(series, site=show.name, key="other")
    untie_series(series, tie.pk)
    untied = last("series.untied")
    shift(series, show)
    with pytest.raises(ChangedSince):
        journal.undo(entry_id=untied)
    assert not SeriesTie.objects.exists()


def test_a_season_to_follow_from_is_not_set_back_over_new_numbers(
    series: AnimeSeries,  # noqa: F811
    show: FakeSite,
) -> None:
    change_series(series, {"follow": "SEASON", "follow_season": 1})
    change_series(series, {"follow": "NEW", "follow_season": None})
    changed = last("series.changed")
    shift(series, show)
    with pytest.raises(ChangedSince):
        journal.undo(entry_id=changed)


def test_a_number_that_another_episode_has_by_now_is_refused(
    series: AnimeSeries,  # noqa: F811
    show: FakeSite,
) -> None:
    """Nothing has moved: it was withdrawn, and later its number is given to another one."""
    set_link(series, 1, 6, **LINK)
    remove_link(series, 1, 6)
    lists(show, {1: TALES[:5]})
    refresh_series(series)
    lists(show, {1: [*TALES[:5], "of Jade"]})
    refresh_series(series)
    with pytest.raises(ChangedSince):
        journal.undo(entry_id=last("series.link_removed"))
    assert not OwnLink.objects.exists()


def test_what_is_in_the_bin_is_told_by_its_new_numbers(
    series: AnimeSeries,  # noqa: F811
    show: FakeSite,
) -> None:
    BinnedFile.objects.create(
        act="00000000-0000-0000-0000-000000000001",
        root=LibraryRoot.objects.get(),
        series=series,
        series_key=series.key,
        path="Show (2013)/Season 1/Show - S01E06.mkv",
        episodes=[[1, 5], [1, 6]],
        state=BinState.BINNED,
        reason=BinReason.DELETED,
        kept_until=timezone.now(),
    )
    shift(series, show)
    assert BinnedFile.objects.get().episodes == [[1, 6], [1, 7]]


def test_a_former_name_that_would_be_another_episode_is_not_given_back(
    series: AnimeSeries,  # noqa: F811
    show: FakeSite,
    library: Path,
) -> None:
    home = library / "Show (2013)"
    for number in range(1, 6):  # counted over all seasons
        name = f"Season 1/Show - S01E{number:02}.mkv"
        (home / name).rename(home / f"Show - {number:03}.mkv")
    rescan(full=True)
    assert set(MediaFile.objects.values_list("season", flat=True)) == {None}
    operation = rename(series.key)
    named = set(MediaFile.objects.values_list("season", flat=True))
    assert named == {1}
    assert len(plan_back(operation, series).moves) == 5
    shift(series, show)
    plan = plan_back(operation, series)
    assert not plan.moves
    assert {kept.reason["params"]["why"] for kept in plan.kept} == {"renumbered_since"}
