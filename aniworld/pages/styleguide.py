"""Tokens and components on one page, for whoever works on the pages; routed with DEBUG alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from aniworld.web.page import PageRequest, page
from aniworld.web.permissions import needs
from aniworld.web.rights import Right

_TOKEN = re.compile(r"^\s+--([\w-]+): (.+?);", re.MULTILINE)
TONES = ("ok", "warn", "danger")


@dataclass(frozen=True, slots=True)
class StyleGuide:
    """``tokens``: name and value of each, as the style sheet has them."""

    tokens: list[tuple[str, str]]

    @property
    def colours(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.tokens if value.startswith("light-dark(")]

    @property
    def measures(self) -> list[tuple[str, str]]:
        return [one for one in self.tokens if one not in self.colours]

    @property
    def tones(self) -> tuple[str, ...]:
        return TONES


@needs(Right.VIEW)
@require_safe
def styleguide(request: PageRequest) -> HttpResponse:
    """What pages are made of, in the theme that is chosen."""
    sheet = (settings.PROJECT_DIR / "static/css/tokens.css").read_text()
    return page(request, "styleguide.html", StyleGuide(_TOKEN.findall(sheet)))
