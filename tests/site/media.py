"""Real H.264 + AAC clips, generated once by ffmpeg and packed as MP4 and several kinds of HLS.

Each clip is encoded twice (two qualities) in one pass; every packing is a stream copy of that,
so all of them together take a few seconds.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

VERSION = "1"  # part of the cache's name: raise it when anything below changes what is made
_FRAME_RATE = 25


@dataclass(frozen=True, slots=True)
class Clip:
    """One generated film. ``seconds`` is its exact duration."""

    name: str
    seconds: int
    video: str  # lavfi source
    tone: int  # Hz


CLIPS: tuple[Clip, ...] = (
    Clip("clip0", 24, "testsrc2=size=480x270:rate=25", 262),
    Clip("clip1", 26, "testsrc=size=480x270:rate=25", 330),
    Clip("clip2", 28, "testsrc2=size=480x270:rate=25,hue=h=120", 392),
    Clip("clip3", 30, "testsrc=size=480x270:rate=25,hue=h=200", 440),
)
SMALL = Clip("small", 4, "testsrc=size=160x90:rate=25", 523)  # for files in sample libraries


class Packing(StrEnum):
    """How a clip is served as HLS."""

    TS = "ts"  # MPEG-TS segments, two qualities
    FMP4 = "fmp4"  # fragmented MP4 with an init segment, two qualities
    SPLIT = "split"  # video and audio as renditions of their own


_QUALITIES = (("v480", "480x270", 900_000), ("v180", "320x180", 400_000))


def clip_for(key: str, season: int, number: int) -> Clip:
    """The clip behind an episode: always the same one."""
    return CLIPS[zlib.crc32(f"{key}/{season}/{number}".encode()) % len(CLIPS)]


def packing_for(key: str, season: int, number: int) -> Packing:
    """The HLS packing of an episode: mostly MPEG-TS, every fifth fMP4, every fifth split."""
    turn = zlib.crc32(f"{number}/{season}/{key}".encode()) % 5
    return {3: Packing.FMP4, 4: Packing.SPLIT}.get(turn, Packing.TS)


def ffmpeg() -> str:
    """ffmpeg from PATH, else the one of the PyPI wheel."""
    found = shutil.which("ffmpeg")
    if found:
        return found
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def ensure_media(data: Path) -> Path:
    """Make the clips below ``data`` unless they are there; safe for several processes at once.

    Returns the folder that holds ``<clip>/mp4/…`` and ``<clip>/<packing>/…``.
    """
    data.mkdir(parents=True, exist_ok=True)
    target = data / f"media-{VERSION}"
    with _locked(data / ".media.lock"):
        if not target.is_dir():
            working = Path(tempfile.mkdtemp(prefix=".media-", dir=data))
            try:
                with ThreadPoolExecutor(max_workers=2) as pool:
                    list(pool.map(lambda clip: _make(clip, working), (*CLIPS, SMALL)))
                working.rename(target)
            finally:
                shutil.rmtree(working, ignore_errors=True)
    return target


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _make(clip: Clip, root: Path) -> None:
    folder = root / clip.name
    (folder / "mp4").mkdir(parents=True)
    _encode(clip, folder / "mp4")
    if clip is SMALL:
        _copy(folder / "mp4/v480.mp4", folder / "small.mkv")
        return
    for packing in Packing:
        _pack(folder, packing)


def _encode(clip: Clip, folder: Path) -> None:
    size = "80x46" if clip is SMALL else "320x180"
    picture = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    keyframes = ("-g", str(2 * _FRAME_RATE), "-keyint_min", str(2 * _FRAME_RATE))
    common = (*picture, *keyframes, "-sc_threshold", "0", "-movflags", "+faststart")
    sound = ("-c:a", "aac", "-ac", "1", "-t", str(clip.seconds))
    _run(
        *("-f", "lavfi", "-i", clip.video),
        *("-f", "lavfi", "-i", f"sine=frequency={clip.tone}:sample_rate=44100"),
        *("-filter_complex", f"[0:v]split=2[big][pre];[pre]scale={size}[low]"),
        *("-map", "[big]", "-map", "1:a", *common, "-crf", "34", "-b:a", "64k", *sound),
        str(folder / "v480.mp4"),
        *("-map", "[low]", "-map", "1:a", *common, "-crf", "36", "-b:a", "48k", *sound),
        str(folder / "v180.mp4"),
    )


def _copy(source: Path, target: Path) -> None:
    _run("-i", str(source), "-c", "copy", str(target))


def _pack(folder: Path, packing: Packing) -> None:
    target = folder / packing
    streams = ("-an",) if packing is Packing.SPLIT else ()
    for name, _, _ in _QUALITIES:
        _segment(folder / f"mp4/{name}.mp4", target / name, packing, streams)
    if packing is Packing.SPLIT:
        _segment(folder / "mp4/v480.mp4", target / "audio", packing, ("-vn",))
    (target / "master.m3u8").write_text(_master(packing), encoding="utf-8")


def _segment(source: Path, target: Path, packing: Packing, streams: tuple[str, ...]) -> None:
    target.mkdir(parents=True)
    fmp4 = packing is Packing.FMP4
    kind = ("-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", "init.mp4") if fmp4 else ()
    name = "seg-%03d.m4s" if fmp4 else "seg-%03d.ts"
    _run(
        *("-i", str(source), *streams, "-c", "copy", "-f", "hls", "-hls_time", "4"),
        *("-hls_playlist_type", "vod", *kind, "-hls_segment_filename", str(target / name)),
        str(target / "index.m3u8"),
    )


def _master(packing: Packing) -> str:
    lines = ["#EXTM3U", "#EXT-X-VERSION:7"]
    sound = ""
    if packing is Packing.SPLIT:
        sound = ',AUDIO="sound"'
        lines.append(
            '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Deutsch",LANGUAGE="de",'
            'DEFAULT=YES,AUTOSELECT=YES,URI="audio/index.m3u8"'
        )
    for name, size, bandwidth in _QUALITIES:
        codecs = 'CODECS="avc1.42c015,mp4a.40.2"'
        lines.append(f"#EXT-X-STREAM-INF:BANDWIDTH={bandwidth},RESOLUTION={size},{codecs}{sound}")
        lines.append(f"{name}/index.m3u8")
    return "\n".join([*lines, ""])


def _run(*arguments: str) -> None:
    command = [ffmpeg(), "-v", "error", "-nostdin", "-y", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"ffmpeg could not make the sample media: {done.stderr.strip()}")
