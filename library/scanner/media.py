"""Media information of files: read lazily after a scan, at low priority, once for each change."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from aniworld.web.texts import text_of
from library.models import MediaFile
from library.naming.videos import is_disc_image
from providers.coded import Coded, coded, errno_name

log = logging.getLogger(__name__)

FILES_AT_ONCE = 50
_NICENESS = 15
NO_FILM = coded("media_no_film")
NO_PICTURE = coded("media_no_picture")


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """``duration`` is in seconds; ``problem`` says why a file could not be opened."""

    duration: float | None = None
    width: int | None = None
    height: int | None = None
    video_codec: str = ""
    audio_codec: str = ""
    audio_languages: tuple[str, ...] = ()
    subtitle_languages: tuple[str, ...] = ()
    problem: Coded | None = None


def media_info(path: Path) -> MediaInfo:
    """Read what a media file says about itself. Never raises for a file that is none."""
    if is_disc_image(path.name):
        return MediaInfo()  # nobody looks into it: that is no damage
    try:
        # A playlist in disguise must not make us open addresses.
        with av.open(
            str(path), metadata_errors="ignore", options={"protocol_whitelist": "file"}
        ) as container:
            return _info(container)
    except av.error.InvalidDataError:
        return MediaInfo(problem=NO_FILM)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        return MediaInfo(problem=coded("media_not_opened", errno=errno_name(error)))


def read_pending(is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Read every file that is new or has changed; returns how many were read.

    Nothing is done while another process is at it.
    """
    done = 0
    with _alone() as free:
        last = 0
        while free and not is_stopping():
            files = _pending(last)
            if not files:
                break
            last = files[-1].pk
            _keep([(file, media_info(file.location)) for file in files])
            done += len(files)
    return done


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
            same.update(**_columns(info), probed_at=now)
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


def _info(container: av.container.InputContainer) -> MediaInfo:
    video = container.streams.video[0].codec_context if container.streams.video else None
    audio = container.streams.audio[0].codec_context if container.streams.audio else None
    duration = container.duration
    return MediaInfo(
        duration=duration / 1_000_000 if duration else None,
        width=video.width if video else None,
        height=video.height if video else None,
        video_codec=video.name[:32] if video else "",
        audio_codec=audio.name[:32] if audio else "",
        audio_languages=_languages(container.streams.audio),
        subtitle_languages=_languages(container.streams.subtitles),
        problem=None if video else NO_PICTURE,
    )


def _languages(streams: Sequence[Any]) -> tuple[str, ...]:
    """The languages of streams in their order; each once."""
    named = (str(stream.metadata.get("language", "und"))[:32] for stream in streams)
    return tuple(dict.fromkeys(named))


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
