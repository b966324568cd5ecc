from __future__ import annotations

import os

import pytest

from library.naming.paths import from_stored, is_utf8, to_shown, to_stored


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
