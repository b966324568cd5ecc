"""Names from disk on pages. For people only: what a form sends back stays the stored form."""

from __future__ import annotations

from django import template

from aniworld.web import display
from library.naming.paths import is_utf8, to_shown

register = template.Library()
register.filter("language", display.language)

register.filter("shown_name", to_shown)
register.filter("is_utf8", is_utf8)
