"""Media information of files: read lazily after a scan, at low priority, once for each change."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from aniworld.config import reach
from aniworld.web.texts import text_of
from library.borders import Borders, Outside
from library.models import MediaFile
from library.models.files import OUTSIDE
from library.naming.paths import to_stored
from library.naming.videos import is_disc_image
from library.scanner.probe import MediaInfo
from library.scanner.reader import TOO_MUCH, MediaReader
from providers.coded import coded

log = logging.getLogger(__name__)

FILES_AT_ONCE = 50
_NICENESS = 15


def read_pending(is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Read every file that is new or has changed; returns how many were read.

    Nothing is done while another process is at it.
    """
    done = 0
    borders = Borders.now()
    silent: set[str] = set()  # roots whose disks do not answer
    with _alone() as free, MediaReader() as reader:
        last = 0
        while free and not is_stopping():
            files = _pending(last)
            if not files:
                break
            found = []
            for file in files:
                last = file.pk
                if file.root.path in silent:
                    continue
                try:
                    info = _read(file, reader, borders)
                except reach.NoAnswer:
                    log.warning("root=%s does not answer; its media wait", file.root.path)
                    silent.add(file.root.path)
                    continue
                if info.problem is None or file.media_problem != info.problem["code"]:
                    found.append((file, info))
                if info.problem == TOO_MUCH:
                    break  # it took its time: whether to go on is asked again
            _keep(found)
            done += len(found)
    return done


def _read(file: MediaFile, reader: MediaReader, borders: Borders) -> MediaInfo:
    """What a file says about itself. Raises ``NoAnswer`` where its disk does not answer."""
    path = file.location
    if is_disc_image(path.name):
        return MediaInfo()  # nobody looks into it: that is no damage
    try:
        reach.ask(file.root.path, lambda: borders.check(path))
    except Outside as error:
        target = to_stored(error.target)
        folder = str(Path(target).parent)
        return MediaInfo(problem=coded(OUTSIDE, target=target, folder=folder))
    info = reader.info(path)
    if info.problem == TOO_MUCH:  # was it the disk?
        reach.ask(file.root.path, lambda: os.statvfs(file.root.path))
    return info


def lower_priority() -> None:
    """Let everything else on the machine go first."""
    os.nice(_NICENESS)


def _pending(after: int) -> list[MediaFile]:
    unprobed = MediaFile.objects.unprobed().filter(root__is_active=True, pk__gt=after)
    return list(unprobed.select_related("root").order_by("pk")[:FILES_AT_ONCE])


def _keep(found: Sequence[tuple[MediaFile, MediaInfo]]) -> None:
    now = timezone.now()
    with transaction.atomic():
        for file, info in found:
            # Where it has changed since, the next scan says so and it is read again.
            same = MediaFile.objects.filter(pk=file.pk, mtime_ns=file.mtime_ns, size=file.size)
            # What was not looked into for where it lies is looked into when that is allowed.
            is_read = info.problem is None or info.problem["code"] != OUTSIDE
            same.update(**_columns(info), probed_at=now if is_read else None)
    for file, info in found:
        if info.problem:
            facts = "".join(f" {name}={value!r}" for name, value in info.problem["params"].items())
            log.warning("media unreadable path=%r%s: %s", file.path, facts, text_of(info.problem))


def _columns(info: MediaInfo) -> dict[str, Any]:
    return {
        "duration": info.duration,
        "width": info.width,
        "height": info.height,
        "video_codec": info.video_codec,
        "audio_codec": info.audio_codec,
        "audio_languages": list(info.audio_languages),
        "subtitle_languages": list(info.subtitle_languages),
        "media_problem": info.problem["code"] if info.problem else "",
        "media_problem_params": (info.problem["params"] or None) if info.problem else None,
    }


@contextmanager
def _alone() -> Iterator[bool]:
    run = Path(settings.RUN_DIR)
    run.mkdir(parents=True, exist_ok=True)
    with (run / "media-info.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
