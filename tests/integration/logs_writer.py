"""Writes numbered lines into the log files, as a process of the product does.

Arguments: the writer's name, how many lines, of how many characters, the bytes of a file.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aniworld.settings")


def main() -> None:
    from django.conf import settings

    name, lines, length, most = sys.argv[1], *map(int, sys.argv[2:5])
    handlers: Any = settings.LOGGING["handlers"]
    for handler in handlers.values():
        if "filename" in handler:
            handler |= {"most_bytes": most, "kept": 1000}
    handlers["stderr"]["level"] = "CRITICAL"
    import django

    django.setup()
    log = logging.getLogger("downloads.writer")
    filling = "x" * length
    for number in range(lines):
        log.warning("writer=%s number=%s %s end", name, number, filling)


if __name__ == "__main__":
    main()
