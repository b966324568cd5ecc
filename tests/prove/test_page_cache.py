"""One page cache: shared by all processes, and no kill, no disk and no foreign file breaks it."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

from tests.integration.cache_writer import ADDRESSES, BOUND, key, page, shared
from tests.integration.sites_stage import Stage, stage
from tests.integration.test_cache_processes import are_whole, wait_for, writer
from tests.product import wait_until
from tests.prove.conftest import Prove
from tests.prove.mounting import needs_root, small

KILLS = 100
LIST = "/animes-alphabet"
KEY = "mondlaterne"


def test_writers_killed_at_any_moment_leave_whole_pages(tmp_path: Path, proved: Prove) -> None:
    folder, chance = tmp_path / "cache", random.Random(7)
    with ExitStack() as opened:
        survivors = [opened.enter_context(writer(folder, f"survivor {n}")) for n in range(3)]
        for survivor in survivors:
            wait_for(survivor, ADDRESSES)
        for number in range(KILLS):
            with writer(folder, f"victim {number}") as victim:
                wait_for(victim, 1)
                time.sleep(chance.random() / 10)  # so that it is anywhere in its work
                victim.kill()
                victim.wait()
            assert are_whole(shared(folder))
        for survivor in survivors:
            wait_for(survivor, ADDRESSES)
    half_written = len(list(folder.glob("*/*.draft")))
    size = sum(path.stat().st_size for path in folder.glob("*/*.page"))
    assert size <= BOUND
    long_ago = time.time() - 3600
    for path in folder.glob("*/*.draft"):
        os.utime(path, (long_ago, long_ago))
    shared(folder).put(key(0), page(0, "the next"))
    assert list(folder.glob("*/*.draft")) == []
    proved(
        f"page cache: {KILLS} writers killed beside 3 that went on, no page torn; "
        f"{half_written} half-written files were left, and gone with the next look"
    )


def harmed(entry: Path, chance: random.Random) -> None:
    """Do one thing to a file that its owner would not."""
    content = bytearray(entry.read_bytes())
    match chance.randrange(4):
        case 0:
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        case 1:
            del content[chance.randrange(len(content)) :]
        case 2:
            content = bytearray(chance.randbytes(len(content)))
        case _:
            begin = chance.randrange(len(content))
            content[begin:begin] = chance.randbytes(chance.randrange(1, 5000))
    entry.write_bytes(content)


def test_whatever_is_done_to_a_page_it_is_none_then(tmp_path: Path, proved: Prove) -> None:
    folder, chance, times = tmp_path / "cache", random.Random(3), 500
    keeper, kept = shared(folder), page(0, "whole")
    for _ in range(times):
        keeper.put(key(0), kept)
        (entry,) = folder.glob("*/*.page")
        harmed(entry, chance)
        assert shared(folder).get(key(0)) is None
        assert keeper.get(key(0)) is None
    proved(
        f"page cache: {times} pages changed, cut, replaced or lengthened at random: all were none"
    )


def a_folder(running: Stage, name: str) -> None:
    folder = running.library / name
    folder.mkdir()
    (folder / "S01E01.mkv").write_bytes(b"x" * 1000)


def asked_for_list(running: Stage) -> int:
    return running.world.counts().get(LIST, 0)


def test_web_worker_and_scan_ask_for_the_list_once(tmp_path: Path, proved: Prove) -> None:
    with stage(tmp_path) as running:
        running.choose_site()
        running.product.start_worker()
        assert running.api("POST", "v1/anime/search", {"query": "Mond"})[0] == 200
        assert running.api("POST", "v1/anime", {"site": "aniworld", "key": KEY})[0] == 201
        episodes = [{"season": 1, "episode": 1}]
        assert running.api("POST", f"anime/{KEY}/download", {"episodes": episodes})[0] == 201
        assert running.api("POST", "queue/start")[0] == 200
        for name in ("Kobalt und die Karte", "Gibt es nirgends (2020)"):
            a_folder(running, name)
            assert running.product.manage("rescan").returncode == 0
        running.product.stop("web")
        running.product.start_web()
        assert running.api("POST", "v1/anime/search", {"query": "Kobalt"})[0] == 200
        before = asked_for_list(running)
        assert running.api("DELETE", "system/caches/pages/aniworld")[1]["files"] > 0
        assert running.api("POST", "v1/anime/search", {"query": "Kobalt"})[0] == 200
        assert (before, asked_for_list(running)) == (1, 2)
    proved("page cache: web, worker, two scans and a restarted web asked for the list once")


@needs_root
def test_a_disk_that_is_full_or_refuses_costs_requests_and_nothing_else(
    tmp_path: Path, proved: Prove
) -> None:
    with stage(tmp_path) as running, small(tmp_path / "data" / "cache", 1) as disk:
        running.choose_site()
        filler = disk / "filler"
        filler.write_bytes(bytes(shutil.disk_usage(disk).free))

        def search() -> None:
            status, answer = running.api("POST", "v1/anime/search", {"query": "Mond"})
            assert (status, bool(answer["results"])) == (200, True)

        for _ in range(2):
            search()
        full = asked_for_list(running)
        assert list(disk.glob("*/*.page")) == []
        filler.unlink()
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        search()
        assert running.product.manage("rescan").returncode == 0
        assert running.api("GET", "system")[0] == 200
        assert running.api("DELETE", "system/caches/pages")[0] == 200
        search()
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        assert running.api("DELETE", "system/caches/pages")[0] == 200
        search()
        wait_until(lambda: list(disk.glob("*/*.page")), seconds=20, what="a page to be kept")
        assert full == 1  # the web server has it in its memory
    proved("page cache: full and read-only disks were never seen by whoever searched")


def test_foreign_things_in_the_folder_stay_and_lead_nowhere(tmp_path: Path, proved: Prove) -> None:
    folder, outside = tmp_path / "cache", tmp_path / "outside"
    outside.mkdir()
    (outside / "film.mkv").write_bytes(b"x")
    keeper = shared(folder)
    keeper.put(key(0), page(0, "ours"))
    (entry,) = folder.glob("*/*.page")
    forms = ("{:064x}.page", "{:064x}.page.1-0123abcd.draft", "{}.txt", ".{}")
    kinds = (Path.mkdir, os.mkfifo, lambda path: path.symlink_to(outside))
    laid = []
    for number, (form, lay) in enumerate(itertools.product(forms, kinds)):
        laid.append(entry.with_name(form.format(number)))
        lay(laid[-1])
    (folder / "linked").symlink_to(outside)
    assert keeper.clear() == 1
    assert sorted(entry.parent.iterdir()) == sorted(laid)
    assert [path.name for path in outside.iterdir()] == ["film.mkv"]
    proved(f"page cache: {len(laid)} folders, pipes and links in it were left alone")
