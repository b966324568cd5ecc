"""An error's parameters can be stored anywhere and hold no secret."""

from __future__ import annotations

import json
from typing import ClassVar

import pytest

from providers.coded import LONGEST_WORDS, CodedError, foreign, gettext_noop


class Broken(CodedError):
    code = "broken"
    texts: ClassVar = {"": gettext_noop("Broken: {what}."), "many": gettext_noop("All: {whats}.")}


class BrokenToo(Broken):
    code = "broken_too"


def test_a_list_reads_as_its_words() -> None:
    error = Broken(why="many", whats=("cup", "plate"))
    assert str(error) == "All: cup, plate."
    assert error.params == {"why": "many", "whats": ["cup", "plate"]}


def test_texts_are_found_by_the_code_of_each_class() -> None:
    assert Broken.all_texts() == {
        "broken": "Broken: {what}.",
        "broken.many": "All: {whats}.",
        "broken_too": "Broken: {what}.",
        "broken_too.many": "All: {whats}.",
    }


def test_what_is_no_json_yet_becomes_it_also_within() -> None:
    inner = Broken(what="cup")
    assert Broken(what={"tries": (inner,)}).params == {"what": {"tries": [inner.as_json()]}}


def test_what_no_database_takes_is_replaced() -> None:
    error = Broken(what="a\0b", inner={"name": "caf\udce9"}, names=["\ud800", 1, None])
    assert error.params == {"what": "a�b", "inner": {"name": "caf?"}, "names": ["?", 1, None]}
    json.dumps(error.params, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Connection refused", "Connection refused"),
        ("two\nlines\x1b[0m  and\ttabs", "two lines [0m and tabs"),
        ("at https://a.test/v.m3u8?token=geheim now", "at https://a.test/… now"),
        ("'http://me:word@a.test:80/x'", "'http://a.test:80/…'"),
        ("see https://a.test", "see https://a.test"),
        ("at https://user:pw@host", "at https://host"),
        ("https://user:pw@host/ x", "https://host/… x"),
        ("HTTPS://h/x?token=geheim", "HTTPS://h/…"),
        ("socks5://u:p@h: refused", "socks5://h: refused"),
        ("(ftp://u:p@[::1]:21/x)", "(ftp://[::1]:21/…)"),
        ("https://u:p'w)@h/x", "https://h/…"),
        ("https://h?token=geheim", "https://h/…"),
        ("https://h/a?next=https://u:p@h", "https://…"),
        # Which part is the host nobody can tell.
        ("https://u:p/w@h/x", "https://…"),
        ("https://u:p@q?w@h/x", "https://…"),
        ("https://u:p", "https://…"),
        (
            "Max retries exceeded with url: /hls/i.m3u8?token=geheim (Caused by x)",
            "Max retries exceeded with url: … (Caused by x)",
        ),
        (OSError(28, "No space left"), "[Errno 28] No space left"),
    ],
)
def test_words_of_others_are_one_printable_line_without_secrets(said: object, kept: str) -> None:
    assert foreign(said) == kept


def test_words_of_others_have_a_bound() -> None:
    told = foreign("x" * 100_000)
    assert (len(told), told[-2:]) == (LONGEST_WORDS, "x…")
