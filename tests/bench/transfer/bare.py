"""``python -m tests.bench.transfer.bare URL FOLDER FFMPEG``: the least there is: eight threads that
fetch pieces in order into one ffmpeg. No check, no resume, no guard."""

from __future__ import annotations

import subprocess
import sys
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urljoin

import urllib3

CONNECTIONS = 8
AHEAD = 2 * CONNECTIONS


def main(url: str, folder: str, ffmpeg: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    pool = urllib3.PoolManager(maxsize=CONNECTIONS)
    lines = pool.request("GET", url).data.decode().splitlines()
    addresses = [urljoin(url, line) for line in lines if line and not line.startswith("#")]
    target = Path(folder) / "bare.mp4"
    command = [
        ffmpeg,
        "-v",
        "error",
        "-y",
        "-f",
        "mpegts",
        "-i",
        "pipe:0",
        "-c",
        "copy",
        str(target),
    ]
    muxer = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert muxer.stdin
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        flying: deque[Future[bytearray]] = deque()
        for address in addresses:
            flying.append(threads.submit(_fetch, pool, address))
            if len(flying) > AHEAD:
                muxer.stdin.write(flying.popleft().result())
        for one in flying:
            muxer.stdin.write(one.result())
    muxer.stdin.close()
    assert muxer.wait() == 0


def _fetch(pool: urllib3.PoolManager, address: str) -> bytearray:
    answer = pool.request("GET", address, preload_content=False)
    data = bytearray(int(answer.headers["Content-Length"]))
    view, at = memoryview(data), 0
    while at < len(data):
        at += answer.readinto(view[at:])
    answer.release_conn()
    return data


if __name__ == "__main__":
    main(*sys.argv[1:])
