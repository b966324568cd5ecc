"""What a browser says of itself, in the few words that tell an owner's devices apart."""

from __future__ import annotations

import re
from typing import Final

# The first that fits: most browsers also say that they are others.
_BROWSERS: Final = (
    ("Edge", r"\bEdg(?:e|A|iOS)?/(\d+)"),
    ("Opera", r"\bOPR/(\d+)"),
    ("Samsung Internet", r"\bSamsungBrowser/(\d+)"),
    ("Firefox", r"\b(?:Firefox|FxiOS)/(\d+)"),
    ("Chrome", r"\b(?:Chrome|CriOS|Chromium)/(\d+)"),
    ("Safari", r"\bVersion/(\d+)[\d.]* (?:Mobile/\w+ )?Safari/"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("macOS", "Macintosh"),
    ("ChromeOS", "CrOS"),
    ("Linux", "Linux|X11"),
)
_PROGRAM: Final = re.compile(r"([A-Za-z][\w.-]{0,40})(?:/([\d.]{1,20}))?")


def device_name(user_agent: str) -> str:
    """``Firefox 140 · Linux``, ``curl 8.5.0``; empty where nothing is said."""
    for browser, pattern in _BROWSERS:
        if found := re.search(pattern, user_agent):
            system = next((name for name, sign in _SYSTEMS if re.search(sign, user_agent)), "")
            return " · ".join(filter(None, (f"{browser} {found[1]}", system)))
    program = _PROGRAM.match(user_agent)
    return " ".join(filter(None, program.groups())) if program else ""
