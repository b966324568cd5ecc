"""A process that stands for a running worker: it has read the configuration, and is asked again and
again what the code of the worker makes of it now. A line in, a line of JSON out."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aniworld.settings")
django.setup()

from aniworld.config import store  # noqa: E402 - Django has to be there first
from aniworld.config.codec import plain  # noqa: E402
from aniworld.config.progress import limits  # noqa: E402
from aniworld.sites import configured, pace  # noqa: E402
from library.services.roots import root_paths  # noqa: E402

SITE = "aniworld"


def seen() -> dict[str, Any]:
    """The settings by name, and what is made of some of them."""
    config = store.load()
    told = limits()
    return {
        "values": plain(config),
        "made": {
            "library.directories": list(root_paths()),
            "providers.sites": configured.site_names(),
            "requests_per_second": pace.interval(SITE),
            "downloads.progress_per_second": told.per_second,
            "downloads.progress_min_percent": told.min_percent,
            "advanced.progress_history": told.kept,
        },
    }


def main() -> None:
    for _ in sys.stdin:
        sys.stdout.write(json.dumps(seen()) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
