"""Which demuxer reads a stream, told from its first bytes; and whether all of it is there."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from downloads.transfer.errors import NotMedia
from downloads.transfer.packets import PACKET, is_damaged

HEAD_BYTES = 4096  # of a stream, enough to tell its format
MOST_BOXES = 100_000
_BOXES = frozenset(
    {b"ftyp", b"styp", b"moov", b"moof", b"sidx", b"free", b"skip", b"wide", b"mdat", b"emsg"}
    | {b"prft"}
)
_SIGNS = {b"\x1aE\xdf\xa3": "matroska", b"FLV": "flv", b"OggS": "ogg"}


def container_of(path: Path) -> str:
    """The demuxer for a file, told from its first bytes.

    A format is never left to be guessed: a guessed playlist would make ffmpeg open what it names.

    Raises:
        NotMedia: it is none of the formats that streams come in.
    """
    with path.open("rb") as file:
        return container_of_head(file.read(HEAD_BYTES))


def container_of_head(head: bytes) -> str:
    """The demuxer for what begins with these bytes: ``HEAD_BYTES`` of them, if there are as many.

    Raises:
        NotMedia: it is none of the formats that streams come in.
    """
    if head[4:8] in _BOXES:
        return "mov"
    if head and all(head[at : at + 1] in {b"G", b""} for at in (0, 188, 376)):
        return "mpegts"
    for sign, name in _SIGNS.items():
        if head.startswith(sign):
            return name
    name = _sound_alone(head[_tag_length(head) :])
    if name:
        return name
    raise NotMedia(why="unknown", head=repr(head[:16]))


def fault_of(path: Path, container: str) -> str:
    """What is wrong with the bytes of a file: it is ``cut`` off, ``damaged`` within, or "".

    Args:
        container: as :func:`container_of` tells it.
    """
    if _is_cut_off(path, container):
        return "cut"
    return "damaged" if container == "mpegts" and is_damaged(path) else ""


def _is_cut_off(path: Path, container: str) -> bool:
    """Whether a file ends within a part of it: a box of MP4, a packet of a transport stream.

    What stands behind the last part and is none (some servers add bytes) cuts nothing off.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        if container == "mov":
            return _end_of_boxes(file, size) > size
        rest = size % PACKET
        file.seek(size - rest)
        return container == "mpegts" and file.read(1) == b"G"


def _end_of_boxes(file: BinaryIO, size: int) -> int:
    """Where the last box ends by its own word."""
    at = 0
    for _ in range(MOST_BOXES):
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4])
        if length == 1:  # a longer number follows
            length = int.from_bytes(head[8:])
        if len(head) < 8 or length < 8:
            break
        at += length
        if at >= size:
            break
    return at


def _tag_length(head: bytes) -> int:
    """The bytes of an ID3 tag, which players put before sound that comes alone."""
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    length = 0
    for byte in head[6:10]:
        length = length << 7 | byte & 0x7F
    return 10 + length


def _sound_alone(head: bytes) -> str:
    """The format of packets of sound that nothing is around; "" where they are none."""
    if head[:2] == b"\x0b\x77" and len(head) > 5:
        return "eac3" if head[5] >> 3 > 10 else "ac3"
    if len(head) < 2 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return ""
    if head[1] & 0xF6 == 0xF0:
        return "aac"
    is_mp3 = head[1] & 0x18 != 0x08 and head[1] & 0x06 == 0x02
    return "mp3" if is_mp3 else ""
