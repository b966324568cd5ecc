"""Titles are found however they are written."""

from __future__ import annotations

import random

import pytest

from library.naming.folding import folded, folded_words, initial

ALIKE = [
    ("Märchen", "Maerchen", "Marchen", "MÄRCHEN", "Ma\u0308rchen"),
    ("Steins;Gate", "steinsgate", "Steins Gate", "steins-gate", "STEINS;GATE"),
    ("Yu-Gi-Oh!", "yugioh", "Yu Gi Oh", "yu gi oh!"),
    ("Tōkyō Ghoul", "Tokyo Ghoul", "Toukyou Ghoul", "tookyoo ghoul"),
    ("Straße", "Strasse", "STRASSE"),
    ("Hell’s Paradise", "Hells Paradise", "Hell's Paradise"),
    ("Häuser", "Haeuser", "hauser"),
    ("Ｆｕｌｌｍｅｔａｌ", "fullmetal"),
    ("Re\u200bZero", "re zero"),
    ("Smørrebrød", "Smorrebrod"),
    ("Dr. STONE", "drstone"),
    ("!!!", " !!! "),
    ("!\x00!", "! !", "!\ud800!"),
    ("がく", "か\u3099く"),
]
WRITTEN = {"ä": ("ae", "a"), "ö": ("oe", "o"), "ü": ("ue", "u"), "ß": ("ss",), "ō": ("ou", "o")}
LETTERS = "aeioubgknrst äöüßō-';:.!ÄÖÜ"


@pytest.mark.parametrize("titles", ALIKE, ids=lambda titles: titles[0])
def test_spellings_are_alike(titles: tuple[str, ...]) -> None:
    assert len({folded(title) for title in titles}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("か", "が"), ("Naruto", "Boruto"), ("Kranich", "Kranichs"), ("!!!", "???")]
)
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_any_title_is_found_by_any_spelling() -> None:
    chance = random.Random(20)
    for _ in range(5_000):
        title = "".join(chance.choice(LETTERS) for _ in range(chance.randint(3, 30)))
        other = "".join(
            chance.choice((char, *WRITTEN.get(char.lower(), ())))
            if char.isalpha()
            else chance.choice(("", " ", char))
            for char in title
        )
        if any(char.isalnum() for char in title):
            assert folded(title) == folded(other), (title, other)


def test_the_beginning_of_a_title_is_the_beginning_of_its_folding() -> None:
    chance = random.Random(21)
    for _ in range(5_000):
        title = "".join(chance.choice("aeoubk ") for _ in range(chance.randint(2, 15))).strip()
        typed = title[: chance.randint(1, max(1, len(title)))]
        assert folded(title).startswith(folded(typed)), (title, typed)


@pytest.mark.parametrize("title", ["\x00", "\ud800", "\u200b\t\n"])
def test_what_no_database_takes_is_nothing(title: str) -> None:
    assert folded(title) == folded_words(title) == ""


def test_words_stay_words() -> None:
    assert folded_words("Märchen-Prinz: Über Nacht") == "marchen prinz uber nacht"


@pytest.mark.parametrize(
    ("title", "letter"),
    [("Äon", "a"), ("86", "0"), ("鋼の錬金術師", "~"), ("!!!", "~"), ("«Zeta»", "z"), ("", "~")],
)
def test_under_which_letter_it_stands(title: str, letter: str) -> None:
    assert initial(title) == letter
