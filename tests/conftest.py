"""What every test needs: settings of its own, loopback only."""

from __future__ import annotations

import os
import tempfile

# Before Django reads its settings: a data directory that belongs to this test run alone.
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="aniworld-tests-")
os.environ["ALLOW_PRIVATE_HOSTS"] = "127.0.0.0/8,::1/128"
for name in ("ANIME_DIRECTORY", "SECRET_KEY", "JWT_SECRET_KEY", "BASE_PATH"):
    os.environ.pop(name, None)
