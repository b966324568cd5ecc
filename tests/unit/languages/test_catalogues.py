"""Every text there is exists in every language, and nothing that people read is no text."""

from __future__ import annotations

import gettext
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

from tests.unit.languages import sources
from tests.unit.languages.sources import CONTEXT

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
# What is filled in, and what a browser takes for markup.
_HOLES = re.compile(r"%\(\w+\)[sd]|%[sd]|%%|\{\w+\}|</?[a-z][^>]*>")


def folder(language: str) -> Path:
    return sources.ROOT / "locale" / language / "LC_MESSAGES"


@dataclass(frozen=True)
class Entry:
    """A text, its plural where it has one, and what both are in another language."""

    ids: tuple[str, ...]
    said: tuple[str, ...]


def entries(language: str) -> list[Entry]:
    with (folder(language) / "django.po").open("rb") as file:
        read = read_po(file, locale=language)
    return [
        Entry(_several(f"{m.context}{CONTEXT}{m.id}" if m.context else m.id), _several(m.string))
        for m in read
        if m.id and not m.fuzzy
    ]


def _several(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, list | tuple) else (str(text),)


def compiled(language: str) -> dict[object, str]:
    """What is used: the texts, those with a plural each with the number of their form."""
    with (folder(language) / "django.mo").open("rb") as file:
        found: dict[object, str] = vars(gettext.GNUTranslations(file))["_catalog"]
    return {key: text for key, text in found.items() if key}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there(language: str) -> None:
    known = compiled(language)
    missing = []
    for message, where in sources.messages().items():
        one = message if isinstance(message, str) else message[0]
        # A text that is counted in one place may be said without a number in another.
        counted = bool(known.get((one, 0)) and known.get((one, 1)))
        if not counted and not (isinstance(message, str) and known.get(message)):
            missing.append(f"{where}: {message}")
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_used_is_what_can_be_read(language: str) -> None:
    """``manage.py compilemessages`` was run after the last change."""
    said: dict[object, str] = {}
    for entry in entries(language):
        if len(entry.ids) == 1:
            said[entry.ids[0]] = entry.said[0]
        else:
            said |= {(entry.ids[0], number): text for number, text in enumerate(entry.said)}
    assert said == compiled(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_translation_has_the_holes_of_its_text(language: str) -> None:
    for entry in entries(language):
        one, more = (Counter(_HOLES.findall(ids)) for ids in (entry.ids[0], entry.ids[-1]))
        assert Counter(_HOLES.findall(entry.said[-1])) == more, entry.ids
        # Where there is one, its number may be left out, or be there.
        assert one & more <= Counter(_HOLES.findall(entry.said[0])) <= one | more, entry.ids


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_translated_that_is_said_nowhere(language: str) -> None:
    known = sources.messages()
    used = {one for said in known for one in ([said] if isinstance(said, str) else said)}
    assert [entry.ids[0] for entry in entries(language) if entry.ids[0] not in used] == []


def test_nothing_in_templates_is_in_one_language_alone() -> None:
    assert sources.unmarked_in_templates() == []


def test_nothing_in_forms_and_messages_is_in_one_language_alone() -> None:
    assert sources.unmarked_in_python() == []


def test_scripts_take_their_words_from_the_page() -> None:
    assert sources.sentences_in_scripts() == []


def test_what_is_not_marked_is_found() -> None:
    reader = sources._Words()
    reader.feed('<p>Hard words <code>no words</code></p><a title="More words">{}</a>')
    assert reader.found == ["Hard words", 'title="More words"']
    code = 'gettext(A.get("x", _("inner")))\nngettext("one", "more", 3)'
    assert set(sources._of_python(code)) == {("one", "more"), "inner"}
    assert list(sources._of_python('pgettext_lazy("of it", "text")')) == ["of it\x04text"]
    said = "{% translate 'text' context 'of it' %}"
    assert list(sources._of_template(said)) == ["of it\x04text"]
    page = (
        "{% translate 'a b' %}{% blocktranslate count n=1 %}c{% plural %}d{% endblocktranslate %}"
    )
    assert list(sources._of_template(page)) == ["a b", ("c", "d")]
