"""The signs that spare most names a table: whatever a table reads must hold its sign."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest

from library.names import words
from library.names.alone import WORDED_SIGN
from library.names.markers import _SIGN as SEASON_SIGN
from library.names.signs import Sign

_PIECE = re.compile(r"\[([^\]]+)\](\?)?|(.)(\?)?")


def _spellings(word: str) -> Iterator[str]:
    """Every text that `word`, of letters, sets of letters and question marks, stands for."""
    pieces = []
    for letters, set_optional, letter, optional in _PIECE.findall(word):
        choices = list(letters) if letters else [letter]
        pieces.append([*choices, ""] if set_optional or optional else choices)
    return ("".join(choice) for choice in itertools.product(*pieces))


def _all(*lists: str) -> list[str]:
    return sorted({text for line in lists for word in line.split("|") for text in _spellings(word)})


@pytest.mark.parametrize("between", [" ", "", ". ", " - "])
def test_each_word_of_episodes_specials_and_films_holds_the_sign(between: str) -> None:
    known = _all(words.EPISODE, words.EPISODE_AFTER, words.SPECIAL, words.FILM)
    assert {"puntata", "bolum"} <= {*known}
    assert [w for w in known if not WORDED_SIGN.is_in(f"{w}{between}5")] == []
    assert [w for w in known if not WORDED_SIGN.is_in(f"title {w}{between}5")] == []


@pytest.mark.parametrize("between", [" ", "", ". ", ": "])
def test_each_word_of_seasons_holds_the_sign(between: str) -> None:
    known = _all(words.SEASON, words.SEASON_AFTER)
    assert {"staffel", "сезоны"} <= {*known}
    assert [w for w in known if not SEASON_SIGN.is_in(f"{w}{between}2")] == []
    assert [w for w in known if not SEASON_SIGN.is_in(f"2. {w}")] == []


def test_a_name_of_ascii_is_asked_for_the_latin_signs_alone() -> None:
    sign = Sign("ab|cd", "é")
    assert [sign.is_in(text) for text in ("xabx", "éab", "xé", "xbax")] == [True, True, True, False]
