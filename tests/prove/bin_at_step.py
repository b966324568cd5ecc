"""``python -m tests.prove.bin_at_step STEP ACT``: something with the recycle bin, killed as the
kernel does it at its STEPth step. With step 0 nothing happens, and the last line says how many
there were.

A step is a call of a function, ours, Django's or the system's, out of what moves files and writes
what has moved.
"""

from __future__ import annotations

import os
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

    prepared = ACTS[act]()
    steps = Steps(step)
    with acting_as(Actor.command("proof")):
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


def _replace() -> Callable[[], object]:
    from django.db import transaction

    from library.models import AnimeSeries
    from library.naming.paths import from_stored
    from library.recycling.replacing import plan
    from library.services import episode_arrived

    series = AnimeSeries.objects.select_related("root").get(key=KEY)
    root, episode = series.root, series.episodes.exclude(file=None).order_by("episode_number")[0]
    assert root is not None
    old = root.directory / from_stored(episode.file_path)
    source = root.directory / ".aniworld/7/finished.mkv"

    def act() -> None:
        there = plan(old=old, source=source, target=old, root=root, series=series)
        assert there is not None
        there.carry_out()
        facts = old.stat()
        with transaction.atomic():
            episode_arrived(
                series=series,
                season=episode.season,
                episode=episode.episode_number,
                path=old,
                size=facts.st_size,
                mtime_ns=facts.st_mtime_ns,
            )
            there.settle()

    return act


ACTS = {"delete": _delete, "restore": _restore, "replace": _replace, "recover": _recover}

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main()
