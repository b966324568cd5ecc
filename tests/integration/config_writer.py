"""One process that raises one setting by one, over and over, and says so when it is written.

Arguments: the setting's name in the section of downloads. Begins with what the file has.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aniworld.settings")
django.setup()

from aniworld.config import store  # noqa: E402 - Django has to be there first


def main(name: str) -> None:
    """Raise until killed."""

    def raise_it(data: dict[str, Any]) -> None:
        data["downloads"][name] += 1

    while True:
        number = getattr(store.update(raise_it).downloads, name)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
