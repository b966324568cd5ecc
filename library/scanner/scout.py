"""Walking a library that is new, and reading its names, in a process ahead of the scan's.

Of a root that no file is known of nothing can be lost, so its folders are written as they are
found. To find and read takes as long as to write: with two processors a first scan takes half.
While the scan waits, it is given folders whose names it reads itself: neither process is idle.

Run as a module this is that process: root and folders as JSON come in, a message for each folder
goes out. It ends with its reader, so also when the scan is killed.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import marshal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from library.problems import Problem
from library.scanner.child import be_a_child, child, has_a_processor_free
from library.scanner.columns import ReadColumns, read_columns
from library.scanner.walk import Folder, SeenFile, Walk

log = logging.getLogger(__name__)

WORTH_A_PROCESS = 100  # fewer folders are read before it has started
_LONGEST = 1 << 30  # bytes of a message
_PIPE_SIZE = 1 << 20  # bytes; Linux gives 64 KB
_LENGTH = struct.Struct("!Q")
_WAITING = struct.Struct("i")

# A folder with what the names of its files say, in their order, and its problems.
Found = tuple[Folder, list[ReadColumns], list[Problem]]


def is_worth_it(names: Sequence[str]) -> bool:
    """Whether a process of its own is faster for so many folders."""
    return len(names) >= WORTH_A_PROCESS and has_a_processor_free()


@contextlib.contextmanager
def scouted(root: Path, names: Sequence[str]) -> Iterator[Iterator[Found]]:
    """Give the root's own files and these folders as they are read, in no certain order.

    What the process does not tell, for it was not to be had or died, is read here. That may raise
    ``OSError`` where the root can be read no more.
    """
    with child(__name__) as process:
        yield _answers(process, root, names)


def _widen(pipe: IO[bytes] | None) -> None:
    """Let the pipe hold what is found while the scan writes; a small one makes the process wait."""
    if pipe is not None and hasattr(fcntl, "F_SETPIPE_SZ"):
        with contextlib.suppress(OSError):  # the system allows no more
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)


def found_in(root: Path, names: Sequence[str]) -> Iterator[Found]:
    """Read the root's own files and these folders here."""
    for folder, problems in _walked(root, names):
        yield folder, _columns(folder), problems


def _walked(root: Path, names: Sequence[str]) -> Iterator[tuple[Folder, list[Problem]]]:
    walk = Walk(root, {})
    walk.begin()
    told = 0
    for folder in walk.folders(names):
        problems, told = walk.tree.problems[told:], len(walk.tree.problems)
        yield folder, problems
        folder.files = []  # a large library is held by nobody


def _columns(folder: Folder) -> list[ReadColumns]:
    return [read_columns(file.path) for file in folder.files]


def _answers(
    process: subprocess.Popen[bytes] | None, root: Path, names: Sequence[str]
) -> Iterator[Found]:
    missing = {"", *names}
    for found in _told(process, root, names):
        missing.discard(found[0].name)
        yield found
    if missing:
        log.warning("folders are read without their own process root=%r", str(root))
        for found in found_in(root, sorted(missing - {""})):
            if found[0].name in missing:
                yield found


def _told(
    process: subprocess.Popen[bytes] | None, root: Path, names: Sequence[str]
) -> Iterator[Found]:
    if process and process.stdin and process.stdout:
        _widen(process.stdout)
        with contextlib.suppress(BrokenPipeError):  # what it does not tell is missed
            process.stdin.write(json.dumps([str(root), list(names)]).encode())
            process.stdin.close()
        yield from map(_received, _messages(process.stdout))


def _messages(pipe: IO[bytes]) -> Iterator[bytes]:
    """Each message follows its length. One that was cut off with its writer is none."""
    while len(head := pipe.read(_LENGTH.size)) == _LENGTH.size:
        (length,) = _LENGTH.unpack(head)
        if length > _LONGEST:
            return  # something else was written there
        if len(message := pipe.read(length)) == length:
            yield message


def _sent(folder: Folder, columns: list[ReadColumns] | None, problems: list[Problem]) -> bytes:
    # Both ends are the same interpreter, and this is four times as fast as JSON.
    sets = [folder.read, folder.unreadable, folder.growing]
    files, told = list(map(tuple, folder.files)), list(map(tuple, problems))
    return marshal.dumps(
        (folder.name, files, folder.mtimes, folder.side_files, *sets, columns, told)
    )


def _received(message: bytes) -> Found:
    name, files, mtimes, side_files, read, unreadable, growing, columns, told = marshal.loads(  # noqa: S302 - from our own process
        message
    )
    folder = Folder(
        name,
        list(map(SeenFile._make, files)),
        read=read,
        unreadable=unreadable,
        mtimes=mtimes,
        side_files=side_files,
        growing=growing,
    )
    if columns is None:
        columns = _columns(folder)
    return folder, columns, list(map(Problem._make, told))


def _is_waited_for(pipe: int) -> bool:
    """Whether the reader has taken everything that was written."""
    waiting: tuple[int] = _WAITING.unpack(fcntl.ioctl(pipe, termios.FIONREAD, bytes(_WAITING.size)))
    return waiting[0] == 0


def main() -> None:
    root, names = json.load(sys.stdin.buffer)
    out = sys.stdout.buffer
    for folder, problems in _walked(Path(root), names):
        columns = None if _is_waited_for(out.fileno()) else _columns(folder)
        message = _sent(folder, columns, problems)
        out.write(_LENGTH.pack(len(message)) + message)
        out.flush()


if __name__ == "__main__":
    be_a_child(main)
