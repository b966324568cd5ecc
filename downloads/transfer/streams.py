"""What is in a fetched file, found out without loading the media library here.

While ffmpeg remuxes, this process should be small: the media library is loaded for the look before
it by a process that ends at once, and for the check after it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from downloads.transfer.errors import NotMedia
from providers.coded import foreign


@dataclass(frozen=True, slots=True)
class Streams:
    """Codec names, and the length in seconds that the file claims for itself."""

    video: tuple[str, ...]
    audio: tuple[str, ...]
    duration: float | None


def container_of(path: Path) -> str:
    """The demuxer for a file, told from its first bytes.

    A format is never left to be guessed: a guessed playlist would make ffmpeg open what it names.

    Raises:
        NotMedia: it is none of the formats that streams come in.
    """
    with path.open("rb") as file:
        head = file.read(189)
    if head[4:8] in {b"ftyp", b"styp", b"moov", b"moof", b"sidx", b"free"}:
        return "mov"
    if head[:1] == b"G" and head[188:189] in {b"G", b""}:
        return "mpegts"
    signs = {
        b"\x1aE\xdf\xa3": "matroska",
        b"FLV": "flv",
        b"OggS": "ogg",
        b"ID3": "aac",
        b"\xff\xf1": "aac",
        b"\xff\xf9": "aac",
    }
    for sign, name in signs.items():
        if head.startswith(sign):
            return name
    raise NotMedia(why="unknown", head=repr(head[:16]))


def look_into(path: Path) -> Streams:
    """Read the head of a file in a process of its own.

    Raises:
        NotMedia: it cannot be opened as video or sound.
    """
    container_of(path)
    run = subprocess.run(
        [sys.executable, "-m", "downloads.transfer.look", str(path)],
        capture_output=True,
        check=False,
    )
    if run.returncode and not run.stdout:  # not even a word of why
        last = run.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise NotMedia(why="unopened", reason=foreign(" ".join(last)))
    fields = json.loads(run.stdout)
    if run.returncode:
        raise NotMedia(why="unopened", reason=fields["reason"])
    return Streams(tuple(fields["video"]), tuple(fields["audio"]), fields["duration"])
