"""What arrives is described before any server is told of it, and nobody who places it waits."""

from __future__ import annotations

import errno
import threading
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from aniworld.config import reach, store
from aniworld.system.mediaservers import claims, describing, reading, services, telling
from aniworld.system.mediaservers.models import FolderToTell
from aniworld.system.mediaservers.running import Teller
from aniworld.system.schedule.models import JobRun
from aniworld.system.schedule.running import Running, Skipped
from aniworld.system.schedule.work import library as work
from library.models import AnimeSeries, LibraryRoot
from library.services.arrivals import episode_arrived
from tests.factories import make_series
from tests.telling_server import media_server
from tests.unit.aniworld.system.mediaservers.support import (
    change,
    come,
    look,
    set_up,
    wait_for_more,
)

pytestmark = pytest.mark.django_db
HOME = "Show/Season 01"


@pytest.fixture
def show(library: LibraryRoot) -> AnimeSeries:
    series = make_series("Show", key="show", root=library, missing=3)
    (Path(library.path) / HOME).mkdir(parents=True)
    want("WRITE")
    reading.read()
    return series


def want(nfo: str) -> None:
    store.update(lambda data: data["media_servers"].update(nfo=nfo))


def arrive(series: AnimeSeries, number: int) -> Path:
    """As the worker writes it down."""
    assert series.root is not None
    path = series.root.directory / HOME / f"Show - S01E{number:02}.mkv"
    path.write_bytes(b"x")
    with transaction.atomic():
        episode_arrived(series=series, season=1, episode=number, path=path, size=1)
    return path


def described(root: LibraryRoot) -> list[str]:
    return sorted(path.name for path in Path(root.path).rglob("*.nfo"))


def test_an_arrival_is_described_without_any_server(
    show: AnimeSeries, library: LibraryRoot
) -> None:
    arrive(show, 1)
    assert described(library) == []  # whoever places it has only said so
    look()
    assert described(library) == ["Show - S01E01.nfo", "tvshow.nfo"]
    assert FolderToTell.objects.count() == 0


def test_a_server_hears_of_it_when_it_is_described(show: AnimeSeries, library: LibraryRoot) -> None:
    wait_for_more(20)
    with media_server("JELLYFIN") as server:
        set_up(server)
        for number in (1, 2, 3):
            arrive(show, number)
            look()
        assert len(described(library)) == 4
        assert server.told() == []
        come(30)
        look()
        assert sorted(server.told()) == [
            ("Modified", f"{library.path}/Show"),
            ("Modified", f"{library.path}/{HOME}"),
        ]
        assert server.calls() == 1


def test_a_disk_that_does_not_answer_is_asked_again_and_holds_no_server(
    show: AnimeSeries, library: LibraryRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_more(0)

    def silent(*_arguments: object, **_named: object) -> None:
        raise reach.NoAnswer(library.path)

    with media_server("JELLYFIN") as server:
        set_up(server)
        arrive(show, 1)
        with monkeypatch.context() as patch:
            patch.setattr(describing, "describe", silent)
            look()
        assert server.told() == [("Created", f"{library.path}/{HOME}")]
        assert described(library) == []
        assert (look(), described(library)) == (0, [])
        come(claims.PAUSES[0].total_seconds() + 1)
        look()
        assert len(described(library)) == 2


def test_what_is_switched_off_meanwhile_is_not_written(
    show: AnimeSeries, library: LibraryRoot
) -> None:
    arrive(show, 1)
    reading.read()
    want("REMOVE")
    assert look() == 0
    assert described(library) == []
    assert FolderToTell.objects.count() == 0


def test_a_folder_of_no_series_and_a_whole_root_are_passed_over(
    show: AnimeSeries, library: LibraryRoot
) -> None:
    change(library.pk, ("Nobody", "CREATED"), ("", "MODIFIED"))
    look()
    assert described(library) == []
    assert FolderToTell.objects.count() == 0


@pytest.fixture
def told(library: LibraryRoot, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Who was told by whoever is about to end, and how much was described by then."""
    seen: list[tuple[str, int]] = []
    true = telling.tell

    def tell(name: str) -> int:
        seen.append((name, len(described(library))))
        if name == reading.DESCRIBER:
            return true(name)
        FolderToTell.objects.filter(server=name).delete()
        return 1

    class AtOnce(threading.Thread):
        """Another thread would not see the transaction of a test."""

        def start(self) -> None:
            self.run()

    monkeypatch.setattr("aniworld.system.mediaservers.running.threading.Thread", AtOnce)
    monkeypatch.setattr(telling, "tell", tell)
    monkeypatch.setattr("aniworld.system.mediaservers.running.connection.close", lambda: None)
    return seen


def test_whoever_is_about_to_end_describes_first_and_then_tells(
    show: AnimeSeries, told: list[tuple[str, int]]
) -> None:
    services.add("attic", {"address": "http://127.0.0.1:9"})
    arrive(show, 1)
    Teller().flush()
    assert told == [("*", 0), ("attic", 2)]


def test_whoever_is_about_to_end_waits_for_another_one_that_describes(
    show: AnimeSeries, told: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    services.add("attic", {"address": "http://127.0.0.1:9"})
    arrive(show, 1)
    reading.read()
    [row] = claims.claimed(reading.DESCRIBER)
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:  # the other one gives up
            FolderToTell.objects.filter(pk=row.pk).update(held_until=None)

    monkeypatch.setattr("aniworld.system.mediaservers.running.time.sleep", wait)
    Teller().flush()
    assert told == [*[("*", 0)] * 4, ("attic", 2)]


def running() -> Running:
    values = {"trigger": "OWNER", "holder": "here"}
    now = timezone.now()
    JobRun.objects.all().delete()
    return Running(JobRun.objects.create(name="descriptions", begun_at=now, beat_at=now, **values))


def test_the_job_does_what_the_settings_say(show: AnimeSeries, library: LibraryRoot) -> None:
    arrive(show, 1)
    assert work.descriptions(running()) == {
        "code": "job_described",
        "params": {"written": 2, "removed": 0, "failed": 0},
    }
    want("REMOVE")
    assert work.descriptions(running())["params"]["removed"] == 2
    want("OFF")
    with pytest.raises(Skipped):
        work.descriptions(running())


def test_a_full_disk_is_a_fault_of_that_file(
    show: AnimeSeries, library: LibraryRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("library.descriptions.files._fill", full)
    arrive(show, 1)
    assert work.descriptions(running())["params"] == {"written": 0, "removed": 0, "failed": 2}
