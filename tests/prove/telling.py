"""A process of the installation in which episodes arrive: their events are published as the worker
does it, without its minutes. ``python -m tests.prove.telling FIRST COUNT [SECONDS-BETWEEN]``"""

# ruff: noqa: E402 (the apps must be ready before what follows imports their models)

from __future__ import annotations

import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aniworld.settings")
django.setup()

from tests.unit.aniworld.system.notifications.happening import arrived


def main(first: int, count: int, between: float = 0.0) -> None:
    for number in range(first, first + count):
        arrived(number)
        time.sleep(between)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *(float(one) for one in sys.argv[3:]))
