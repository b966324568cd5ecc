from __future__ import annotations

import os

import pytest

from library.errors import InvalidFolder
from library.naming.folders import folder_name
from library.naming.paths import from_stored, is_utf8, to_shown, to_stored
from library.services.series import checked_folder


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        (b"Naruto/01.mkv", "Naruto/01.mkv"),
        ("Müller 葬送".encode(), "Müller 葬送"),
        (b"caf\xe9.mkv", "caf\\xe9.mkv"),
        (b"a\\xe9.mkv", "a\\\\xe9.mkv"),
        (b"\xff\\\xfe", "\\xff\\\\\\xfe"),
    ],
)
def test_any_name_comes_back_as_the_same_bytes(raw: bytes, stored: str) -> None:
    assert to_stored(os.fsdecode(raw)) == stored
    assert os.fsencode(from_stored(stored)) == raw


@pytest.mark.parametrize(
    ("name", "year", "folder"),
    [
        ("Attack on Titan", 2013, "Attack on Titan (2013)"),
        ("Fate/Zero: Part?", None, "Fate Zero Part"),
        ("Show (2013)", 2013, "Show (2013)"),
        ("...", None, "_"),
        ("CON", 2020, "_CON (2020)"),
        ("葬送のフリーレン", 2023, "葬送のフリーレン (2023)"),
    ],
)
def test_folder_names(name: str, year: int | None, folder: str) -> None:
    assert folder_name(name, year) == folder


def test_folder_name_keeps_to_the_limit_of_file_systems() -> None:
    made = folder_name("葬" * 200, 2023)
    assert len(made.encode()) <= 255
    assert made.endswith(" (2023)")


@pytest.mark.parametrize("folder", ["", " ", "a/b", "..", ".", ".hidden", "x" * 256, "a\\b", "a\0"])
def test_folders_that_are_no_directory_of_the_root_are_refused(folder: str) -> None:
    with pytest.raises(InvalidFolder):
        checked_folder(folder)


@pytest.mark.parametrize(
    ("name", "shown", "valid"),
    [
        (b"Mushishi", "Mushishi", True),
        ("Café".encode(), "Café", True),
        (b"Caf\xe9", "Caf\ufffd", False),
        (b"AC\\DC", "AC\\DC", True),
        (rb"\xe9", r"\xe9", True),
    ],
)
def test_a_name_for_people(name: bytes, shown: str, valid: bool) -> None:
    stored = to_stored(os.fsdecode(name))
    assert (to_shown(stored), is_utf8(stored)) == (shown, valid)
