"""The file of a feed, read inside the folders that feeds may lie in and nowhere else.

Each folder on the way is opened in the one before it, without following links: what is moved or
linked meanwhile leads nowhere else.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from providers.coded import errno_name, foreign
from providers.errors import FeedUnreadable

LARGEST = 8_000_000  # bytes, as of a page
_SCHEME = "file"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# Not to wait for somebody who writes into it: a named pipe would hang.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def is_file(address: str) -> bool:
    """Whether an address is that of a file of this machine."""
    return address[:8].lower() == f"{_SCHEME}:///"


def path_of(address: str) -> str:
    """The path in the address of a file."""
    return unquote(urlsplit(address).path)


def read_file(address: str, roots: Sequence[str]) -> str:
    """The text of a feed's file.

    Args:
        address: ``file:///full/path``.
        roots: full paths of the folders it may lie in, at any depth.

    Raises:
        FeedUnreadable: it lies elsewhere or behind a link, is no plain file, is too large, cannot
            be read or is no text in UTF-8.
    """
    path = path_of(address)
    root, parts = _inside(path, roots)
    try:
        data = _read(root, parts)
    except FileNotFoundError as error:
        raise FeedUnreadable(why="gone", file=_shown(path)) from error
    except (OSError, ValueError) as error:
        # So Linux says that a link stands where none is followed: of a file, and of a folder.
        if _is_link(root, parts):
            raise FeedUnreadable(why="link", file=_shown(path)) from error
        raise FeedUnreadable(why="errno", file=_shown(path), errno=errno_name(error)) from error
    if data is None:
        raise FeedUnreadable(why="no_file", file=_shown(path))
    if len(data) > LARGEST:
        raise FeedUnreadable(why="too_large", file=_shown(path), bytes=LARGEST)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FeedUnreadable(why="not_text", file=_shown(path)) from error


def _inside(path: str, roots: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The root a path lies in, and the names on the way from there."""
    whole = PurePosixPath(path)
    for root in roots:
        if ".." in whole.parts or "\0" in path or not whole.is_relative_to(root):
            continue
        if parts := whole.relative_to(root).parts:
            return root, parts
    raise FeedUnreadable(why="outside", file=_shown(path))


def _read(root: str, parts: Sequence[str]) -> bytes | None:
    """The bytes of a file, one more than the most where it has more; None of what is no file."""
    folder = os.open(root, _FOLDER)
    try:
        for name in parts[:-1]:
            inner = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        descriptor = os.open(parts[-1], _FILE, dir_fd=folder)
    finally:
        os.close(folder)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(LARGEST + 1)
    finally:
        os.close(descriptor)


def _is_link(root: str, parts: Sequence[str]) -> bool:
    """Whether a link stands on the way: only to say so, nothing is opened for it."""
    way = PurePosixPath(root)
    for name in parts:
        way /= name
        try:
            if stat.S_ISLNK(os.lstat(way).st_mode):
                return True
        except (OSError, ValueError):
            return False
    return False


def _shown(path: str) -> str:
    """The name of a file alone: errors are shown to viewers too, who are not to see its folders."""
    return foreign(PurePosixPath(path).name)
