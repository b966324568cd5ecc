"""What lies in the folder of a series, seen in one look before its files are renamed. No Django."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from library.naming.layout import Layout
from library.naming.shelf import layout_in, longest_name


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder of a series.

    ``names`` are those in each of its directories that matter, by the directory's path below the
    root; ``longest`` is how many bytes a name may have there.
    """

    layout: Layout
    longest: int
    names: dict[str, frozenset[str]] = field(default_factory=dict)


def look_at(root: Path, folder: str, directories: Collection[str]) -> Shelf:
    """Look at the folder of a series.

    Args:
        folder: of the series, as ``os`` knows it.
        directories: those below the root that hold its files.

    Raises:
        OSError: the folder cannot be read.
    """
    layout = layout_in(root / folder)
    below = {f"{folder}/{name}" for name in layout.subfolders}
    names = {path: _names_in(root / path) for path in {folder, *below, *directories}}
    return Shelf(layout, longest_name(root / folder), names)


def _names_in(directory: Path) -> frozenset[str]:
    """Nothing, where it is not there or cannot be read: then no file in it is renamed."""
    try:
        return frozenset(os.listdir(directory))  # noqa: PTH208 - names alone
    except OSError:
        return frozenset()
