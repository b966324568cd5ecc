"""Which file system a directory lies on, and of what kind it is, as Linux tells it.

Elsewhere, and where ``/proc`` says nothing, the kind is not known. No Django: plain Python.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

_MOUNTS = Path("/proc/self/mountinfo")
_DESCRIPTORS = Path("/proc/self/fdinfo")
_ESCAPED = re.compile(r"\\([0-7]{3})")  # a space in a path is \040 there

# Each moves a directory's time with every name that is added, removed or changed in it.
_KEEPING = frozenset(
    {"ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "tmpfs", "ramfs", "f2fs", "apfs", "bcachefs"}
    | {"jfs", "ufs"}
)
# What shows another file system, over a wire or out of several: whose time is that of one of them,
# or a cached one, or none. And those of cameras and Windows, of which some drivers move it.
_NOT_KEEPING = frozenset(
    {"mergerfs", "overlay", "aufs", "unionfs", "unionfs-fuse", "shfs", "ecryptfs", "bindfs"}
    | {"vfat", "msdos", "exfat", "ntfs", "ntfs3", "hfs", "hfsplus", "udf", "iso9660"}
    | {"cifs", "smb2", "smb3", "smbfs", "nfs", "nfs4", "afs", "ceph", "gluster", "glusterfs"}
    | {"lustre", "davfs", "davfs2", "9p", "virtiofs", "vboxsf", "vmhgfs", "prl_fs", "drvfs"}
    | {"osxfs", "grpcfuse", "fakeowner", "autofs"}
)


class Mount(NamedTuple):
    """A mounted file system. ``kind`` is empty where nobody could say it."""

    point: str
    kind: str
    source: str

    @property
    def keeps_times(self) -> bool:
        """Whether file systems of this kind are known to move a directory's time."""
        return self.kind in _KEEPING

    @property
    def may_keep_times(self) -> bool:
        """Whether what is seen of it could show that it does."""
        return self.kind not in _NOT_KEEPING and not self.kind.startswith("fuse")


class Mounts:
    """The mounts of this process, read when the first one is asked for."""

    @cached_property
    def _by_id(self) -> dict[int, Mount]:
        return _read()

    def of(self, directory: str) -> Mount:
        """The mount a directory lies on. Never raises."""
        try:
            found = self._by_id.get(_mount_id(directory))
        except (OSError, ValueError):
            found = None
        return found or self._above(os.path.realpath(directory))

    def points(self) -> list[str]:
        """Where something is mounted, in the order in which it was."""
        return list(dict.fromkeys(mount.point for mount in self._by_id.values()))

    def _above(self, path: str) -> Mount:
        """By its path, where the kernel does not say it of an open directory."""
        over = [mount for mount in self._by_id.values() if _is_below(path, mount.point)]
        # Of several mounted in one place the last one is seen.
        return max(reversed(over), key=lambda mount: len(mount.point), default=Mount("", "", ""))


def mounts_in(lines: Iterable[str]) -> dict[int, Mount]:
    """Read lines of ``/proc/self/mountinfo``, by the id of each mount. What cannot be read is left
    out."""
    found = {}
    for line in lines:
        place, _, system = line.rstrip("\n").partition(" - ")
        before, after = place.split(" "), system.split(" ")
        if len(before) < 5 or len(after) < 2 or not before[0].isdigit():
            continue
        found[int(before[0])] = Mount(_plain(before[4]), after[0].lower(), _plain(after[1]))
    return found


def _read() -> dict[int, Mount]:
    try:
        with _MOUNTS.open(errors="surrogateescape") as lines:
            return mounts_in(lines)
    except OSError:
        return {}


def _mount_id(directory: str) -> int:
    """Raises ``OSError`` or ``ValueError`` where it is not told."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        told = (_DESCRIPTORS / str(descriptor)).read_text(encoding="ascii")
    finally:
        os.close(descriptor)
    return int(dict(line.split(":", 1) for line in told.splitlines() if ":" in line)["mnt_id"])


def _is_below(path: str, point: str) -> bool:
    return point in ("/", path) or path.startswith(f"{point}/")


def _plain(escaped: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 8)), escaped)
