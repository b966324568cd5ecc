"""What templates say about modules."""

from __future__ import annotations

import json

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from aniworld.web.assets.storage import MODULE, assets

register = template.Library()


@register.simple_tag
def import_map() -> SafeString:
    """Names of modules → addresses, as JSON for the one inline script."""
    text = json.dumps({"imports": assets().addresses_of_modules()})
    return mark_safe(text.replace("<", "\\u003c"))  # noqa: S308 - our own names, and no tag in them


@register.simple_tag
def preload_modules() -> SafeString:
    """A link that lets the browser fetch what pages import before it has read who imports it."""
    if settings.DEBUG:
        return SafeString("")
    return format_html('<link rel="modulepreload" href="{}">', assets().url(MODULE))
