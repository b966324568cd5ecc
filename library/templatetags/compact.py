"""``{% compact %}``: what comes by the hundred, without the spaces that only its template needs."""

from __future__ import annotations

import re

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_SPACES = re.compile(r"\s+")


class _Compact(Node):
    def __init__(self, inside: NodeList) -> None:
        self.nodelist = inside

    def render(self, context: Context) -> SafeString:
        # Nothing is added: what was escaped stays so.
        return mark_safe(_SPACES.sub(" ", self.nodelist.render(context)))  # noqa: S308 - see above


@register.tag
def compact(parser: Parser, _token: Token) -> _Compact:
    """Runs of spaces and ends of lines inside are one space each. Not for ``pre`` and
    ``textarea``, whose spaces are read."""
    inside = parser.parse(("endcompact",))
    parser.delete_first_token()
    return _Compact(inside)
