"""Taking from others what is ours alone, and nothing else."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from aniworld.environment import make_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_and_folders_become_the_owners(tmp_path: Path) -> None:
    file, folder = tmp_path / "aniworld.db", tmp_path / "logs"
    file.touch(0o644)
    folder.mkdir(0o755)
    make_private(file, 0o600)
    make_private(folder, 0o700)
    assert (mode(file), mode(folder)) == (0o600, 0o700)


def test_what_a_link_leads_to_is_taken_from_nobody_where_it_is_no_file(tmp_path: Path) -> None:
    pipe, link = tmp_path / "everybodys", tmp_path / "aniworld.db"
    os.mkfifo(pipe)
    pipe.chmod(0o666)
    link.symlink_to(pipe)
    make_private(link, 0o600)
    assert mode(pipe) == 0o666
