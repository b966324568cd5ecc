"""JSON of strangers, refused before it is read where that would take more memory than is right.

The memory that JSON takes follows the number of its values: one of two characters is a hundred
bytes once it is read.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, NoReturn

MOST_VALUES = 600_000  # the files of the largest items of an archive are a tenth of that


class NotJson(ValueError):
    """It is no JSON. ``line`` and ``column`` count from 1; ``reason`` is what the parser says."""

    def __init__(self, reason: str, line: int = 1, column: int = 1) -> None:
        super().__init__(reason)
        self.reason, self.line, self.column = reason, line, column


class TooMuchJson(ValueError):
    """It has more values, or they lie deeper, than anything that is read."""


class Object(dict[str, Any]):
    """A JSON object of which names stand twice in the text: the last value of each counts."""

    twice: tuple[str, ...] = ()


def read_json(text: str) -> Any:
    """The value of a JSON text. Objects with a name that stands twice are :class:`Object`.

    Raises:
        NotJson: it is none; ``NaN`` and ``Infinity`` are no numbers of JSON.
        TooMuchJson: it has too many values, or they lie too deep.
    """
    if text.count(",") + text.count("[") + text.count("{") > MOST_VALUES:
        raise TooMuchJson
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except NotJson:
        raise
    except json.JSONDecodeError as error:
        raise NotJson(error.msg, error.lineno, error.colno) from error
    except RecursionError as error:
        raise TooMuchJson from error
    except ValueError as error:  # a number of thousands of digits
        raise NotJson("a number is too long") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    marked = Object(found)
    marked.twice = tuple(
        name for name, times in Counter(name for name, _ in pairs).items() if times > 1
    )
    return marked


def _no_constant(word: str) -> NoReturn:
    raise NotJson(f"{word} is no number")
