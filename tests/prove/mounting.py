"""Real file systems, mounted by root for as long as a test runs."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.product import PROJECT, wait_until

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="mounts file systems, which root may")
LARGE = "64M"


@dataclass(frozen=True)
class Disk:
    """A mounted file system: ``root`` is what is scanned, ``parts`` is where it is written to.

    What is written to one part is seen in the root. ``kind`` is as the kernel calls it, and
    ``is_believed`` whether its directories' times are.
    """

    root: Path
    parts: tuple[Path, ...]
    kind: str
    is_believed: bool


Mounted = Callable[[Path], AbstractContextManager[Disk]]


@contextlib.contextmanager
def plain(work: Path) -> Iterator[Disk]:
    """A directory of the disk the tests run on, shown in another place."""
    with _mounted(work / "bound", "--bind", _made(work / "real")) as root:
        kind = _said("stat", "--file-system", "--format", "%T", root)
        believed = {"ext2/ext3": "ext4", "tmpfs": "tmpfs", "xfs": "xfs", "btrfs": "btrfs"}
        if kind not in believed:
            pytest.skip(f"nothing is said of {kind}, on which the tests run")
        yield Disk(root, (root,), believed[kind], True)


@contextlib.contextmanager
def tmpfs(work: Path) -> Iterator[Disk]:
    with _mounted(work / "tmpfs", "-t", "tmpfs", "-o", f"size={LARGE}", "none") as root:
        yield Disk(root, (root,), "tmpfs", True)


@contextlib.contextmanager
def small(where: Path, megabytes: int) -> Iterator[Path]:
    """A disk that is soon full."""
    with _mounted(where, "-t", "tmpfs", "-o", f"size={megabytes}M", "none") as root:
        yield root


@contextlib.contextmanager
def short_of_names(where: Path, names: int) -> Iterator[Path]:
    """A disk that can hold so many files."""
    with _mounted(where, "-t", "tmpfs", "-o", f"size=32M,nr_inodes={names}", "none") as root:
        yield root


@contextlib.contextmanager
def ext4(work: Path) -> Iterator[Disk]:
    with _image(work, "ext4", "mkfs.ext4", "-q", "-F") as root:
        shutil.rmtree(root / "lost+found")
        yield Disk(root, (root,), "ext4", True)


@contextlib.contextmanager
def exfat(work: Path) -> Iterator[Disk]:
    with _image(work, "exfat", "mkfs.exfat") as root:
        yield Disk(root, (root,), "exfat", False)


@contextlib.contextmanager
def vfat(work: Path) -> Iterator[Disk]:
    with _image(work, "vfat", "mkfs.vfat") as root:
        yield Disk(root, (root,), "vfat", False)


@contextlib.contextmanager
def overlay(work: Path) -> Iterator[Disk]:
    """Two layers. It is written to from above, as who mounted it so is told to."""
    lower, upper, room = (_made(work / name) for name in ("lower", "upper", "room"))
    options = f"lowerdir={lower},upperdir={upper},workdir={room}"
    with _mounted(work / "overlay", "-t", "overlay", "-o", options, "overlay") as root:
        yield Disk(root, (root,), "overlay", False)


@contextlib.contextmanager
def mergerfs(work: Path, branches: int = 2) -> Iterator[Disk]:
    """A pool, whose directories have the time of the first branch that has them."""
    parts = tuple(_made(work / f"branch{n}") for n in range(branches))
    with pooled(work / "pool", parts) as root:
        yield Disk(root, parts, "fuse.mergerfs", False)


@contextlib.contextmanager
def pooled(where: Path, branches: tuple[Path, ...]) -> Iterator[Path]:
    """These branches as one."""
    with served(where, branches):
        yield where


@contextlib.contextmanager
def served(where: Path, branches: tuple[Path, ...]) -> Iterator[subprocess.Popen[bytes]]:
    """The same; gives the process that answers for the pool."""
    _found("mergerfs")
    _made(where)
    uncached = "cache.attr=0,cache.entry=0,cache.statfs=0"
    command = ["mergerfs", "-f", "-o", uncached, ":".join(map(str, branches)), str(where)]
    with subprocess.Popen(command) as process:
        try:
            wait_until(where.is_mount, seconds=20, what="the pool")
            yield process
        finally:
            _run("umount", "--lazy", where)
            process.terminate()


def mergerfs_of_three(work: Path) -> AbstractContextManager[Disk]:
    return mergerfs(work, branches=3)


@contextlib.contextmanager
def frozen(work: Path) -> Iterator[Disk]:
    source = _made(work / "source")
    with shown_frozen(source, work / "frozen") as (root, _):
        yield Disk(root, (source,), "fuse", False)


@contextlib.contextmanager
def shown_frozen(source: Path, where: Path) -> Iterator[tuple[Path, subprocess.Popen[bytes]]]:
    """A directory, as the file system of ``tests.prove.frozen`` shows it, and its process."""
    with _shown("tests.prove.frozen", source, where) as process:
        yield where, process


@contextlib.contextmanager
def short_names(work: Path) -> Iterator[Path]:
    """A file system that takes names of 143 bytes."""
    where = work / "short"
    with _shown("tests.prove.short_names", _made(work / "names"), where):
        yield where


@contextlib.contextmanager
def _shown(module: str, source: Path, where: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A directory, as a file system of our own shows it."""
    if not Path("/dev/fuse").exists() or not (find_library("fuse3") or find_library("fuse")):
        pytest.skip("there is no FUSE here")
    _made(where)
    command = [sys.executable, "-m", module, str(source), str(where)]
    with subprocess.Popen(command, cwd=PROJECT) as process:
        try:
            wait_until(where.is_mount, seconds=20, what="the file system")
            yield process
        finally:
            _run("umount", "--lazy", where)
            process.terminate()


KINDS: dict[str, Mounted] = {
    "bind mount": plain,
    "tmpfs": tmpfs,
    "ext4 image": ext4,
    "exFAT image": exfat,
    "VFAT image": vfat,
    "overlay": overlay,
    "mergerfs of two": mergerfs,
    "mergerfs of three": mergerfs_of_three,
    "frozen times": frozen,
}


@contextlib.contextmanager
def _image(work: Path, kind: str, maker: str, *options: str) -> Iterator[Path]:
    _found(maker)
    image = work / f"{kind}.img"
    _run("truncate", "--size", LARGE, image)
    _run(maker, *options, image)
    said = _tried("mount", "-t", kind, "-o", "loop", image, _made(work / kind))
    if "unknown filesystem type" in said:
        pytest.skip(f"this kernel has no {kind}")
    assert not said
    try:
        yield work / kind
    finally:
        _run("umount", "--lazy", work / kind)


@contextlib.contextmanager
def _mounted(where: Path, *options: str | Path) -> Iterator[Path]:
    _made(where)
    _run("mount", *options, where)
    try:
        yield where
    finally:
        _run("umount", "--lazy", where)


@contextlib.contextmanager
def with_an_error(disk: Path) -> Iterator[None]:
    """An ext4 image is as after an error that the kernel has met: to be read only, whatever is
    open. It is mounted anew after it."""
    image = disk.with_suffix(".img")
    _run("mount", "-o", "remount,abort", disk)
    try:
        yield
    finally:
        _run("umount", disk)
        _tried("e2fsck", "-p", image)
        _run("mount", "-t", "ext4", "-o", "loop", image, disk)


@contextlib.contextmanager
def unchangeable(directory: Path) -> Iterator[None]:
    """Nothing can be put into it meanwhile, not even by root."""
    _run("chattr", "+i", directory)
    try:
        yield
    finally:
        _run("chattr", "-i", directory)


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def _found(program: str) -> None:
    if shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") is None:
        pytest.skip(f"{program} is not installed")


def _said(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _tried(*command: str | Path) -> str:
    """Why it did not work; empty where it did."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


def _run(*command: str | Path) -> None:
    assert not (said := _tried(*command)), f"{command}: {said}"
