"""What can be done about an error, by its code: one list for pages, API and documentation.

Every room registers the advice of its codes in ``AppConfig.ready()``, as it does their texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from providers.coded import Coded, CodedError, text_key

_advice: dict[str, str] = {}
_errors: set[type[CodedError]] = set()


@dataclass(frozen=True, slots=True)
class Explained:
    """An error as the list of all has it.

    Attributes:
        why: which of the sentences of its code; empty where there is but one.
        text: the sentence, with its facts in braces.
        advice: what can be done about it.
    """

    code: str
    why: str
    text: str
    advice: str


def register(advice: Mapping[str, str], *errors: type[CodedError]) -> None:
    """Say what can be done. Called in ``AppConfig.ready()``.

    Args:
        errors: whose sentences, and of all below them, the list of all tells.
        advice: by code, or by ``providers.coded.text_key`` where one of a code's sentences needs
            its own. English, and marked for translation where it stands.
    """
    _advice.update(advice)
    _errors.update(errors)


def advice_of(said: Coded | None) -> str:
    """What can be done about an error; empty where nobody has said anything of it."""
    if said is None:
        return ""
    known = _advice.get(text_key(said["code"], said["params"])) or _advice.get(said["code"])
    return gettext(known) if known else ""


def explained() -> Iterator[Explained]:
    """Every error that has an advice, with each of its sentences, by code."""
    texts = {key: text for kind in _errors for key, text in kind.all_texts().items()}
    for key, sentence in sorted(texts.items()):
        code, _, why = key.partition(".")
        params = {"why": why} if why else {}
        if advice := advice_of({"code": code, "params": params}):
            yield Explained(code, why, gettext(sentence), advice)
