"""Names of series folders: made from the template, or given by people."""

from __future__ import annotations

from collections.abc import Callable

from library.naming.paths import from_stored, to_stored
from library.naming.template import DEFAULT_SERIES_PART, parts_of, render, series_values
from library.naming.text import LONGEST_NAME, UNSEEN, cut, has_unseen, is_reserved
from library.naming.videos import ignored_directory

# What a pattern can say of the names people give, in the syntax that Python and JSON Schema share:
# no marks nobody sees, a backslash written twice (or a byte), and no dot before it.
FOLDER_PATTERN = rf"^(?![ .]*$)(?!\.)(?:[^\\/{UNSEEN}]|\\\\|\\x[89a-f][0-9a-f])*$"


def series_folder(
    template: str, *, name: str, year: int | None, key: str, longest: int = LONGEST_NAME
) -> str:
    """The folder of a series that has none yet, by the owner's naming template.

    Where nothing of its name can stand in a folder's, its key does.

    Args:
        longest: bytes that a name may have where it goes.
    """
    values = series_values(name, year, key)
    forms = (parts_of(template).series, DEFAULT_SERIES_PART)
    made = next(filter(None, (render(form, values, room=longest) for form in forms)), "_")
    # A series called "Lost/Found" is not the folder "lost+found", which no scan looks into.
    return f"{made}_" if ignored_directory(made, depth=0) else made


def told_apart(folder: str, key: str) -> str:
    """Another name for a folder that is taken."""
    tail = f" - {key[:60]}"
    return cut(folder, LONGEST_NAME - len(tail.encode())).rstrip(" .") + tail


def folder_problem(folder: str) -> str:
    """Why ``folder`` (stored form) is refused as a directory under a root; empty if it is not.

    One word: a sentence of ``library.errors.InvalidFolder``. Folders that a scan has found are
    taken as they are: this is for names that people give.
    """
    return next((why for why, is_wrong in _WRONG if is_wrong(folder)), "")


def _is_empty(folder: str) -> bool:
    return not folder.strip()


def _is_no_directory(folder: str) -> bool:
    return "/" in folder or "\0" in folder or folder in {".", ".."}


def _is_skipped(folder: str) -> bool:
    return ignored_directory(folder, depth=0)


def _is_too_long(folder: str) -> bool:
    return len(from_stored(folder).encode(errors="surrogateescape")) > LONGEST_NAME


def _has_lone_backslash(folder: str) -> bool:
    return to_stored(from_stored(folder)) != folder


_WRONG: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("empty", _is_empty),
    ("no_directory", _is_no_directory),
    ("skipped", _is_skipped),
    ("unseen", has_unseen),
    ("reserved", is_reserved),
    ("backslash", _has_lone_backslash),
    ("too_long", _is_too_long),
)
FOLDER_PROBLEMS = tuple(why for why, _ in _WRONG)
