"""Which container a video file is, told from its first bytes. No Django."""

from __future__ import annotations

HEAD = 1024  # bytes that are looked at

_SIGNS = {
    b"\x1aE\xdf\xa3": "matroska",
    b"FLV": "flv",
    b"OggS": "ogg",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "asf",
    b".RMF": "rm",
    b"\0\0\1\xba": "mpeg",
    b"\0\0\1\xb3": "mpegvideo",
}
_BOXES = frozenset(
    {b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"sidx", b"free", b"skip", b"wide", b"pnot"}
)
# A transport stream is packets of so many bytes, each of which has the letter G in its place.
_PACKETS = (188, 192, 204)


def container_of(head: bytes) -> str | None:
    """The name of the demuxer for a file that begins so; None where it is no container of films."""
    if head[4:8] in _BOXES:
        return "mov"
    if head[:4] == b"RIFF" and head[8:12] in {b"AVI ", b"AVIX"}:
        return "avi"
    for sign, name in _SIGNS.items():
        if head.startswith(sign):
            return name
    return "mpegts" if _is_transport_stream(head) else None


def _is_transport_stream(head: bytes) -> bool:
    return any(
        head[at : at + 3 * size + 1 : size] in (b"GGGG", b"GGG")
        for size in _PACKETS
        for at in range(size)
        if at + 2 * size < len(head)
    )
