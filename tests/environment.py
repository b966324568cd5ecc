"""The environment of a test run: a data directory of its own, loopback allowed, bytecode kept.

Loaded by ``-p`` in pyproject.toml: pytest-django reads the settings before any conftest.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

# Hundreds of processes are started, each of which would compile the product anew.
os.environ["PYTHONDONTWRITEBYTECODE"] = ""
sys.dont_write_bytecode = False
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="aniworld-tests-")
# Made ready once for all processes of all runs, for as long as their sources stay the same.
os.environ["STATIC_DIR"] = str(Path(__file__).resolve().parent.parent / ".pytest_cache" / "static")
os.environ["ALLOW_PRIVATE_HOSTS"] = "127.0.0.0/8,::1/128"
for name in ("ANIME_DIRECTORY", "SECRET_KEY", "JWT_SECRET_KEY", "BASE_PATH"):
    os.environ.pop(name, None)
