"""Keeps pages without end, and says after each that it did: ``python -m … <folder> <name>``."""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path

from providers.cache import CachedPage, PageKey
from providers.disk_cache import DiskCache

SECRET = b"of this installation"
ADDRESSES = 8  # that all writers write to
BOUND = 4_000_000  # bytes


def key(number: int) -> PageKey:
    return PageKey("site", f"https://site.example/{number % ADDRESSES}")


def page(number: int, writer: str) -> CachedPage:
    """One that is whole only with its end, of 200 kB on the disk."""
    lines = (f"{writer} {number} {line * 7919 % 104729:x}\n" for line in range(30_000))
    address = key(number).url
    return CachedPage(address, "".join(lines) + "end", "", "", "", time.time(), 60.0)


def shared(folder: Path) -> DiskCache:
    return DiskCache(folder, secret=SECRET, max_bytes=BOUND)


def main(folder: str, writer: str) -> None:
    cache = shared(Path(folder))
    for number in itertools.count():
        cache.put(key(number), page(number, writer))
        sys.stdout.write("kept\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
