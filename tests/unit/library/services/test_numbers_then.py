"""What the journal holds of numbers is taken back of the episode that was meant, or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

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
from tests.unit.library.renaming.conftest import reasons, rename
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


def forget_left(entry: int) -> None:
    """As an earlier version wrote it."""
    row = Entry.objects.get(pk=entry)
    assert row.undo is not None
    del row.undo["arguments"]["left"]
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


COUNTED_ANEW = {
    "library_season": None,
    "library_first": 7,
    "library_last": 7,
    "provider_season": 1,
    "provider_first": 6,
}


@pytest.mark.parametrize("how", ["a season grows", "the owner sets a numbering"])
def test_a_former_name_stays_where_it_is_counted_to_another_episode_without_any_move(
    series: AnimeSeries,  # noqa: F811
    show: FakeSite,
    library: Path,
    how: str,
) -> None:
    lists(show, {1: TALES[:6], 2: ["of Iron", "of Jade"]})
    refresh_series(series)
    counted = library / "Show (2013)" / "Show - 007.mkv"
    counted.write_text("iron")
    os.utime(counted, (1_600_000_000, 1_600_000_000))
    rescan(full=True)
    iron = MediaFile.objects.get(path="Show (2013)/Show - 007.mkv")
    operation = rename(series.key)
    iron.refresh_from_db()
    assert "S02E01" in (named := iron.path)
    if how == "a season grows":
        lists(show, {1: [*TALES[:6], "of Late"], 2: ["of Iron", "of Jade"]})
        refresh_series(series)
    else:
        set_mapping(series, [COUNTED_ANEW])
    assert not Entry.objects.of_action("series.catalogue_renumbered").exists()
    back = rename(back=str(operation.operation_id))
    assert {named: "renumbered_since"}.items() <= reasons(back).items()
    iron.refresh_from_db()
    assert (iron.path, iron.season, iron.episodes) == (named, 2, [1])
    assert series.episodes.get(season=2, episode_number=1).file == iron


# --- what was done after it


OTHER = {"link": "https://media.example/another.mp4", "language": "German Sub"}


def links() -> list[dict[str, Any]]:
    rows = OwnLink.objects.order_by("pk").values("episode_number", "link", "language")
    return [dict(row) for row in rows]


def act(series: AnimeSeries, what: str) -> None:  # noqa: F811
    """Set the first link, change it, or take it away."""
    if what == "set":
        set_link(series, 1, 6, **LINK)
    elif what == "changed":
        set_link(series, 1, 6, link="https://media.example/5.mp4", language="German Dub")
        set_link(series, 1, 6, **LINK)
    else:
        set_link(series, 1, 6, **LINK)
        remove_link(series, 1, 6)


@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.parametrize("what", ["set", "changed", "removed"])
def test_a_link_that_was_set_after_it_stays(
    series: AnimeSeries,  # noqa: F811
    what: str,
    keeps: bool,
) -> None:
    act(series, what)
    done = Entry.objects.latest("pk").pk
    if not keeps:
        forget_left(done)
    set_link(series, 1, 6, **OTHER)
    with pytest.raises(ChangedSince):
        journal.undo(entry_id=done)
    assert links() == [{"episode_number": 6, **OTHER}]


@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.parametrize(
    ("what", "before"),
    [("set", None), ("changed", "https://media.example/5.mp4"), ("removed", LINK["link"])],
)
def test_a_link_is_as_it_was_before(
    series: AnimeSeries,  # noqa: F811
    what: str,
    before: str | None,
    keeps: bool,
) -> None:
    act(series, what)
    done = Entry.objects.latest("pk").pk
    if not keeps:
        forget_left(done)
    journal.undo(entry_id=done)
    assert [row["link"] for row in links()] == ([before] if before else [])
    journal.undo(entry_id=Entry.objects.latest("pk").pk)  # and that in turn
    assert [row["link"] for row in links()] == ([] if what == "removed" else [LINK["link"]])


def test_a_link_that_was_taken_away_since_is_not_set_to_what_it_was(
    series: AnimeSeries,  # noqa: F811
) -> None:
    act(series, "changed")
    changed = Entry.objects.latest("pk").pk
    remove_link(series, 1, 6)
    with pytest.raises(ChangedSince):
        journal.undo(entry_id=changed)
    assert links() == []
