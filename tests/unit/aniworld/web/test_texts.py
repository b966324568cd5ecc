"""Codes with parameters become sentences at the edge."""

from __future__ import annotations

import errno
import logging
import os
from typing import ClassVar

import pytest

from aniworld.web import texts
from aniworld.web.errors import FieldError
from providers.coded import CodedError, errno_name


class Kettle(CodedError):
    code = "kettle"
    texts: ClassVar = {"": "The kettle {name} is off.", "empty": "The kettle {name} is empty."}


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_texts", {})
    texts.register(Kettle.all_texts())


def test_an_error_is_a_code_with_parameters_and_its_log_line_is_english() -> None:
    error = Kettle(name="Anna", why="empty")
    assert (error.code, error.params) == ("kettle", {"name": "Anna", "why": "empty"})
    assert str(error) == "The kettle Anna is empty."
    assert str(Kettle(name="Bea")) == "The kettle Bea is off."


def test_a_parameter_that_its_sentence_names_must_be_given() -> None:
    with pytest.raises(KeyError):
        Kettle()


def test_text_is_made_from_the_registered_template() -> None:
    error = Kettle(name="{why}", why="empty")
    assert texts.text_of(error) == "The kettle {why} is empty."
    assert texts.told(error.code, error.params) == {
        "code": "kettle",
        "params": {"name": "{why}", "why": "empty"},
        "text": "The kettle {why} is empty.",
    }


def test_words_may_depend_on_the_parameters() -> None:
    texts.register({"cups": lambda params: "one cup" if params["count"] == 1 else "many cups"})
    assert [texts.text("cups", {"count": count}) for count in (1, 2)] == ["one cup", "many cups"]


def test_rows_of_other_versions_are_shown_as_far_as_they_are_known() -> None:
    assert texts.text("kettle", {}) == "The kettle … is off."
    assert texts.text("kettle", {"name": "Anna", "why": "stolen"}) == "The kettle Anna is off."
    assert texts.text("teapot", {"name": "Anna"}) == "teapot"
    assert texts.text("kettle", {"why": "as_told", "text": "It whistles."}) == "It whistles."


@pytest.mark.parametrize(
    "params", [{}, {"count": "two"}, {"count": None}, {"count": 0}, {"count": [1]}]
)
def test_a_function_that_cannot_read_the_parameters_of_another_version_leaves_the_code(
    params: texts.Params, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger=texts.__name__)
    texts.register({"shares": lambda params: f"{100 // int(params['count'])} percent each"})
    assert texts.text("shares", params) == "shares"
    assert "shares" in caplog.text


def test_no_code_says_nothing() -> None:
    assert texts.text("") == ""
    assert texts.told("") is None


def test_a_field_is_told_from_its_code() -> None:
    assert FieldError("pot", "kettle", params={"name": "Anna"}).detail == "The kettle Anna is off."
    assert FieldError("pot", "kettle", params={"name": "Anna"}).as_json() == {
        "code": "kettle",
        "params": {"name": "Anna"},
    }


def test_another_error_is_told_within_the_sentence_and_kept_as_code_with_parameters() -> None:
    class Kitchen(CodedError):
        code = "kitchen"
        texts: ClassVar = {"": "No tea: {reason}", "all": "No tea at all."}

    texts.register(Kitchen.all_texts())
    kettle = Kettle(name="Anna")
    error = Kitchen(reason=kettle)
    assert str(error) == "No tea: The kettle Anna is off."
    assert error.as_json() == {"code": "kitchen", "params": {"reason": kettle.as_json()}}
    assert texts.text_of(error.as_json()) == "No tea: The kettle Anna is off."
    assert Kitchen(why="all", reasons=[kettle]).params["reasons"] == [kettle.as_json()]


def test_what_the_system_says_is_kept_by_name_and_told_in_words() -> None:
    class Closed(CodedError):
        code = "closed"
        texts: ClassVar = {"": "{path} cannot be read: {errno}."}

    texts.register(Closed.all_texts())
    refused = Closed(path="/a", errno=errno_name(PermissionError(13, "Permission denied")))
    assert refused.params == {"path": "/a", "errno": "EACCES"}
    assert str(refused) == texts.text_of(refused) == "/a cannot be read: Permission denied."
    rare = {"path": "/a", "errno": "ENOTTY"}
    assert texts.text("closed", rare) == "/a cannot be read: Inappropriate ioctl for device."
    nameless = Closed(path="/a", errno=errno_name(ValueError("broken")))
    assert texts.text_of(nameless) == str(nameless) == "/a cannot be read: ValueError."


def test_the_words_of_the_system_are_those_of_the_system() -> None:
    """Else the English reader would see others than before."""
    for name, words in texts._ERRNOS.items():
        assert os.strerror(getattr(errno, name)) == words


def test_several_things_are_told_one_after_the_other() -> None:
    anna, bea = (Kettle(name=name).as_json() for name in ("Anna", "Bea"))
    both = texts.together([anna, bea])
    assert texts.text_of(both) == "The kettle Anna is off. The kettle Bea is off."
    assert (texts.together([anna]), texts.together([])) == (anna, None)
    assert texts.text_of(None) == ""


def test_stored_data_gets_a_text_beside_every_code() -> None:
    anna = Kettle(name="Anna").as_json()
    stored = {"id": 1, "error": anna, "tries": [{"error": anna, "code": "x"}], "message": anna}
    words = "The kettle Anna is off."
    assert texts.in_words(stored) == {
        "id": 1,
        "error": {**anna, "text": words},
        "tries": [{"error": {**anna, "text": words}, "code": "x"}],
        "message": words,
    }
    assert texts.in_words({"message": "as it is", "error": None}) == {
        "message": "as it is",
        "error": None,
    }


def test_a_code_with_other_facts_beside_it_gets_its_text_too() -> None:
    anna = Kettle(name="Anna").as_json()
    stored = {"tries": [{"hoster": "voe", **anna}]}
    words = "The kettle Anna is off."
    assert texts.in_words(stored) == {"tries": [{"hoster": "voe", **anna, "text": words}]}


def test_sites_are_told_by_what_people_call_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_site_labels", [lambda: {"a-feed": "A Feed"}])
    texts.register({"down": "{site} is down: {sites}.", "of": "{sites} sites of {name}"})
    said = {"site": "a-feed", "sites": ["a-feed", "gone"]}
    assert texts.told("down", said) == {
        "code": "down",
        "params": said,
        "text": "A Feed is down: A Feed, gone.",
    }
    assert texts.text("of", {"sites": 2, "name": "a-feed"}) == "2 sites of a-feed"
