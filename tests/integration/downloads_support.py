"""What the tests of the queue share: a library, a configuration, a worker as a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import av
from django.conf import settings
from django.db import connection

from aniworld.config import store
from downloads import services
from downloads.services import EpisodeRef, enqueue
from downloads.worker import lease
from downloads.worker.placed import NOTES
from downloads.worker.worker import Worker
from library.choices import EpisodeState
from library.models import AnimeSeries, Episode, LibraryRoot

PROJECT = Path(__file__).resolve().parents[2]
KEY = "mondlaterne"


def configure(catalogue_url: str, **downloads: Any) -> None:
    """Point the provider at the sample world; fast retries, no floor for the free space."""

    def change(values: dict[str, Any]) -> None:
        values["providers"]["sites"] = {
            "aniworld": {
                "enabled": True,
                "base_url": catalogue_url,
                "requests_per_second": 100,
            }
        }
        values["downloads"].update({"retry_base_seconds": 0, "min_free_mb": 0, **downloads})

    store.update(change)


def make_series(directory: Path) -> AnimeSeries:
    """The sample world's first series, three of its episodes missing."""
    directory.mkdir(exist_ok=True)
    root = LibraryRoot.objects.create(path=str(directory))
    series = AnimeSeries(
        key=KEY,
        site="aniworld",
        site_key=KEY,
        name="Mondlaterne",
        year=2013,
        folder="Mondlaterne (2013)",
        root=root,
        total_episodes=3,
        missing_count=3,
    )
    series.index_words()
    series.save()
    Episode.objects.bulk_create(
        Episode(
            series=series,
            season=1,
            episode_number=number,
            title=f"Folge {number}",
            state=EpisodeState.MISSING,
            hosters=["voe"],
        )
        for number in (1, 2, 3)
    )
    return series


def list_episode(series: AnimeSeries, season: int, number: int) -> None:
    """What the catalogue was seen to list, whatever it says now."""
    Episode.objects.create(
        series=series, season=season, episode_number=number, state=EpisodeState.MISSING
    )


def queue(series: AnimeSeries, *numbers: int, season: int = 1) -> list[int]:
    refs = [EpisodeRef(season, number) for number in numbers]
    return enqueue(series_key=series.key, episodes=refs).ids


def files_in(directory: Path) -> list[str]:
    """By their paths below it, without the notes of what was placed. Unlike rglob, folders that go
    meanwhile are no error."""
    return sorted(
        str((Path(folder) / name).relative_to(directory))
        for folder, _folders, names in os.walk(directory)
        for name in names
        if name != NOTES
    )


def seconds_of(path: Path) -> float:
    """Decode a file to its last picture; its length in seconds."""
    with av.open(str(path)) as container:
        last = 0.0
        for frame in container.decode(video=0):
            last = float(frame.time or 0)
        return last


def pictures_in(path: Path) -> list[float]:
    """The time of every picture, in seconds."""
    with av.open(str(path)) as container:
        return sorted(float(frame.time or 0) for frame in container.decode(video=0))


def wait_until(condition: Callable[[], Any], *, seconds: float = 90, what: str = "it") -> Any:
    """Most is there in no time; ``seconds`` is for a machine that is busy with other things."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.02)  # between two looks at another process
    raise AssertionError(f"waited {seconds} s in vain for {what}")


def work(*, turns: int = 1) -> None:
    """Let a worker of this process take so many items, one after the other."""
    worker = Worker()
    services.start()
    for _ in range(turns):
        assert worker.process_next()
    lease.give_back(worker.name)


def is_gone(pid: int) -> bool:
    """Whether a process has ended, or is only waited for."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"


class WorkerProcess:
    """A real ``manage.py runqueue`` on the database of the test."""

    def __init__(self, *arguments: str, wait: bool = True) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "runqueue", *arguments],
            cwd=PROJECT,
            env={**os.environ, "DATA_DIR": str(settings.DATA_DIR), "DATABASE_URL": _address()},
            stdout=subprocess.PIPE,
            text=True,
        )
        if wait:
            self.wait_for_line("ready")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()

    def wait_for_line(self, beginning: str) -> str:
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith(beginning):
                return line
        raise AssertionError(f"no line {beginning!r}; it ended with {self.process.wait()}")

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self, seconds: float = 200) -> int:
        return self.process.wait(seconds)


def _address() -> str:
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    login = f"{values['USER']}:{values['PASSWORD']}" if values["PASSWORD"] else values["USER"]
    return f"postgres://{login}@{values['HOST']}:{values['PORT'] or 5432}/{values['NAME']}"
