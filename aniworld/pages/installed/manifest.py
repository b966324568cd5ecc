"""What a browser installs (W3C Web Application Manifest)."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext

# Of the tokens in static/css/tokens.css, which a test holds them to: the page in its dark theme.
THEME = BACKGROUND = "#18191b"
ICONS = (
    ("img/logo.svg", "any", "image/svg+xml", "any"),
    ("img/app-192.png", "192x192", "image/png", "any"),
    ("img/app-512.png", "512x512", "image/png", "any"),
    ("img/app-maskable-512.png", "512x512", "image/png", "maskable"),
)


def manifest() -> dict[str, Any]:
    """In the language that is on; every address is below the path of the product."""
    home = reverse("library")
    return {
        "id": home,
        "start_url": home,
        "scope": home,
        "name": "Aniworld",
        "short_name": "Aniworld",
        "description": gettext(
            "Your anime library: what is there, what is missing, and what is on its way."
        ),
        "lang": get_language() or "en",
        "dir": "ltr",
        "display": "standalone",
        "theme_color": THEME,
        "background_color": BACKGROUND,
        "categories": ["entertainment", "utilities"],
        "icons": [
            {"src": static(name), "sizes": sizes, "type": kind, "purpose": purpose}
            for name, sizes, kind, purpose in ICONS
        ],
        "shortcuts": [
            {"name": gettext("Queue"), "url": reverse("queue")},
            {"name": gettext("Missing"), "url": reverse("missing")},
            {"name": gettext("Notifications"), "url": reverse("inbox")},
        ],
    }
