"""What the service worker keeps: the page for when there is no server, and what it looks like.

Nothing else is ever kept: no page with data, no answer of the API, nothing of whoever is logged in.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language

OFFLINE = "installed/offline.html"
WORKER = "installed/service-worker.js"
_SHOWN_BY = ("css/main.css", "js/theme.js", "js/offline.js", "img/logo.svg", "fonts/icons.woff")


@dataclass(frozen=True, slots=True)
class OfflinePage:
    """``home``: what is tried again. ``alive``: what is asked whether the server is there."""

    home: str
    alive: str


def offline() -> str:
    """The page, in the language that is on."""
    page = OfflinePage(home=reverse("library"), alive=reverse("ping"))
    return render_to_string(OFFLINE, {"page": page, "language": get_language() or "en"})


def worker() -> str:
    """The service worker. Another language, style sheet or text makes another one, which takes the
    place of the one before and of what that has kept."""
    facts = {
        "root": reverse("library"),
        "offline": reverse("offline"),
        "shown": [static(name) for name in _SHOWN_BY],
        "icon": static("img/app-192.png"),
        "badge": static("img/badge-96.png"),
    }
    told = json.dumps(facts, sort_keys=True)
    version = hashlib.sha256((told + offline()).encode()).hexdigest()[:16]
    shell = json.dumps({**facts, "version": version}).replace("<", "\\u003c")
    return render_to_string(WORKER, {"shell": shell})
