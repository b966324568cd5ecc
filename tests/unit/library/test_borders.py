"""Where the library ends, whatever links in it say, and what is opened of what lies inside."""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from library.borders import Borders, Outside
from library.plain import NoPlainFile

Here = type(Path())
_IN_OPEN = 0x20


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A library folder."""
    (tmp_path / "library").mkdir()
    return tmp_path / "library"


@contextmanager
def nobody_opens(path: Path) -> Iterator[None]:
    """The system tells of every opening."""
    system = ctypes.CDLL(None, use_errno=True)
    told = system.inotify_init1(os.O_NONBLOCK)
    try:
        assert system.inotify_add_watch(told, os.fsencode(path), _IN_OPEN) > 0
        yield
        with pytest.raises(BlockingIOError):
            os.read(told, 4096)
    finally:
        os.close(told)


def swapped(path: Path, swap: Callable[[], None]) -> Path:
    """The same path; what lies there is another thing right after it was looked at."""

    class Swapped(Here):  # type: ignore[misc, valid-type] # which of the two it is says the system
        def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
            found: os.stat_result = super().stat(follow_symlinks=follow_symlinks)
            self.unlink()
            swap()
            return found

    return Swapped(path)


def test_a_neighbour_of_like_name_is_outside(root: Path) -> None:
    neighbour = root.with_name("library-private")
    neighbour.mkdir()
    (neighbour / "key").write_text("hunter-two")
    (root / "key").symlink_to(neighbour / "key")
    with pytest.raises(Outside) as refused:
        Borders((str(root),)).read(root / "key", most=100)
    assert refused.value.target == str(neighbour / "key")


def test_a_library_behind_a_link_is_inside_of_itself(root: Path) -> None:
    (root / "key").write_text("show-name")
    link = root.with_name("link")
    link.symlink_to(root)
    for directory in (link, root):
        assert Borders((str(link),)).read(directory / "key", most=100) == b"show-name"


def test_no_more_is_read_than_shows_that_it_is_too_much(root: Path) -> None:
    (root / "key").write_bytes(b"k" * 1000)
    assert Borders((str(root),)).read(root / "key", most=100) == b"k" * 101


def test_what_is_no_plain_file_is_not_even_opened(root: Path) -> None:
    pipe = root / "key"
    os.mkfifo(pipe)
    with nobody_opens(pipe), pytest.raises(NoPlainFile):
        Borders((str(root),)).read(pipe, most=100)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("has_writer", [False, True])
def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(
    root: Path, has_writer: bool
) -> None:
    place = root / "key"
    place.write_text("show-name")
    writers: list[int] = []

    def lay_pipe() -> None:
        os.mkfifo(place)
        if has_writer:
            writers.append(os.open(place, os.O_RDWR))
            os.write(writers[0], b"hunter-two")

    read: list[bytes | Exception] = []

    def reading() -> None:
        try:
            read.append(Borders((str(root),)).read(swapped(place, lay_pipe), most=5))
        except NoPlainFile as error:
            read.append(error)

    thread = threading.Thread(target=reading, daemon=True)
    thread.start()
    thread.join(10)
    for writer in writers:
        os.close(writer)
    assert [type(found) for found in read] == [NoPlainFile]


def test_a_link_that_is_laid_after_the_look_leads_nowhere(root: Path, tmp_path: Path) -> None:
    secret, place = tmp_path / "secret", root / "key"
    secret.write_text("hunter-two")
    place.write_text("show-name")
    with pytest.raises(Outside) as refused:
        Borders((str(root),)).read(swapped(place, lambda: place.symlink_to(secret)), most=100)
    assert refused.value.target == str(secret)
