"""Small real films for the muxer and the gate, made once a session by ffmpeg.

Every three seconds the picture is white for two frames and the sound beeps: where both are, can be
measured in what was made of them.
"""

from __future__ import annotations

import subprocess
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
from av.packet import Packet
from av.stream import Stream
from av.video.reformatter import VideoReformatter

from downloads.transfer.media import Run, TrackKind
from tests.site.media import ffmpeg

SECONDS = 24
RATE = 25
EVERYTHING: frozenset[TrackKind] = frozenset({"video", "audio", "subtitles"})
PICTURE: frozenset[TrackKind] = frozenset({"video"})
SOUND: frozenset[TrackKind] = frozenset({"audio"})
EVERY = 3  # seconds
_WINDOW = 40  # samples that are listened to at once: five milliseconds
FLASH = f"lt(mod(t,{EVERY}),0.08)"


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
        source: str = "testsrc2",
        keys: int = 2,
        video: tuple[str, ...] = ("libx264", "-preset", "ultrafast", "-bf", "2"),
        audio: tuple[str, ...] = ("aac",),
    ) -> Path:
        """An encoded film as Matroska, a key picture every ``keys`` seconds."""
        picture = f"{source}=size={size}:rate={RATE},drawbox=c=white:t=fill:enable='{FLASH}'"
        beep = f"aevalsrc='if({FLASH},0.5*sin(2*PI*880*t),0)':s={hertz}:c=stereo"
        return self.made(
            *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", beep, "-t", str(seconds)),
            *(
                "-c:v",
                *video,
                "-g",
                str(keys * RATE),
                "-sc_threshold",
                "0",
                "-pix_fmt",
                "yuv420p",
                "-c:a",
                *audio,
            ),
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

    def fragments(self, source: Path, *arguments: str | Path) -> list[Path]:
        """The same as fragmented MP4 in pieces of four seconds, what they share first."""
        folder = self._folder / f"{source.stem}-{abs(hash(arguments)):x}"
        if not folder.exists():
            folder.mkdir()
            kind = ("-f", "hls", "-hls_time", "4", "-hls_segment_type", "fmp4")
            names = ("-hls_segment_filename", folder / "%03d.m4s")
            copied = ("-i", source, "-c", "copy", *arguments, *kind, *names)
            run_ffmpeg(*copied, "-hls_playlist_type", "vod", folder / "all.m3u8")
        return [folder / "init.mp4", *sorted(folder.glob("*.m4s"))]

    def without(self, source: Path, kind: str, begin: float, end: float) -> Path:
        """A file without the packets of a kind (``video``, ``audio``, ``both``) of some seconds."""
        path = self._folder / f"{source.stem}-{kind}-{begin}-{end}{source.suffix}"
        if not path.exists():
            _leave_out(
                source, path, lambda packet: _is_of(packet, kind) and begin <= _at(packet) < end
            )
        return path

    def ts(self, source: Path, *arguments: str | Path) -> Path:
        """The same as MPEG-TS, at the times the source has."""
        plain = ("-copyts", "-muxdelay", "0", "-muxpreload", "0")
        return self.copy(source, "ts", *plain, *arguments)


def _leave_out(source: Path, target: Path, is_out: Callable[[Packet[Stream]], bool]) -> None:
    container = {".ts": "mpegts", ".mkv": "matroska"}.get(target.suffix, "mp4")
    with av.open(str(source)) as read, av.open(str(target), "w", format=container) as written:
        streams = [written.add_stream_from_template(one, opaque=True) for one in read.streams]
        for packet in read.demux():
            if packet.dts is not None and not is_out(packet):
                packet.stream = streams[packet.stream_index]
                written.mux(packet)


def _is_of(packet: Packet[Stream], kind: str) -> bool:
    return kind in {packet.stream.type, "both"}


def _at(packet: Packet[Stream]) -> float:
    return float((packet.pts or 0) * packet.time_base)


def flashes(path: Path) -> list[float]:
    """When the picture becomes white."""
    found, was_white = [], False
    scaler = VideoReformatter()  # that of a frame is made for it alone
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            plane = bytes(scaler.reformat(frame, 16, 16, "gray").planes[0])
            is_white = sum(plane) / len(plane) > 200
            if is_white and not was_white:
                found.append(round(frame.time or 0.0, 2))
            was_white = is_white
    return found


def beeps(path: Path) -> list[float]:
    """When it becomes loud."""
    found, quiet_since = [], -10.0
    resampler = av.AudioResampler("s16", "mono", 8000)
    with av.open(str(path)) as container:
        for decoded in container.decode(audio=0):
            for frame in resampler.resample(decoded):
                samples = array("h", bytes(frame.planes[0])[: 2 * frame.samples])
                for at in range(0, len(samples), _WINDOW):
                    if max(samples[at : at + _WINDOW]) > 3000:
                        now = (frame.time or 0.0) + at / 8000
                        if now - quiet_since > 1:
                            found.append(round(now, 2))
                        quiet_since = now
    return found


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
