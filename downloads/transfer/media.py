"""What the parts of a transfer hand to each other: feeds of media in, one file with its tracks out.

An engine (``hls``, ``ranges``, ``ytdlp``) brings **feeds**: for each the bytes of one stream in
the order of its time, cut into **runs**. ``mux`` puts the feeds into one file while they arrive
and follows every track; ``gate`` decides whether that file is the episode. All times are seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

TrackKind = Literal["video", "audio", "subtitles"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the source is said to be, and what the owner wants of it.

    Attributes:
        sound: language of the sound, as ISO 639-1 (``de``); empty where the source names none.
        subtitles: language of the subtitles; empty where the source has none of its own.
        is_original: the sound is what the series was made in: ``sound`` is the likely one, and
            any other that is not the subtitles' is right too.
        more: further languages that are kept as tracks where they are offered.
    """

    sound: str = ""
    subtitles: str = ""
    is_original: bool = False
    more: tuple[str, ...] = ()

    def takes(self, language: str) -> bool:
        """Whether sound of a language that is named can be the source's."""
        if not self.sound or not language or language == self.sound:
            return True
        return self.is_original and language != self.subtitles


class Readable(Protocol):
    """Bytes in their order; blocks until there are some."""

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes; empty at the end.

        Raises:
            TransferError: what was to come cannot be had.
        """
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a feed that one demuxer can read: one header, one clock.

    Attributes:
        container: name of the demuxer, told from the first bytes (``streams.container_of``).
        data: its bytes, the header (map) first; None where ``path`` is given.
        path: a file of its own instead, which may be read in any order.
        is_discontinuity: its clock and encoding have nothing to do with those before it.
        begins: where the playlist says it begins, counted from the feed's begin.
        clock: the time of its first packet where the container itself tells none (packed sound).
    """

    container: str
    data: Readable | None = None
    path: Path | None = None
    is_discontinuity: bool = False
    begins: float = 0.0
    clock: float | None = None


class Feed(Protocol):
    """One stream of a source: a file, a variant, a rendition.

    Attributes:
        kinds: which of its tracks are taken.
        language: ISO 639-1, as the playlist names it; empty where it names none.
    """

    @property
    def kinds(self) -> frozenset[TrackKind]: ...
    @property
    def language(self) -> str: ...
    @property
    def title(self) -> str: ...
    def runs(self) -> Iterator[Run]: ...


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle, ``text`` in SubRip's form (lines, ``<i>``)."""

    begin: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Subtitles:
    """Subtitles that are a file of their own.

    ``is_on_clock``: the cues' times are those of the stream's clock, not counted from its begin.
    """

    language: str
    cues: Iterable[Cue]
    title: str = ""
    is_on_clock: bool = False
    is_forced: bool = False


@dataclass(frozen=True, slots=True)
class Announced:
    """What the source says of itself before it is fetched.

    Attributes:
        seconds: its length; None where it names none.
        rounding: how far the real length may lie from it for the way it was counted alone
            (whole seconds for each of many pieces, say).
        size: bytes of a single file.
    """

    seconds: float | None = None
    rounding: float = 0.0
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """What was put into a track of the file.

    ``begin`` and ``end`` are in the file's time; ``language`` is ISO 639-2/T (``deu``) or empty.
    """

    kind: TrackKind
    codec: str
    language: str
    begin: float
    end: float
    packets: int
    width: int | None = None
    height: int | None = None
    rate: int | None = None
    channels: int | None = None


@dataclass(frozen=True, slots=True)
class Muxed:
    """One file, written to its end; not yet proved, not yet synced.

    ``fetched``: bytes of the file it was made from, where that was a single one.
    """

    path: Path
    extension: str
    tracks: tuple[Track, ...]
    announced: Announced = field(default_factory=Announced)
    fetched: int | None = None
