"""Subtitles as text: into the form that MP4 or Matroska has for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from av.packet import Packet as NewPacket
from av.subtitles.subtitle import SubtitleSet

if TYPE_CHECKING:
    from av.packet import Packet
    from av.stream import Stream

LONGEST_TEXT = 5000  # characters of one subtitle
_TAG = re.compile(r"<(/?)([a-zA-Z]*)[^<>]{0,200}>")
_STYLES = {"i": "i", "b": "b", "u": "u"}
# libav makes subtitles from ASS, which begins with this.
HEADER = b"""[Script Info]
ScriptType: v4.00+
PlayResX: 384
PlayResY: 288

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, \
Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,0

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


@dataclass(frozen=True, slots=True)
class Captions:
    """A container's own form of subtitles."""

    codec: Literal["mov_text", "subrip"]
    packet: Callable[[Stream, str], Packet[Stream]]


def text_of(packet: Packet[Stream], codec: str) -> str:
    """The text of a packet of subtitles, in SubRip's form."""
    data = bytes(packet)
    if codec == "mov_text":
        data = data[2 : 2 + int.from_bytes(data[:2])]
    return data.decode("utf-8", "replace")[:LONGEST_TEXT].replace("\0", "").strip()


def _as_ass(text: str) -> str:
    def style(found: re.Match[str]) -> str:
        known = _STYLES.get(found[2].lower())
        return f"{{\\{known}{0 if found[1] else 1}}}" if known else ""

    # Braces and backslashes would begin commands of ASS.
    plain = text.replace("\\", "/").replace("{", "(").replace("}", ")")
    return _TAG.sub(style, plain).replace("\r", "").replace("\n", "\\N")


def _for_mp4(stream: Stream, text: str) -> Packet[Stream]:
    line = f"0,0,Default,,0,0,0,,{_as_ass(text)}"
    made = SubtitleSet.create(line.encode(), 0, 0)
    packet: Packet[Stream] = stream.codec_context.encode_subtitle(made)  # type: ignore[attr-defined]
    return packet


def _for_matroska(stream: Stream, text: str) -> Packet[Stream]:  # noqa: ARG001 - as _for_mp4
    return NewPacket(text.replace("\r", "").encode())


MP4_CAPTIONS = Captions("mov_text", _for_mp4)
MKV_CAPTIONS = Captions("subrip", _for_matroska)
