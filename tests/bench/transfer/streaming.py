"""A stream of 300 pieces of about 2 MB, each 40 ms away: our engine and the whole product beside
the nearest rival's engine, yt-dlp, ffmpeg, and threads that do nothing but fetch into ffmpeg.

The rival's package is not ours to install: ``ANIWORLD_PYTHON`` names the interpreter of an
environment that has ``aniworld`` 5.3. Its engine writes plain MPEG-TS; all others MP4.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import imageio_ffmpeg

from tests.bench.running import Run, run
from tests.product import PROJECT

PIECES, PIECE_SECONDS = 300, 6
LOOP = 60  # seconds that are encoded; the rest repeats them
DELAY = 0.04  # seconds before the first byte of each answer
ROUNDS = 5
GOALS = {
    "aniworld 5.3, 8": (0.85, 1.0),
    "yt-dlp -N 16": (0.35, 0.40),
    "ffmpeg": (0.15, None),
    "bare threads | ffmpeg": (1.2, None),
}
_RIVAL = """
import sys
from pathlib import Path
from aniworld.models.common.hls import download_hls_parallel
download_hls_parallel(sys.argv[1], Path(sys.argv[2]) / "rival", headers={})
"""

Contender = Callable[[str, Path], Run]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="aniworld-tests.bench-") as folder:
        work = Path(folder)
        size = _write_stream(work / "stream", work)
        with _serving(work / "stream") as url:
            _print(size, _measured(url, work))


def _contenders() -> dict[str, Contender]:
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    python = sys.executable
    found: dict[str, Contender] = {
        "our engine": _command(python, "-m", "tests.bench.transfer.engine"),
        "the whole product": _product,
        "bare threads | ffmpeg": _command(python, "-m", "tests.bench.transfer.bare", last=ffmpeg),
        "yt-dlp -N 16": lambda url, to: run(
            [
                *(python, "-m", "yt_dlp", "-q", "-N", "16", "--ffmpeg-location", ffmpeg),
                *("--remux-video", "mp4", "-o", str(to / "film.mp4"), url),
            ]
        ),
        "ffmpeg": lambda url, to: run(
            [ffmpeg, "-v", "error", "-i", url, "-c", "copy", to / "film.mp4"]
        ),
    }
    rival = os.environ.get("ANIWORLD_PYTHON")
    if rival:
        found["aniworld 5.3, 8"] = _command(rival, "-c", _RIVAL)
    else:
        print("ANIWORLD_PYTHON names no interpreter with aniworld 5.3: it is left out.")
    return found


def _command(*command: str, last: str = "") -> Contender:
    ends = [last] if last else []
    # The rival writes its settings into the home directory.
    environment = {**os.environ, "ANIWORLD_HLS_CONCURRENCY": "8"}
    return lambda url, to: run(
        [*command, url, str(to), *ends], {**environment, "HOME": str(to.parent)}
    )


def _product(url: str, to: Path) -> Run:
    """From *Start* to the checked file in its place; the processor's time is the worker's with
    all its children."""
    command = [sys.executable, "-m", "tests.bench.transfer.product", url, str(to)]
    told = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True)
    wall, cpu, memory = map(float, told.stdout.split()[-3:])
    return Run(wall, cpu, memory)


def _measured(url: str, work: Path) -> dict[str, list[Run]]:
    """All rounds; who begins changes from one to the next. The first fetch warms up."""
    contenders = list(_contenders().items())
    runs: dict[str, list[Run]] = {name: [] for name, _ in contenders}
    _fetched(contenders[0][1], url, work)
    for number in range(ROUNDS):
        turn = number % len(contenders)
        for name, contender in contenders[turn:] + contenders[:turn]:
            runs[name].append(_fetched(contender, url, work))
    return runs


def _fetched(contender: Contender, url: str, work: Path) -> Run:
    to = work / "to"
    to.mkdir()
    measured = contender(url, to)
    largest = max(file.stat().st_size for file in to.rglob("*") if file.is_file())
    if largest < 500_000_000:
        raise RuntimeError(f"{largest} bytes came")
    shutil.rmtree(to)
    return measured


def _print(size: int, runs: dict[str, list[Run]]) -> None:
    print(f"{PIECES} pieces, {size / 1e6:.0f} MB, {DELAY * 1000:.0f} ms before each")
    print(f"{'':24} {'wall s':>8} {'least':>7} {'most':>7} {'cpu s':>7} {'MB':>5}")
    walls = {who: statistics.median(one.wall for one in of) for who, of in runs.items()}
    for who, of in runs.items():
        spread = [one.wall for one in of]
        cpu = statistics.median(one.cpu for one in of)
        memory = max(one.memory for one in of)
        print(
            f"{who:24} {walls[who]:8.2f} {min(spread):7.2f} {max(spread):7.2f} {cpu:7.2f}"
            f" {memory:5.0f}"
        )
    for who, (engine, product) in GOALS.items():
        if who not in walls:
            continue
        said = f"our engine ÷ {who}: {walls['our engine'] / walls[who]:.2f} (goal: {engine})"
        if product is not None:
            ratio = walls["the whole product"] / walls[who]
            said += f"; the whole product: {ratio:.2f} (goal: {product})"
        print(said)


def _write_stream(folder: Path, work: Path) -> int:
    """The pieces; their bytes in all."""
    folder.mkdir()
    source, ffmpeg = work / "loop.mp4", imageio_ffmpeg.get_ffmpeg_exe()
    quiet = [ffmpeg, "-v", "error", "-nostdin", "-y"]
    picture = "testsrc2=size=640x360:rate=25,noise=alls=60:allf=t"
    rate = ("-b:v", "2800k", "-minrate", "2800k", "-maxrate", "2800k", "-bufsize", "1000k")
    encode = [
        *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", "sine=sample_rate=48000"),
        *("-t", str(LOOP), "-c:v", "libx264", "-preset", "ultrafast", *rate, "-g", "50"),
        *("-c:a", "aac", "-b:a", "128k", str(source)),
    ]
    repeats = PIECES * PIECE_SECONDS // LOOP - 1
    pack = [
        *("-stream_loop", str(repeats), "-i", str(source), "-c", "copy", "-f", "hls"),
        *("-hls_time", str(PIECE_SECONDS), "-hls_playlist_type", "vod"),
        *("-hls_segment_filename", str(folder / "seg-%03d.ts"), str(folder / "index.m3u8")),
    ]
    for options in (encode, pack):
        subprocess.run([*quiet, *options], check=True)
    source.unlink()
    return sum(piece.stat().st_size for piece in folder.glob("seg-*"))


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.bench.transfer.delayed", str(folder), str(DELAY)]
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/index.m3u8"
        finally:
            process.kill()
