"""Small real films for the muxer and the gate, made once a session by ffmpeg.

The picture is white for the first two frames of each second and the sound beeps then: where both
are, can be measured in what was made of them.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from downloads.transfer.media import Run, TrackKind
from tests.site.media import ffmpeg

SECONDS = 24
RATE = 25
EVERYTHING: frozenset[TrackKind] = frozenset({"video", "audio", "subtitles"})
PICTURE: frozenset[TrackKind] = frozenset({"video"})
SOUND: frozenset[TrackKind] = frozenset({"audio"})
FLASH = "lt(mod(t,1),0.08)"


def run_ffmpeg(*arguments: str | Path) -> None:
    """Run it, or say why it could not."""
    command = [ffmpeg(), "-v", "error", "-nostdin", "-y", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"ffmpeg: {done.stderr.strip()}")


class Films:
    """Makes films in a folder; each one once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def base(
        self,
        *,
        seconds: float = SECONDS,
        size: str = "320x180",
        hertz: int = 44100,
        video: tuple[str, ...] = ("libx264", "-preset", "ultrafast", "-bf", "2"),
        audio: tuple[str, ...] = ("aac",),
    ) -> Path:
        """An encoded film as Matroska, a key picture every two seconds."""
        picture = f"testsrc2=size={size}:rate={RATE},drawbox=c=white:t=fill:enable='{FLASH}'"
        beep = f"aevalsrc='if({FLASH},0.5*sin(2*PI*880*t),0)':s={hertz}:c=stereo"
        return self.made(
            *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", beep, "-t", str(seconds)),
            *("-c:v", *video, "-g", str(2 * RATE), "-pix_fmt", "yuv420p", "-c:a", *audio),
            extension="mkv",
        )

    def made(self, *arguments: str | Path, extension: str) -> Path:
        """What ffmpeg makes with these arguments."""
        name = f"{abs(hash(arguments)):x}.{extension}"
        path = self._folder / name
        if not path.exists():
            run_ffmpeg(*arguments, path)
        return path

    def copy(self, source: Path, extension: str, *arguments: str | Path) -> Path:
        """The same streams in another container; ``arguments`` come between in and out."""
        return self.made("-i", source, "-c", "copy", *arguments, extension=extension)

    def ts(self, source: Path, *arguments: str | Path) -> Path:
        """The same as MPEG-TS, at the times the source has."""
        plain = ("-copyts", "-muxdelay", "0", "-muxpreload", "0")
        return self.copy(source, "ts", *plain, *arguments)


class Bytes:
    """Bytes that come once, in portions, as from the network."""

    def __init__(self, *parts: bytes | Path) -> None:
        whole = (part.read_bytes() if isinstance(part, Path) else part for part in parts)
        self._left = b"".join(whole)

    def read(self, size: int = -1, /) -> bytes:
        """At most 64 KiB at a time."""
        size = min(size if size >= 0 else 65536, 65536)
        found, self._left = self._left[:size], self._left[size:]
        return found


@dataclass
class StreamFeed:
    """A feed of the given runs."""

    parts: Iterable[Run]
    kinds: frozenset[TrackKind] = EVERYTHING
    language: str = ""
    title: str = ""

    def runs(self) -> Iterator[Run]:
        yield from self.parts


def stream(container: str, *parts: bytes | Path, **more: object) -> Run:
    """A run that can be read once, from its begin on."""
    return Run(container, Bytes(*parts), **more)  # type: ignore[arg-type]
