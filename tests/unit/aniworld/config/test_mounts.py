"""Which file system a directory lies on, as Linux tells it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from aniworld.config import mounts
from aniworld.config.mounts import Mount, Mounts, mounts_in

TOLD = r"""22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,discard
30 27 0:30 / /mnt/My\040Anime rw - fuse.mergerfs /a\040b:/c rw
31 27 0:31 /sub /mnt/pool ro - btrfs /dev/sdb rw
31 what is this
x 27 0:31 / /mnt ro - ext4 /dev/sdb rw

"""


def test_what_the_kernel_tells_is_read() -> None:
    found = mounts_in(TOLD.splitlines(keepends=True))
    assert found == {
        22: Mount("/proc", "proc", "proc"),
        27: Mount("/", "ext4", "/dev/vda"),
        30: Mount("/mnt/My Anime", "fuse.mergerfs", "/a b:/c"),
        31: Mount("/mnt/pool", "btrfs", "/dev/sdb"),
    }
    assert [mount.keeps_times for mount in found.values()] == [False, True, False, True]
    assert [mount.may_keep_times for mount in found.values()] == [True, True, False, True]


def test_mount_of_a_directory_is_that_of_its_file_system(tmp_path: Path) -> None:
    asked = ["stat", "--file-system", "--format", "%T", str(tmp_path)]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    kind = Mounts().of(str(tmp_path)).kind
    assert kind
    assert kind[:3] in said  # "ext2/ext3" of an ext4
    assert Mounts().of("/proc").kind == "proc"


def test_mount_is_found_by_the_path_where_the_kernel_does_not_name_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "mountinfo"
    told.write_text(f"27 1 0:1 / / rw - ext4 a rw\n28 27 0:2 / {tmp_path}/pool rw - xfs b rw\n")
    monkeypatch.setattr(mounts, "_MOUNTS", told)
    monkeypatch.setattr(mounts, "_DESCRIPTORS", tmp_path / "nowhere")
    (tmp_path / "pool/Show").mkdir(parents=True)
    (tmp_path / "pooled").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "pool")
    kinds = [Mounts().of(f"{tmp_path}/{name}").kind for name in ("pool/Show", "pooled", "link")]
    assert kinds == ["xfs", "ext4", "xfs"]


def test_nothing_is_known_where_nothing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mounts, "_MOUNTS", tmp_path / "nowhere")
    assert Mounts().of(os.fspath(tmp_path)) == Mount("", "", "")
