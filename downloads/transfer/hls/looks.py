"""What a piece is by its first bytes, and where its media begins.

Hosters disguise pieces as pictures (a header before the stream), or send a page where a piece
should be. What players look past is looked past here; anything else is no piece.
"""

from __future__ import annotations

from downloads.transfer.errors import FragmentMissing
from providers.coded import foreign

HEAD = 1 << 16  # bytes that are looked at; the longest disguise that is looked past
_TS = 188
_BOXES = frozenset(
    {b"ftyp", b"styp", b"moov", b"moof", b"sidx", b"ssix", b"emsg", b"prft", b"free", b"skip"}
    | {b"mdat", b"uuid", b"pdin"}
)
_ID3_CLOCK = b"com.apple.streaming.transportStreamTimestamp\x00"


def container_of_piece(head: bytes) -> tuple[str, int]:
    """The demuxer for a piece, and how many bytes before its media are to be left out.

    Raises:
        FragmentMissing: it is nothing that a stream is made of.
    """
    if begins_with_box(head):
        return "mov", 0
    packed = _packed(head)
    if packed:
        return packed, 0
    begin = _ts_begin(head)
    if begin is not None:
        return "mpegts", begin
    raise FragmentMissing(why="disguised", head=foreign(repr(head[:16])))


def begins_with_box(head: bytes) -> bool:
    """Whether it is of MP4, from its begin or from one of its parts on."""
    return head[4:8] in _BOXES


def id3_clock(head: bytes) -> float | None:
    """When packed sound begins on the clock of its stream, in seconds (RFC 8216, 3.4)."""
    at = head.find(_ID3_CLOCK)
    if at < 0:
        return None
    stamp = head[at + len(_ID3_CLOCK) :][:8]
    return int.from_bytes(stamp, "big") / 90_000 if len(stamp) == 8 else None


def _packed(head: bytes) -> str:
    """Sound alone, packed: behind an ID3 tag, or bare."""
    at = 0
    if head[:3] == b"ID3" and len(head) >= 10:
        at = 10 + (
            (head[6] & 127) << 21 | (head[7] & 127) << 14 | (head[8] & 127) << 7 | head[9] & 127
        )
    sign = head[at : at + 2]
    if len(sign) < 2:
        return ""
    if sign[0] == 0xFF and sign[1] & 0xF6 == 0xF0:
        return "aac"
    if sign == b"\x0b\x77":
        return "ac3" if at + 6 > len(head) or head[at + 5] >> 3 <= 10 else "eac3"
    if sign[0] == 0xFF and sign[1] & 0xE0 == 0xE0 and sign[1] & 0x06:
        return "mp3"
    return ""


def _ts_begin(head: bytes) -> int | None:
    """Where packets of an MPEG transport stream begin: three signs at their distance, or all
    there are in what is shorter."""
    at = head.find(b"G")
    while at >= 0:
        signs = head[at : at + 2 * _TS + 1 : _TS]
        if len(head) - at >= _TS and signs == b"G" * len(signs):
            return at
        at = head.find(b"G", at + 1)
    return None
