from __future__ import annotations

import os
from pathlib import Path

from library.models import MediaFile, ScanOperation
from library.renaming.run import Renaming
from library.services import renaming


def rename(series: str | None = None, *, back: str | None = None) -> ScanOperation:
    """Rename in this process."""
    return Renaming(renaming.begin(series, back=back)).run()


def on_disk(root: Path) -> dict[str, str]:
    """What each file below the library is called, and what is in it."""
    return {
        str(path.relative_to(root)): path.read_text()
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def write(root: Path, *names: str) -> None:
    """Files that say what they were called, and have been there for long."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        os.utime(path, (1_600_000_000, 1_600_000_000))


def known() -> list[str]:
    return sorted(MediaFile.objects.values_list("path", flat=True))


def reasons(operation: ScanOperation) -> dict[str, str]:
    """Why files keep their names, by their paths."""
    return {
        problem["path"]: problem["params"].get("why", problem["code"])
        for problem in operation.problems
    }
