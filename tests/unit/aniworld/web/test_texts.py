"""Codes with parameters become sentences at the edge."""

from __future__ import annotations

from typing import ClassVar

import pytest

from aniworld.web import texts
from aniworld.web.errors import FieldError
from providers.coded import CodedError


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


def test_no_code_says_nothing() -> None:
    assert texts.text("") == ""
    assert texts.told("") is None


def test_a_field_is_told_from_its_code_or_in_words_made_before() -> None:
    assert FieldError("pot", "kettle", params={"name": "Anna"}).detail == "The kettle Anna is off."
    assert FieldError("pot", "kettle", "It whistles.").detail == "It whistles."
