"""Paths into JSON: ``data.items.*``, ``episodes[0].title``, ``"a.b".c``.

A name takes a member, ``[2]`` an entry (``[-1]`` the last), ``*`` every entry or member. The empty
path is where one stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from providers.sites.described.budget import Budget
from providers.sites.described.faults import Unreadable

LONGEST = 300  # characters
_TOKEN = re.compile(r'\.?(?:(\*)|\[(-?[0-9]{1,6})\]|"([^"]{1,100})"|([^\s."*\[\]]{1,100}))')


@dataclass(frozen=True, slots=True)
class JsonNode:
    """A value, and the name or the place it stands under."""

    value: Any
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Every:
    pass


_EVERY = _Every()


class JsonPath:
    """A path that has been read."""

    def __init__(self, text: str) -> None:
        """Raises ``Unreadable``."""
        self.text = text
        self._tokens = _tokens(text)

    def select(self, node: JsonNode, budget: Budget) -> Iterator[JsonNode]:
        """Each value that the path leads to, in the order of the document."""
        found = [node]
        for token in self._tokens:
            found = [below for one in found for below in _step(one, token, budget)]
        return iter(found)


def _tokens(text: str) -> tuple[str | int | _Every, ...]:
    if len(text) > LONGEST:
        raise Unreadable("long", most=LONGEST)
    tokens: list[str | int | _Every] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        is_joined = (match is not None and (at == 0) != (text[at] in ".")) or text[at] == "["
        if match is None or not is_joined:
            raise Unreadable("path", piece=text[at : at + 20])
        every, index, quoted, name = match.groups()
        tokens.append(_EVERY if every else int(index) if index else quoted or name)
        at = match.end()
    return tuple(tokens)


def _step(node: JsonNode, token: str | int | _Every, budget: Budget) -> Iterator[JsonNode]:
    value = node.value
    budget.spend(1)
    if isinstance(token, _Every):
        listed = dict(enumerate(value)) if isinstance(value, list) else value
        for name, below in listed.items() if isinstance(listed, dict) else ():
            budget.spend(1)
            yield JsonNode(below, str(name))
    elif isinstance(token, int):
        if isinstance(value, list) and -len(value) <= token < len(value):
            yield JsonNode(value[token], str(token))
    elif isinstance(value, dict) and token in value:
        yield JsonNode(value[token], token)
