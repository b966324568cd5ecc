"""A stream of 300 pieces of about 2 MB, each 40 ms away: our engine and the whole product beside
the nearest rival's engine, yt-dlp, ffmpeg, and threads that do nothing but fetch into ffmpeg.

The rival's package is not ours to install: ``ANIWORLD_PYTHON`` names the interpreter of an
environment that has ``aniworld`` 5.3. Its engine writes plain MPEG-TS; all others MP4.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import imageio_ffmpeg

from tests.bench.running import Run, run
from tests.bench.transfer.turns import Contender, Runs, in_turns, medians, print_rows
from tests.product import PROJECT

PIECES, PIECE_SECONDS = 300, 6
LOOP = 60  # seconds that are encoded; the rest repeats them
DELAY = 0.04  # seconds before the first byte of each answer
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


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="aniworld-tests.bench-") as folder:
        work = Path(folder)
        size = _write_stream(work / "stream", work)
        with _serving(work / "stream") as url:
            contenders = _contenders()
            runs = in_turns(contenders, url, work, warm_up="our engine", least=500_000_000)
            _print(size, runs)


def _contenders() -> dict[str, Contender]:
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    python = sys.executable
    found: dict[str, Contender] = {
        "our engine": _command(python, "-m", "tests.bench.transfer.engine"),
        "our engine, 16": _command(python, "-m", "tests.bench.transfer.engine", last="16"),
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
        # -P: our own package is called the same, and lies where the command is run.
        found["aniworld 5.3, 8"] = _command(rival, "-P", "-c", _RIVAL)
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
    told = subprocess.run(
        command,
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    wall, cpu, memory = map(float, told.stdout.split()[-3:])
    return Run(wall, cpu, memory)


def _print(size: int, runs: Runs) -> None:
    print_rows(f"{PIECES} pieces, {size / 1e6:.0f} MB, {DELAY * 1000:.0f} ms each", runs)
    walls = medians(runs)
    for who, (engine, product) in GOALS.items():
        if who not in walls:
            continue
        said = f"our engine ÷ {who}: {walls['our engine'] / walls[who]:.2f} (goal: {engine})"
        if product is not None:
            ratio = walls["the whole product"] / walls[who]
            said += f"; the whole product: {ratio:.2f} (goal: {product})"
        print(said)
    least = walls["bare threads | ffmpeg"]
    for who in ("our engine, 16", "the whole product"):
        print(f"{who} ÷ bare threads | ffmpeg: {walls[who] / least:.2f}")
    for who in walls.keys() & {"aniworld 5.3, 8", "yt-dlp -N 16"}:
        print(f"bare threads | ffmpeg ÷ {who}: {least / walls[who]:.2f}")
    print(f"our engine, 16 ÷ yt-dlp -N 16: {walls['our engine, 16'] / walls['yt-dlp -N 16']:.2f}")


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
