"""Names from disk, and of sites, as pages show them. For people only: what a form sends back stays
as it is stored."""

from __future__ import annotations

from django import template

from aniworld.sites import configured
from aniworld.web import display
from library.naming.paths import is_utf8, to_shown

register = template.Library()


@register.filter
def site_label(name: str) -> str:
    """What a site is called; its name where there is none of it, or no configuration to be read."""
    return configured.labels_if_readable().get(name, name)


register.filter("language", display.language)

register.filter("shown_name", to_shown)
register.filter("is_utf8", is_utf8)
