"""An installation in which faults of every kind can be planted: on disks of its own, and held by
the rights of files, as root by itself would not be."""

from __future__ import annotations

import contextlib
import json
import shutil
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.product import PROJECT, Live, Product, free_port, wait_until
from tests.prove import mounting
from tests.prove.databases import Database
from tests.prove.owner import put
from tests.site.world import SampleWorld

PASSWORD = "lantern-otter-velvet-river"
SECONDS = 30
FLOOR_MB = 5
# Who opens what is closed to everybody: root without this has rights as others do.
HELD = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
ROOTS = ("whole", "missing", "exchanged", "silent", "read_only", "closed", "full", "no_names")
SHOW, OTHER = "mondlaterne", "kupferfuchs"

# What a clock says that is off by as many seconds as a file says. The file is shown to every
# process: the clock jumps while they run.
_SHIM = """
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static volatile long *off;
__attribute__((constructor)) static void begin(void) {
    int file = open(getenv("CLOCK_OFF_BY"), O_RDONLY);
    if (file < 0) return;
    void *seen = mmap(0, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
    if (seen != MAP_FAILED) off = seen;
    close(file);
}
int clock_gettime(clockid_t which, struct timespec *told) {
    int done = syscall(SYS_clock_gettime, which, told);
    if (!done && which == CLOCK_REALTIME && off) told->tv_sec += *off;
    return done;
}
int gettimeofday(struct timeval *told, void *zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    told->tv_sec = now.tv_sec;
    told->tv_usec = now.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *told) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (told) *told = now.tv_sec;
    return now.tv_sec;
}
"""


class Clock:
    """That of the installation's processes, and of nobody else."""

    def __init__(self, work: Path) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            pytest.skip("there is no compiler for a clock that is wrong")
        self._file, self._shim = work / "off_by", work / "clock.so"
        self.put(0)
        source = work / "clock.c"
        source.write_text(_SHIM)
        subprocess.run([compiler, "-shared", "-fPIC", "-o", self._shim, source], check=True)

    def put(self, seconds: int) -> None:
        """Let it be off by so many seconds from now on."""
        with self._file.open("r+b" if self._file.exists() else "wb", buffering=0) as file:
            file.write(struct.pack("l", seconds))

    @property
    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self._shim), "CLOCK_OFF_BY": str(self._file)}


class Redis:
    """A server of its own, which keeps nothing."""

    def __init__(self) -> None:
        self._program = shutil.which("redis-server")
        if self._program is None:
            pytest.skip("redis-server is not installed")
        self._port = free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ("--port", str(self._port), "--bind", "127.0.0.1", "--save", "")
        command = [str(self._program), *options]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd="/")

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()


@dataclass
class Installation:
    """``work`` holds everything: the disks, the roots, and what the processes say."""

    work: Path
    product: Product
    world: SampleWorld
    clock: Clock
    redis: Redis
    pool: subprocess.Popen[bytes]
    live: Live | None = None

    @property
    def data(self) -> Path:
        return self.work / "data"

    def root(self, name: str) -> Path:
        return self.work / "library" / name

    @property
    def database(self) -> Database:
        return Database("SQLite", "", self.data)

    def configure(self, section: str, **changes: Any) -> None:
        self.product.api("POST", f"config/section/{section}", changes, expect=200)

    def press(self, code: str) -> None:
        """The button of the one repair of a kind."""
        [found] = [one for one in self.repairs() if one["code"] == code]
        self.product.api("POST", f"system/repairs/{found['id']}/mend", expect=200)

    def refresh(self, key: str, *, is_well: bool) -> None:
        answer = self.product.session.post(
            f"{self.product.address}/api/v1/anime/{key}/refresh", timeout=60
        )
        assert answer.ok is is_well, answer.text

    def repairs(self) -> list[dict[str, Any]]:
        return list(self.product.api("GET", "system/repairs", expect=200)["repairs"])

    def told(self, codes: Sequence[str]) -> None:
        """Wait for the browsers to be told of just these; what came before does not count."""
        assert self.live
        self.live.messages.clear()
        self.live.wait_for(
            "repairs_changed",
            lambda data: Counter(data["codes"]) == Counter(codes),
            seconds=SECONDS,
        )

    def shown(self, codes: Sequence[str]) -> None:
        """The page lists just these, each once, and the menu counts them."""
        page = BeautifulSoup(
            self.product.session.get(f"{self.product.address}/system").text, "lxml"
        )
        ids = [str(one["id"]).replace("-", "_") for one in page.select("#repairs article")]
        assert len(ids) == len(codes), ids
        for code in codes:
            assert any(one.startswith(code) for one in ids), (code, ids)

    def doctor(self) -> tuple[list[str], int]:
        """The codes that the command tells, and its exit code."""
        done = self.product.manage("doctor", "--json")
        assert done.stdout, done.stderr
        return [one["code"] for one in json.loads(done.stdout)["repairs"]], done.returncode

    def manage(self, *arguments: str, code: int = 0) -> None:
        done = self.product.manage(*arguments)
        assert done.returncode == code, done.stdout + done.stderr

    def scan_that_is_killed(self) -> None:
        """One that dies wherever it is; whichever was too quick for that is followed by another."""
        product = self.product
        running = "SELECT count(*) FROM library_scanoperation WHERE state = 'RUNNING' AND pid > 0"
        for _ in range(10):
            command = [*product.interpreter, "manage.py", "rescan", "--no-provider", "--full"]
            with subprocess.Popen(
                command,
                cwd=PROJECT,
                env=product.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ) as scan:
                wait_until(
                    lambda: scan.poll() is not None or self.database.value(running),
                    seconds=60,
                    what="a scan",
                )
                scan.kill()
            if self.database.value(running):
                return
        raise AssertionError("no scan was slow enough")


@contextlib.contextmanager
def installation(work: Path) -> Iterator[Installation]:
    """Web server, worker, sites, Redis and disks; nothing is the matter with it."""
    if shutil.which(HELD[0]) is None:
        pytest.skip("setpriv is not installed")
    with ExitStack() as stack:
        clock, redis = Clock(work), Redis()
        pool = _disks(stack, work)
        world = stack.enter_context(SampleWorld())
        stack.callback(redis.stop)
        redis.start()
        product = stack.enter_context(
            Product(
                work / "data",
                None,
                REDIS_URL=redis.url,
                SESSION_TIMEOUT_HOURS="80000",
                **clock.environment,
            )
        )
        product.interpreter = [*HELD, sys.executable]
        _configure(work, world)
        product.data_dir = work  # what the processes say is no part of it
        here = Installation(work, product, world, clock, redis, pool)
        _start(here)
        token = product.log_in(PASSWORD)
        here.live = stack.enter_context(product.live(token, "system_progress"))
        yield here


def _disks(stack: ExitStack, work: Path) -> subprocess.Popen[bytes]:
    """One for the data directory and one for each root; the process that answers for a pool."""
    stack.enter_context(mounting.small(work / "data", 700))
    for name in ("read_only", "full"):
        stack.enter_context(mounting.small(work / "library" / name, 32))
    stack.enter_context(mounting.short_of_names(work / "library/no_names", 50))
    for name in ("whole", "closed"):
        (work / "library" / name).mkdir(parents=True)
    for name in ("missing", "exchanged", "branch"):
        (work / "disks" / name).mkdir(parents=True)
    for name in ("missing", "exchanged"):
        plug_in(work, name)
        stack.callback(pull_out, work, name)
    pool = stack.enter_context(mounting.served(work / "library/silent", (work / "disks/branch",)))
    for name, key in (("whole", OTHER), ("exchanged", "papierdrachen"), ("read_only", SHOW)):
        folder = work / "library" / name / key.title()
        for number in range(1, 6):
            put(folder / f"S09E{number:02}.mkv")
        (folder / "key").write_text(key)
    (work / "target").mkdir()
    (work / "data").chmod(0o700)
    return pool


def plug_in(work: Path, name: str) -> None:
    """Mount the disk of a root; its mount point is made where there is none."""
    point = work / "library" / name
    point.mkdir(exist_ok=True)
    subprocess.run(["mount", "--bind", work / "disks" / name, point], check=True)


def pull_out(work: Path, name: str) -> None:
    """Leave the mount point empty, however busy the disk is."""
    if (point := work / "library" / name).is_mount() or _is_bound(point):
        subprocess.run(["umount", "--lazy", point], check=True)


def _is_bound(point: Path) -> bool:
    """A directory that is mounted on the disk it came from is no mount by its device number."""
    return f" {point} " in Path("/proc/self/mountinfo").read_text()


def _configure(work: Path, world: SampleWorld) -> None:
    config = {
        "providers": {
            "sites": {
                "aniworld": {
                    "enabled": True,
                    "base_url": world.catalogue_url,
                    "requests_per_second": 100,
                }
            }
        },
        "library": {
            "directories": [str(work / "library" / name) for name in ROOTS],
            "link_targets": [str(work / "target")],
        },
        "downloads": {"min_free_mb": FLOOR_MB},
        "backup": {"every_days": 0},  # none is made by itself
    }
    path = work / "data/config.json"
    path.write_text(json.dumps(config))
    path.chmod(0o600)


def _start(here: Installation) -> None:
    product = here.product
    product.migrate()
    product.start_web()
    product.api("POST", "auth/setup", {"master_password": PASSWORD}, expect=201)
    here.manage("rescan", "--no-provider")
    start_worker(here)


def start_worker(here: Installation) -> None:
    """Its time counts from when it is there."""
    begun = here.product.log("worker").count("serves the queue")
    here.product.start_worker()
    wait_until(
        lambda: here.product.log("worker").count("serves the queue") > begun,
        seconds=120,
        what="the worker",
    )
