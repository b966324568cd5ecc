"""``python -m tests.prove.bin_at_step STEP ACT``: something with the recycle bin, killed as the
kernel does it at its STEPth step. With step 0 nothing happens, and the last line says how many
there were. What an act begins with it brings about itself, before steps count.

A step is a call of a function, ours, Django's or the system's, out of what moves files and writes
what has moved.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import django

_ROOMS = (
    "/library/recycling/",
    "/library/renaming/carry.py",
    "/library/moving.py",
    "/library/services/settle.py",
    "/django/db/transaction.py",
)
KEY = "show-0"
SEASON = "Show 0/Season 01"
OLD_NAME, OTHER_NAME = "S01E01.mkv", "S01E01 [German Dub].mkv"
NEW = "the new one, which is better"
WORK = ".aniworld/7/finished.mkv"


class Steps:
    """Counts, and ends the process."""

    def __init__(self, step: int) -> None:
        self.step = step
        self.seen = 0
        self._counted: dict[CodeType, bool] = {}

    def look(self, frame: FrameType, event: str, _argument: Any) -> None:
        if event not in {"call", "c_return"} or not self._counts(frame.f_code):
            return
        self.seen += 1
        if self.seen == self.step:
            os.kill(os.getpid(), signal.SIGKILL)

    def _counts(self, code: CodeType) -> bool:
        if code not in self._counted:
            is_ours = any(room in code.co_filename for room in _ROOMS)
            self._counted[code] = is_ours and code.co_name != "<module>"
        return self._counted[code]


def main() -> None:
    step, act = int(sys.argv[1]), sys.argv[2]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aniworld.settings")
    django.setup()
    from aniworld.journal.actors import Actor, acting_as

    steps = Steps(step)
    with acting_as(Actor.command("proof")):
        prepared = ACTS[act]()
        sys.setprofile(steps.look)
        prepared()
        sys.setprofile(None)
    print(steps.seen)


def _delete() -> Callable[[], object]:
    from library.models import AnimeSeries
    from library.recycling.delete import delete_files

    series = AnimeSeries.objects.get(key=KEY)
    return lambda: delete_files(series, list(series.files.select_related("root")))


def _restore() -> Callable[[], object]:
    from library.models import BinnedFile
    from library.recycling.restore import Taken, restore

    ids = list(BinnedFile.objects.in_bin().values_list("pk", flat=True))
    return lambda: restore(ids, taken=Taken.SWAPPED)


def _recover() -> Callable[[], object]:
    from library.recycling.recover import recover
    from library.renaming.disks import Disks

    return lambda: recover(Disks(), of_worker=True)


def _replace(name: str) -> Callable[[], object]:
    """Let a new file take the place of that of the first episode, under ``name``."""
    from django.db import transaction

    from library.recycling.replacing import plan
    from library.renaming.disks import Disks
    from library.services import episode_arrived

    series, root = _old_counts()
    old, target = (root.directory / f"{SEASON}/{one}" for one in (OLD_NAME, name))

    def act() -> None:
        source = root.directory / WORK
        there = plan(old=old, source=source, target=target, root=root, series=series)
        assert there is not None
        there.carry_out()
        facts = target.stat()
        with transaction.atomic():
            episode_arrived(
                series=series,
                season=1,
                episode=1,
                path=target,
                size=facts.st_size,
                mtime_ns=facts.st_mtime_ns,
            )
            there.settle()
        there.finish(Disks())

    return act


def _undo(name: str) -> Callable[[], object]:
    """Let the two change places again."""
    _replace(name)()
    return _restore()


def _old_counts() -> tuple[Any, Any]:
    """The old file counts, nothing is in the bin, and the new one waits."""
    from library.models import AnimeSeries, BinnedFile

    series = AnimeSeries.objects.select_related("root").get(key=KEY)
    root = series.root
    assert root is not None
    file = series.episodes.get(season=1, episode_number=1).file_path
    if (root.directory / file).read_text() == NEW:
        _restore()()
    BinnedFile.objects.all().delete()
    shutil.rmtree(root.directory / ".aniworld", ignore_errors=True)
    source = root.directory / WORK
    source.parent.mkdir(parents=True)
    source.write_text(NEW)
    return series, root


ACTS: dict[str, Callable[[], Callable[[], object]]] = {
    "delete": _delete,
    "restore": _restore,
    "recover": _recover,
    "replace": lambda: _replace(OLD_NAME),
    "undo": lambda: _undo(OLD_NAME),
    "replace-other": lambda: _replace(OTHER_NAME),
    "undo-other": lambda: _undo(OTHER_NAME),
}

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main()
