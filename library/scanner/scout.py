"""Walking a library that is new, and reading its names, in a process ahead of the scan's.

Of a root that no file is known of nothing can be lost, so its folders are written as they are
found. To find and read takes as long as to write: with two processors a first scan takes half.
While the scan waits, it is given folders whose names it reads itself: neither process is idle.

Run as a module this is that process, see ``beside``: a request is a folder of the root that it is
run for, the answer what was found in it.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from library.problems import Problem
from library.scanner.beside import Waiting, has_a_processor_free, serve, worked_beside
from library.scanner.columns import ReadColumns, read_columns
from library.scanner.found import Folder, Remembered, SeenFile
from library.scanner.walk import Walk

WORTH_A_PROCESS = 100  # fewer folders are read before it has started

if TYPE_CHECKING:  # the process itself has no database
    from library.scanner.disk import Disks

# A folder with what the names of its files say, in their order, and its problems.
Found = tuple[Folder, list[ReadColumns], list[Problem]]
# The same in plain types, as it is sent: files, columns (none where the names are left to the
# scan), problems, and what else is known of the folder.
_Said = tuple[list[Any], list[ReadColumns] | None, list[Any], tuple[Any, ...]]


def is_worth_it(names: Sequence[str]) -> bool:
    """Whether a process of its own is faster for so many folders."""
    return len(names) >= WORTH_A_PROCESS and has_a_processor_free()


@contextlib.contextmanager
def scouted(root: Path, names: Sequence[str], disks: Disks) -> Iterator[Iterator[Found]]:
    """Give the root's own files and these folders as they are read, in no certain order.

    What the process does not tell is read here. That may raise ``OSError`` where the root can be
    read no more.
    """
    requests = dict.fromkeys(["", *names])
    walk = Walk(root, {})
    waiting = Waiting(
        disks.progress.again, lambda work: disks(str(root), work, signs=lambda: walk.signs)
    )
    try:
        with worked_beside(
            partial(walk_folders, walk),
            requests,
            module=__name__,
            arguments=[str(root)],
            waiting=waiting,
        ) as answers:
            yield (_received(name, said) for name, said in answers)
    finally:
        walk.stop()


def walk_folders(
    walk: Walk, requests: Iterable[tuple[str, None]], is_waited_for: Callable[[], bool]
) -> Iterator[tuple[str, _Said]]:
    """Walk the root's own files and these folders."""
    walk.begin()
    told = 0
    for folder in walk.folders(name for name, _ in requests if name):
        problems, told = walk.tree.problems[told:], len(walk.tree.problems)
        columns = None if is_waited_for() else _columns(folder)
        yield folder.name, _sent(folder, columns, problems)
        folder.files = []  # a large library is held by nobody


def _columns(folder: Folder) -> list[ReadColumns]:
    return [read_columns(file.path) for file in folder.files]


def _sent(folder: Folder, columns: list[ReadColumns] | None, problems: list[Problem]) -> _Said:
    """Without our own types, which ``marshal`` does not know."""
    files, told = list(map(tuple, folder.files)), list(map(tuple, problems))
    sets = (folder.read, folder.unreadable, folder.growing)
    directories = {path: tuple(known) for path, known in folder.directories.items()}
    return files, columns, told, (directories, folder.devices, folder.side_files, *sets)


def _received(name: str, said: _Said) -> Found:
    files, columns, told, (directories, devices, side_files, read, unreadable, growing) = said
    folder = Folder(
        name,
        list(map(SeenFile._make, files)),
        read=read,
        unreadable=unreadable,
        directories={path: Remembered(*known) for path, known in directories.items()},
        devices=devices,
        side_files=side_files,
        growing=growing,
    )
    if columns is None:
        columns = _columns(folder)
    return folder, columns, list(map(Problem._make, told))


if __name__ == "__main__":
    serve(partial(walk_folders, Walk(Path(sys.argv[1]), {})))
