"""What media files say about themselves, read where it can be ended.

A media file is somebody's data, and whoever reads it is large and written in C. Run as a module
this is a process that reads one file after the other, each for as long and with as much memory as
it is given: a path as a line of JSON on standard input, what was found as one on standard output.
No Django.
"""

from __future__ import annotations

import dataclasses
import json
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from library.plain import NoPlainFile, open_plain
from library.scanner.containers import HEAD, container_of
from providers.coded import Coded, coded, errno_name

MOST_MEMORY = 1_500_000_000  # bytes of addresses
CPU_SECONDS = 15  # for one file
MOST_LANGUAGES = 100
LONGEST_NAME = 32  # of a codec or a language
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


def media_info(path: str) -> MediaInfo:
    """Read what a media file says about itself. Never raises for a file that is none."""
    import av  # noqa: PLC0415 - a tenth of a second, for this process alone

    try:
        with open_plain(Path(path)) as file:
            return _read(file)
    except (NoPlainFile, av.error.InvalidDataError, av.error.EOFError):
        return MediaInfo(problem=NO_FILM)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        return MediaInfo(problem=coded("media_not_opened", errno=errno_name(error)))


def _read(file: IO[bytes]) -> MediaInfo:
    import av  # noqa: PLC0415 - see above

    name = container_of(file.read(HEAD))
    if name is None:
        return MediaInfo(problem=NO_FILM)
    file.seek(0)
    # A format is never guessed: a playlist in disguise would make us open what it names. The file
    # is open already, and there is no protocol of this name.
    options = {"protocol_whitelist": "none", "format_whitelist": name}
    with av.open(file, format=name, metadata_errors="ignore", options=options) as container:
        return _info(container)


def _info(container: Any) -> MediaInfo:
    video = container.streams.video[0].codec_context if container.streams.video else None
    audio = container.streams.audio[0].codec_context if container.streams.audio else None
    duration = container.duration
    return MediaInfo(
        duration=duration / 1_000_000 if duration and duration > 0 else None,
        width=video.width if video else None,
        height=video.height if video else None,
        video_codec=_name(video.name) if video else "",
        audio_codec=_name(audio.name) if audio else "",
        audio_languages=_languages(container.streams.audio),
        subtitle_languages=_languages(container.streams.subtitles),
        problem=None if video else NO_PICTURE,
    )


def _languages(streams: Sequence[Any]) -> tuple[str, ...]:
    """The languages of streams in their order; each once."""
    named = (_name(str(stream.metadata.get("language", "und"))) for stream in streams)
    return tuple(dict.fromkeys(named))[:MOST_LANGUAGES]


def _name(said: str) -> str:
    return "".join(filter(str.isprintable, said))[:LONGEST_NAME]


def main() -> None:
    """Read files until no more are named."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    for line in sys.stdin.buffer:
        used = int(time.process_time())
        resource.setrlimit(resource.RLIMIT_CPU, (used + CPU_SECONDS, resource.RLIM_INFINITY))
        info = media_info(json.loads(line))
        sys.stdout.write(json.dumps(dataclasses.asdict(info)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
