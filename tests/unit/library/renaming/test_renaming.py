"""Files that are there get the names of the template: on the disk, in the database, and back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from aniworld.config import store
from aniworld.journal import services as journal
from aniworld.journal.actors import Actor, acting_as
from aniworld.journal.errors import ChangedSince, InTheWay
from aniworld.journal.models import Entry
from library import moving, services
from library.errors import RenamingRunning, ScanRunning
from library.models import AnimeSeries, Episode, MediaFile, RenameStep, ScanOperation
from library.renaming import carry
from library.renaming.disks import Disks
from library.renaming.preview import preview_of, rows_of
from library.renaming.recover import recover
from library.renaming.run import Renaming
from library.services import operations, renaming
from library.services.arrivals import DOWNLOADED_RULE
from tests.unit.library.conftest import rescan, result, states
from tests.unit.library.fakes import FakeSite
from tests.unit.library.renaming.conftest import known, on_disk, reasons, rename, write

pytestmark = pytest.mark.django_db

HOME = "Show (2013)/Season 1"
OVER_ALL = "{name}/{name} - {absolute:03}"
FLAT = "{name}/{name} {season}x{episode:02}"
HOSTILE = ("../../../etc/passwd", "a/b\\c", "E05", "S02E09", "\u202egnp.exe", "..", "CON", "x\ny")


@pytest.fixture
def home(show: FakeSite, library: Path) -> Path:
    """A series with two episodes by other names, and what lies beside the first."""
    beside = (".de.srt", ".en.forced.ass", ".nfo", "-thumb.jpg")
    write(library, *(f"{HOME}/show.s01e01.1080p{end}" for end in (".mkv", *beside)))
    write(library, f"{HOME}/Show - S01E02 - Second.mp4", f"{HOME}/readme.md")
    assert rescan().state == "COMPLETED"
    return library


def named(number: int) -> str:
    title = Episode.objects.get(season=1, episode_number=number).title
    return f"{HOME}/Show - S01E{number:02}" + (f" - {title}" if title else "")


def test_a_video_and_what_lies_beside_it_get_the_name_of_the_template(home: Path) -> None:
    files = {file.pk: (file.size, file.mtime_ns) for file in MediaFile.objects.all()}
    operation = rename()
    first, second = named(1), named(2)
    old = f"{HOME}/show.s01e01.1080p"
    assert on_disk(home) == {
        f"{first}.mkv": f"{old}.mkv",
        f"{first}.de.srt": f"{old}.de.srt",
        f"{first}.en.forced.ass": f"{old}.en.forced.ass",
        f"{first}.nfo": f"{old}.nfo",
        f"{first}-thumb.jpg": f"{old}-thumb.jpg",
        f"{second}.mp4": f"{HOME}/Show - S01E02 - Second.mp4",
        f"{HOME}/readme.md": f"{HOME}/readme.md",
    }
    assert known() == [f"{first}.mkv", f"{second}.mp4"]
    assert files == {file.pk: (file.size, file.mtime_ns) for file in MediaFile.objects.all()}
    paths = Episode.objects.exclude(file=None).values_list("file_path", flat=True)
    assert sorted(paths) == known()
    assert operation.state == "COMPLETED"
    assert {**result(operation), "duration": 0} == {
        "renamed": 2,
        "beside": 4,
        "unchanged": 0,
        "left": 0,
        "duration": 0,
    }


def test_the_next_scan_finds_nothing_new(home: Path) -> None:
    rename()
    before = states(AnimeSeries.objects.get()), known()
    for full in (False, True):
        found = rescan(full=full)
        assert found.state == "COMPLETED"
        assert [result(found)[name] for name in ("new", "changed", "gone")] == [0, 0, 0]
    assert (states(AnimeSeries.objects.get()), known()) == before
    again = rename()
    assert (result(again)["renamed"], result(again)["unchanged"]) == (0, 2)


def test_the_preview_says_what_will_be_done(home: Path) -> None:
    rows = {row.old: row for row in rows_of(preview_of(AnimeSeries.objects.get()))}
    assert rows[f"{HOME}/show.s01e01.1080p.mkv"].new == f"{named(1)}.mkv"
    assert len(rows[f"{HOME}/show.s01e01.1080p.mkv"].beside) == 4
    before = on_disk(home)
    assert set(before) == set(on_disk(home))
    rename()
    assert rows_of(preview_of(AnimeSeries.objects.get())) == []


def test_undo_gives_every_name_back(home: Path) -> None:
    before, rows = on_disk(home), known()
    operation = rename()
    assert known() != rows
    entry = Entry.objects.get(action="renaming.ended")
    with acting_as(Actor.command("test")):
        journal.undo(entry_id=entry.pk)
    begun = renaming.latest()
    assert begun is not None
    assert begun.parameters == {"series": None, "back": str(operation.operation_id)}
    Renaming(begun).run()
    assert (on_disk(home), known()) == (before, rows)
    columns = MediaFile.objects.values_list("path", "season", "episodes", "rule").order_by("path")
    told = list(columns)
    rescan(full=True)
    assert list(columns.all()) == told
    # And that is undone in turn.
    back = Entry.objects.filter(action="renaming.ended").latest("pk")
    with acting_as(Actor.command("test")):
        journal.undo(entry_id=back.pk)
        Renaming(renaming.latest()).run()  # type: ignore[arg-type]
    assert f"{named(1)}.mkv" in on_disk(home)


@pytest.mark.parametrize("begun_from", ["series.files_renamed", "renaming.ended"])
def test_no_entry_offers_what_is_taken_back_already(home: Path, begun_from: str) -> None:
    rename()
    with acting_as(Actor.command("test")):
        journal.undo(entry_id=Entry.objects.get(action=begun_from).pk)
        offered = set(Entry.objects.undoable().values_list("action", flat=True))
        assert offered == {"series.files_renamed", "renaming.ended"} - {begun_from}
        Renaming(renaming.latest()).run()  # type: ignore[arg-type]
    assert [entry.action for entry in Entry.objects.undoable().newest_first()] == [
        "renaming.ended",
        "series.files_renamed",
    ]
    of_the_way_back = Entry.objects.undoable().newest_first()[1]
    assert of_the_way_back.after["files"] == [
        f"{HOME}/Show - S01E02 - Second.mp4",
        f"{HOME}/show.s01e01.1080p.mkv",
    ]


def test_what_is_being_renamed_says_so_where_it_is_to_be_taken_back(home: Path) -> None:
    begun = renaming.begin()
    with pytest.raises(RenamingRunning):
        renaming.start_back(operation=str(begun.operation_id))


def test_what_was_taken_back_is_not_taken_back_twice(home: Path) -> None:
    operation = rename()
    entry = Entry.objects.get(action="series.files_renamed")
    with acting_as(Actor.command("test")):
        journal.undo(entry_id=entry.pk)
        Renaming(renaming.latest()).run()  # type: ignore[arg-type]
        with pytest.raises(ChangedSince):
            renaming.start_back(operation=str(operation.operation_id))


def test_names_that_wait_for_each_other(show: FakeSite, library: Path) -> None:
    """E01 takes the name that E02 has, which takes the one of E03: nothing is overwritten."""
    store.update(lambda data: data["downloads"].update(naming_template=FLAT))
    write(library, *(f"Show (2013)/Show 1x{n:02}.mkv" for n in (1, 2, 3)))
    rescan()
    for number in (1, 2, 3):
        place = MediaFile.objects.get(path=f"Show (2013)/Show 1x{number:02}.mkv")
        MediaFile.objects.filter(pk=place.pk).update(episodes=[number + 1])
    Episode.objects.create(series=AnimeSeries.objects.get(), season=1, episode_number=4)
    rename()
    assert on_disk(library) == {
        f"Show (2013)/Show 1x{n + 1:02}.mkv": f"Show (2013)/Show 1x{n:02}.mkv" for n in (1, 2, 3)
    }


@pytest.mark.parametrize("circle", [(1, 2), (1, 2, 3)], ids=["two", "three"])
def test_names_that_go_round_in_a_circle(
    circle: tuple[int, ...], show: FakeSite, library: Path
) -> None:
    store.update(lambda data: data["downloads"].update(naming_template=FLAT))
    write(library, *(f"Show (2013)/Show 1x{n:02}.mkv" for n in circle))
    rescan()
    after = {n: circle[(at + 1) % len(circle)] for at, n in enumerate(circle)}
    for number, other in after.items():  # it was downloaded as that, whatever its name says
        MediaFile.objects.filter(path=f"Show (2013)/Show 1x{number:02}.mkv").update(
            episodes=[other], rule=DOWNLOADED_RULE
        )
    rename()
    expected = {
        f"Show (2013)/Show 1x{other:02}.mkv": f"Show (2013)/Show 1x{n:02}.mkv"
        for n, other in after.items()
    }
    assert on_disk(library) == expected
    operation = renaming.latest()
    assert operation is not None
    rename(back=str(operation.operation_id))
    assert all(name == content for name, content in on_disk(library).items())


def refused(library: Path, *names: str) -> dict[str, str]:
    """Why these keep their names; nothing is lost meanwhile."""
    rescan()
    before = sorted(on_disk(library).values())
    operation = rename()
    assert operation.state == "COMPLETED"
    assert sorted(on_disk(library).values()) == before
    told = reasons(operation)
    return {name: told[name] for name in names}


def test_a_file_that_stands_in_the_way_is_never_overwritten(home: Path) -> None:
    taken = f"{named(1)}.mkv"
    write(home, taken.replace("Show - S", "SHOW - s").replace(".mkv", ".nfo"))
    (home / taken).write_text("somebody's")
    old = f"{HOME}/show.s01e01.1080p.mkv"
    operation = rename()
    assert (home / taken).read_text() == "somebody's"
    assert (home / old).read_text() == old
    assert reasons(operation) == {old: "rename_taken"}
    assert (home / f"{named(2)}.mp4").exists()  # and it stops nothing else


def test_of_two_files_for_one_episode_only_one_gets_the_name(show: FakeSite, library: Path) -> None:
    names = [f"{HOME}/[Old] Show - S01E01.mkv", f"{HOME}/[New] Show - S01E01v2.mkv"]
    write(library, *names)
    assert refused(library, names[0]) == {names[0]: "rename_taken"}
    assert on_disk(library)[f"{named(1)}.mkv"] == names[1]


def test_several_episodes_in_one_file_and_names_nobody_reads(show: FakeSite, library: Path) -> None:
    names = [f"{HOME}/Show S01E01E02.mkv", f"{HOME}/Show NCOP.mkv", f"{HOME}/whatever.mkv"]
    write(library, *names, f"{HOME}/x s01e03.mkv")
    told = refused(library, names[0], names[2])
    assert told == {names[0]: "rename_several", names[2]: "name_without_number"}


def test_what_changes_between_plan_and_turn_is_left_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = f"{HOME}/show.s01e01.1080p.mkv", f"{HOME}/Show - S01E02 - Second.mp4"
    (home / first).write_text("longer than it was at the scan")
    os.utime(home / second)  # a moment ago
    MediaFile.objects.filter(path=second).update(mtime_ns=(home / second).stat().st_mtime_ns)
    assert reasons(rename()) == {first: "changed", second: "being_written"}
    assert {first, second} <= on_disk(home).keys()


def test_a_folder_that_a_link_leads_out_of_is_left_alone(home: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (home / HOME).rename(outside)
    (home / HOME).symlink_to(outside)
    operation = rename()
    assert set(reasons(operation).values()) == {"outside"}
    assert sorted(path.name for path in outside.iterdir())[:2] == [
        "Show - S01E02 - Second.mp4",
        "readme.md",
    ]


def test_another_disk_in_the_place_of_the_root_is_left_alone(home: Path, tmp_path: Path) -> None:
    home.rename(tmp_path / "away")
    home.mkdir()
    operation = rename()
    assert set(reasons(operation).values()) == {"root_away"}
    assert list(home.iterdir()) == []
    assert preview_of(AnimeSeries.objects.get()).moves == []


def test_a_name_is_cut_so_that_the_longest_beside_it_fits(show: FakeSite, library: Path) -> None:
    old = f"{HOME}/s01e01"
    write(library, f"{old}.mkv", f"{old}.German.Full.Subtitles.forced.srt")
    rescan()
    Episode.objects.filter(season=1, episode_number=1).update(title="long " * 80)
    assert result(rename())["renamed"] == 1
    names = [Path(name).name for name in on_disk(library)]
    assert 240 < max(len(name) for name in names) <= 255
    assert len({name.partition(".")[0] for name in names}) == 1


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles_stay_in_the_folder_and_are_read_back(
    title: str, show: FakeSite, library: Path
) -> None:
    write(library, f"{HOME}/s01e01.mkv")
    rescan()
    Episode.objects.filter(season=1, episode_number=1).update(title=title)
    rename()
    (path,) = on_disk(library)
    assert Path(path).parent == Path(HOME)
    assert rescan(full=True).state == "COMPLETED"
    series = AnimeSeries.objects.get()
    assert [number for number, state in states(series).items() if state == "PRESENT"] == [(1, 1)]


def test_the_owners_numbering_and_match_are_kept(site: FakeSite, library: Path) -> None:
    """Absolute numbers become those of the catalogue, and mean the same episodes after it."""
    site.add("long", "Long", {1: 12, 2: 12}, year=2001)
    write(library, "My own folder/[G] Long - 14.mkv", "My own folder/[G] Long - 03.mkv")
    rescan()
    services.add_series(site=site.name, key="long", folder="My own folder")
    series = AnimeSeries.objects.get()
    before = {key: state for key, state in states(series).items() if state == "PRESENT"}
    assert sorted(before) == [(1, 3), (2, 2)]
    rename()
    series.refresh_from_db()
    assert series.folder == "My own folder"
    assert all("S01E03" in name or "S02E02" in name for name in on_disk(library))
    rescan(full=True)
    now = {key: state for key, state in states(series).items() if state == "PRESENT"}
    assert now == before


def test_numbers_over_all_seasons_become_what_a_download_would_have(
    site: FakeSite, library: Path
) -> None:
    site.add("long", "Long", {1: 12, 2: 12}, year=2001)
    write(library, "Long (2001)/Long - S02E02.mkv", "Long (2001)/Long - S01E03.mkv")
    rescan()
    store.update(lambda values: values["downloads"].update(naming_template=OVER_ALL))
    rename()
    assert [Path(name).stem for name in known()] == ["Long - 003", "Long - 014"]
    rescan(full=True)
    series = AnimeSeries.objects.get()
    assert [at for at, state in states(series).items() if state == "PRESENT"] == [(1, 3), (2, 2)]


def test_a_season_is_named_while_the_catalogue_was_never_read(
    site: FakeSite, library: Path
) -> None:
    site.add("long", "Long", {1: 12, 2: 12}, year=2001)
    write(library, "Long (2001)/Long - S01E03.mkv")
    rescan()
    AnimeSeries.objects.update(refreshed_at=None)
    Episode.objects.update(listed=False)
    store.update(lambda values: values["downloads"].update(naming_template=OVER_ALL))
    rename()
    assert all("S01E03" in name for name in on_disk(library))


def test_a_scan_and_a_renaming_never_run_together(home: Path) -> None:
    running = operations.begin({})
    with pytest.raises(ScanRunning):
        renaming.begin()
    ScanOperation.objects.filter(pk=running.pk).update(state="COMPLETED")
    renaming.begin()
    with pytest.raises(RenamingRunning):
        operations.begin({})
    with pytest.raises(RenamingRunning):
        renaming.begin()


def test_undo_says_why_it_cannot_be_done_now(home: Path) -> None:
    rename()
    operations.begin({})
    with acting_as(Actor.command("test")), pytest.raises(InTheWay):
        journal.undo(entry_id=Entry.objects.get(action="renaming.ended").pk)


def test_it_is_cancelled_between_two_files(home: Path) -> None:
    begun = renaming.begin()
    renaming.cancel()
    before = on_disk(home)
    ended = Renaming(begun).run()
    assert ended.state == "CANCELLED"
    assert on_disk(home) == before
    assert not RenameStep.objects.exists()


class Killed(BaseException):
    """As a process ends that is killed: nobody tidies up."""


@pytest.mark.parametrize("after", range(1, 7))
def test_what_a_killed_process_left_half_done_is_completed(
    after: int, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed behind any rename: each file is there once, and the rest of its step follows."""
    count = iter(range(1, 100))

    def rename_and_die(old: Path, new: Path) -> None:
        moving.rename(old, new)
        if next(count) == after:
            raise Killed

    contents = sorted(on_disk(home).values())
    begun = renaming.begin()
    with monkeypatch.context() as dying:
        dying.setattr("library.renaming.carry.rename", rename_and_die)
        dying.setattr(carry, "_take_back", lambda _done: None)
        with pytest.raises(Killed):
            Renaming(begun).run()
    assert sorted(on_disk(home).values()) == contents
    over = {"state": "FAILED", "finished_at": begun.started_at}
    ScanOperation.objects.filter(state="RUNNING").update(**over)
    recover(Disks())
    assert sorted(on_disk(home).values()) == contents
    stems = {Path(name).name.partition(".")[0].removesuffix("-thumb") for name in on_disk(home)}
    assert len(stems - {"readme"}) == 2
    assert known() == sorted(name for name in on_disk(home) if name.endswith((".mkv", ".mp4")))
    found = rescan(full=True)
    assert [result(found)[name] for name in ("new", "gone")] == [0, 0]
    assert not RenameStep.objects.filter(state="PLANNED").exists()


def test_capitals_alone_on_a_disk_that_knows_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such a disk says that the new name is there already: it is the same file."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "show.mkv").write_text("show")
    real: Any = os.path.lexists
    monkeypatch.setattr(os.path, "lexists", lambda path: real(str(path).replace("SHOW", "show")))
    lower = Path.lstat
    monkeypatch.setattr(Path, "lstat", lambda self: lower(Path(str(self).replace("SHOW", "show"))))
    moving.rename(folder / "show.mkv", folder / "SHOW.mkv")
    assert os.listdir(folder) == ["SHOW.mkv"]  # noqa: PTH208


def test_of_two_links_to_one_file_none_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a").write_text("one")
    os.link(folder / "a", folder / "A")
    with pytest.raises(FileExistsError):
        moving.rename(folder / "a", folder / "A")
    assert sorted(os.listdir(folder)) == ["A", "a"]  # noqa: PTH208
