"""Processes that keep pages in one folder at once, and are killed while they write."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from providers.disk_cache import DiskCache
from tests.integration.cache_writer import ADDRESSES, key, shared
from tests.product import PROJECT

KILLS = 6


@contextmanager
def writer(folder: Path, name: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.integration.cache_writer", str(folder), name]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(process: subprocess.Popen[bytes], pages: int) -> None:
    """Until it has kept so many."""
    assert process.stdout
    for _ in range(pages):
        assert process.stdout.readline() == b"kept\n"


def are_whole(reader: DiskCache) -> bool:
    """Whether each page is there with its end: what is written anew stands until then."""
    found = [reader.get(key(number)) for number in range(ADDRESSES)]
    return all(page is not None and page.text.endswith("end") for page in found)


def test_whoever_is_killed_while_writing_leaves_whole_pages(tmp_path: Path) -> None:
    folder, chance = tmp_path / "cache", random.Random(11)
    reader = shared(folder)
    with writer(folder, "survivor") as survivor:
        wait_for(survivor, ADDRESSES)
        for number in range(KILLS):
            with writer(folder, f"victim {number}") as victim:
                wait_for(victim, chance.randint(1, ADDRESSES))
                # Where it is in writing the next one when it is killed, nobody knows.
                assert are_whole(reader)
                victim.kill()
                victim.wait()
            assert are_whole(reader)
    kept = [shared(folder).get(key(address)) for address in range(ADDRESSES)]
    assert [page.text[-3:] for page in kept if page] == ["end"] * ADDRESSES
    assert {page.url for page in kept if page} == {key(n).url for n in range(ADDRESSES)}
    assert reader.usage()["site"].files == ADDRESSES
