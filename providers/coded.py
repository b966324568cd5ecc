"""Errors as a code with parameters: what is stored and sent, whatever language it is read in.

The English sentence stands beside the code, as a template. Whoever shows an error to a person looks
the template up by its code and puts it into the reader's language there; here it only serves logs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

WHY = "why"
AS_TOLD = "as_told"  # the sentence itself, of rows from before there were codes


def text_key(code: str, params: Mapping[str, Any]) -> str:
    """The key of a text: the code, and which of its sentences where it has several."""
    why = params.get(WHY)
    return f"{code}.{why}" if why else code


class CodedError(Exception):
    """Base of the errors that are told to people.

    ``code`` is stable and says what kind of error it is. ``texts`` are its English sentences, with
    the parameters in braces: by the parameter ``why``, or under "" where there is but one. The
    parameters are plain JSON values.
    """

    code: ClassVar[str] = "error"
    texts: ClassVar[Mapping[str, str]] = {}

    def __init__(self, **params: Any) -> None:
        self.params = params
        texts = {AS_TOLD: "{text}", **self.texts}
        super().__init__(texts[params.get(WHY, "")].format_map(params))

    @classmethod
    def all_texts(cls) -> dict[str, str]:
        """The sentences of this class and of those below it, by their keys."""
        found = {text_key(cls.code, {WHY: why}): text for why, text in cls.texts.items()}
        for below in cls.__subclasses__():
            found |= below.all_texts()
        return found
