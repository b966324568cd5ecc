"""The one cleaner, and where a name is cut."""

from __future__ import annotations

import unicodedata

import pytest

from library.naming.text import clean, cut, whole_name

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Re:Zero", "Re-Zero"),
        ("Re: Zero", "Re - Zero"),
        ("Was nun?", "Was nun!"),
        ('"Was" <nun>', "'Was' (nun)"),
        ("a/b\\c|d*e", "a+b+c-d-e"),
        ("u\u0308ber", "über"),
        (" a\tb\u3000c\u2028d ", "a b c d"),
        ("abc\u202eexe\u200b\u00ad\ufeff", "abcexe"),
        ("a\x00b\x1bc\x7f\ud800", "abc"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # the joiners are letters' and pictures'
        (FAMILY, FAMILY),
        (SCOTLAND, SCOTLAND),
    ],
)
def test_cleaning(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("...", ""),
        (" .hidden. ", "hidden"),
        ("CON", "CON_"),
        ("con.txt", "con_.txt"),
        ("Con Air", "Con Air"),
        ("lpt¹", "lpt¹_"),
    ],
)
def test_whole_names(text: str, name: str) -> None:
    assert whole_name(text) == name


@pytest.mark.parametrize(
    "character",
    [
        *("x", "ü", "葬", "🎬", "e\u0301\u0302", FAMILY, SCOTLAND, "👍🏽", "❤\ufe0f", "🇩🇪"),
        *("क्षि", "กำ", "נִ", "각"),
    ],
)
def test_what_people_see_as_one_character_is_not_torn(character: str) -> None:
    text = character * 5
    size = len(character.encode())
    for room in range(size, len(text.encode()) + 2):
        assert cut(text, room) == character * min(room // size, 5)


def test_a_character_longer_than_the_room_is_torn_after_all() -> None:
    pile = "Z" + "\u0323" * 300
    assert cut(pile, 255) == "Z" + "\u0323" * 127
    assert cut(FAMILY, 3) == ""
    assert cut("x", 0) == ""


def test_cutting_never_parts_a_letter_from_its_accents() -> None:
    accented = "Z" + "a\u0323\u0307" * 3
    for size in range(1, len(accented.encode()) + 1):
        kept = cut(accented, size)
        assert len(kept.encode()) <= size
        rest = accented[len(kept) :]
        assert not rest or unicodedata.combining(rest[0]) == 0
