"""What the library writes into the journal, and how that is taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from aniworld.events.operations import OperationState
from aniworld.journal import services as journal
from aniworld.journal.actors import Actor, acting_as
from aniworld.journal.choices import ActorKind
from aniworld.journal.errors import ChangedSince, InTheWay
from aniworld.journal.models import Entry
from library import services
from library.models import AnimeSeries, UnmatchedFolder
from library.services import operations
from library.services.series import take_folder
from tests.conftest import TESTER
from tests.factories import make_root, make_scan, make_series
from tests.unit.library.conftest import Put, rescan
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db
RANGE = {
    **{"library_season": None, "library_first": 1, "library_last": 3},
    **{"provider_season": 1, "provider_first": 1},
}


def last(action: str = "") -> Entry:
    return Entry.objects.of_action(action).newest_first()[0]


def actions() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("action", flat=True))


def undo(entry: Entry) -> Entry:
    return journal.undo(entry_id=entry.pk)


# --- series


def test_an_added_series_says_where_it_comes_from(show: FakeSite, library: Path) -> None:
    series, _ = services.add_series(site=show.name, key="show")
    entry = last()
    assert (entry.action, entry.object_id, entry.object_name) == ("series.added", "show", "Show")
    assert entry.after == {
        **{"site": show.name, "site_key": "show"},
        **{"root": str(library), "folder": "Show (2013)"},
    }
    assert series.key == "show"


def test_removed_and_restored_undo_each_other() -> None:
    series = make_series("Mushishi", root=make_root())
    services.remove_series(series)
    removed = last()
    restored = undo(removed)
    series.refresh_from_db()
    assert not series.is_deleted
    assert restored.action == "series.restored"
    undo(restored)
    series.refresh_from_db()
    assert series.is_deleted


def test_a_series_that_came_back_by_itself_leaves_nothing_to_undo() -> None:
    series = make_series("Mushishi", root=make_root())
    services.remove_series(series)
    removed = last()
    services.restore_series(series)
    removed.refresh_from_db()
    assert removed.undone_by == last("series.restored")
    assert not removed.can_be_undone


def test_a_folder_that_went_to_another_is_in_the_way() -> None:
    series = make_series("Mushishi", folder="Shared")
    services.remove_series(series)
    make_series("Other", folder="Shared")
    with pytest.raises(InTheWay, match="belongs to Other already"):
        undo(last())
    assert last().undone_at is None


def test_a_change_says_what_differs_alone_and_is_undone() -> None:
    series = make_series("Mushishi", missing=2, root=make_root())
    services.change_series(series, {"monitored": False, "languages": [], "hosters": ["VOE"]})
    changed = last()
    assert changed.before == {"monitored": True, "hosters": []}
    assert changed.after == {"monitored": False, "hosters": ["VOE"]}
    undone = undo(changed)
    series.refresh_from_db()
    assert (series.monitored, series.hosters, series.missing_count) == (True, [], 2)
    assert undone.before == changed.after
    undo(undone)
    series.refresh_from_db()
    assert (series.monitored, series.missing_count) == (False, 0)


def test_a_change_of_nothing_is_no_act() -> None:
    series = make_series("Mushishi", root=make_root())
    services.set_monitored(series, True)
    services.set_mapping(series, [])
    assert actions() == []


def test_an_older_change_does_not_undo_a_newer_one() -> None:
    series = make_series("Mushishi", root=make_root())
    services.change_series(series, {"hosters": ["VOE"]})
    older = last()
    services.change_series(series, {"hosters": ["Vidmoly"]})
    with pytest.raises(ChangedSince):
        undo(older)
    series.refresh_from_db()
    assert series.hosters == ["Vidmoly"]


def test_a_folder_that_a_scan_found_in_another_root_is_another() -> None:
    series = make_series("k", folder="A", root=make_root("/srv/one"))
    services.change_series(series, {"folder": "B"})
    moved = Entry.objects.latest("id")
    take_folder(series, make_root("/srv/two"), "B")
    with pytest.raises(ChangedSince):
        undo(moved)


def test_a_series_that_is_gone_is_not_removed_again() -> None:
    series = make_series("k")
    stale = AnimeSeries.objects.get(pk=series.pk)
    services.remove_series(series)
    services.remove_series(stale)
    assert stale.is_deleted
    assert Entry.objects.of_action("series.removed").count() == 1


def test_a_change_is_compared_with_the_row_and_not_with_an_old_object() -> None:
    series = make_series("Mushishi", root=make_root())
    old = AnimeSeries.objects.get(pk=series.pk)
    services.set_monitored(series, False)
    services.set_monitored(old, False)
    assert actions() == ["series.changed"]


def test_a_numbering_is_undone_unless_it_is_another_by_now() -> None:
    series = make_series("Mushishi", root=make_root())
    services.set_mapping(series, [RANGE])
    first = last()
    assert (first.before, first.after) == ({"mapping": []}, {"mapping": [RANGE]})
    services.set_mapping(series, [{**RANGE, "library_last": 2}])
    with pytest.raises(ChangedSince):
        undo(first)
    undo(last())
    series.refresh_from_db()
    assert series.mapping == [RANGE]


def test_a_folder_given_and_taken_away_is_in_the_history_of_its_series(
    show: FakeSite, put: Put, library: Path
) -> None:
    put("Other/S01E01.mkv")
    rescan(use_provider=False)
    services.add_series(site=show.name, key="show")
    folder = UnmatchedFolder.objects.get()
    series = services.match_folder(folder.pk, site=show.name, key="show")
    matched = last()
    assert matched.action == "series.matched"
    assert (matched.before["folder"], matched.after["folder"]) == ("Show (2013)", "Other")
    services.unmatch_series(series)
    assert (last().action, last().before["folder"]) == ("series.unmatched", "Other")
    assert set(Entry.objects.about("series", "show").values_list("action", flat=True)) == {
        *("series.added", "series.matched", "series.unmatched"),
    }


# --- scans


def test_a_scan_acts_for_whoever_started_it(show: FakeSite, put: Put) -> None:
    put("Show (2013)/Season 1/S01E01.mkv")
    bea = Actor(ActorKind.CLIENT, "7", "bea")
    with acting_as(bea):
        operation = rescan(full=True)
    assert actions() == ["scan.started", "series.added", "scan.ended"]
    started, added, ended = Entry.objects.order_by("id")
    assert (started.actor_kind, started.actor_name) == ("CLIENT", "bea")
    assert started.after["full"] is True
    for entry in (added, ended):
        assert (entry.actor_kind, entry.actor_id) == ("SCAN", str(operation.operation_id))
        assert (entry.origin_kind, entry.origin_id, entry.origin_name) == ("CLIENT", "7", "bea")
    assert (added.object_id, added.after["folder"]) == ("show", "Show (2013)")
    assert (ended.object_type, ended.object_id) == ("scan", str(operation.operation_id))
    assert (ended.after["state"], ended.after["result"]["new"]) == ("COMPLETED", 1)


def test_files_a_scan_finds_are_no_acts(show: FakeSite, put: Put) -> None:
    put("Show (2013)/Season 1/S01E01.mkv")
    rescan()
    Entry.objects.all().delete()
    put("Show (2013)/Season 1/S01E02.mkv")
    rescan()
    assert actions() == ["scan.started", "scan.ended"]


def test_a_scan_that_failed_says_why(library: Path) -> None:
    library.rmdir()
    assert rescan().state == OperationState.FAILED
    assert (last().after["state"], last().reason_code) == ("FAILED", "root_unavailable")


def test_a_scan_that_died_is_ended_by_nobody(db: None) -> None:
    operation = make_scan("RUNNING", pid=4194305, host="elsewhere")
    operations.end_as_died(operation)
    entry = last()
    assert (entry.action, entry.actor_kind, entry.actor_id) == ("scan.ended", "SYSTEM", "scans")
    assert entry.reason_code == "scan_process_died"


def test_who_asks_a_scan_to_end_is_known() -> None:
    operation = operations.begin({})
    operations.cancel()
    assert (last().action, last().object_id) == ("scan.cancelled", str(operation.operation_id))
    assert last().actor_name == TESTER.name
