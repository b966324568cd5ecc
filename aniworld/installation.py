"""Where this installation lies: a checkout with ``manage.py`` beside the rooms, or a wheel.

A wheel holds what lies at a checkout's top in ``aniworld/shipped`` (``pyproject.toml``): templates,
static files, translations and ``manage.py``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parent.parent  # what ``import`` finds the rooms in
_PACKED = Path(__file__).resolve().parent / "shipped"
IS_CHECKOUT = not _PACKED.is_dir()
SHIPPED = PROJECT_DIR if IS_CHECKOUT else _PACKED

# Begins a command of Django's in a process of its own.
MANAGE = (sys.executable, str(SHIPPED / "manage.py"))


def data_dir() -> Path:
    """Where data is kept when ``DATA_DIR`` does not say."""
    return PROJECT_DIR / "data" if IS_CHECKOUT else _base("XDG_DATA_HOME", "~/.local/share")


def env_file() -> Path:
    """The file of variables that is read where there is one."""
    return PROJECT_DIR / ".env" if IS_CHECKOUT else _base("XDG_CONFIG_HOME", "~/.config") / ".env"


def _base(variable: str, usual: str) -> Path:
    """Our folder among the user's. A path that is not absolute does not count there.

    Source: XDG Base Directory Specification 0.8.
    """
    named = os.environ.get(variable, "")
    return (Path(named) if named.startswith("/") else Path(usual).expanduser()) / "aniworld"
