"""What was passed over in a whole root, out of what is remembered of each directory."""

from __future__ import annotations

import json
from functools import lru_cache

from library.models import LibraryRoot
from library.models.files import StoredPassed
from library.scanner.rows import passed_over
from providers.coded import coded

FIRST = 5  # so many are named


def passed_in(root: LibraryRoot) -> list[StoredPassed]:
    """Add up what was passed over, by reason."""
    counts: dict[str, int] = {}
    first: dict[str, list[str]] = {}
    for directory, told in passed_over(root.pk):
        for reason, (number, name) in _read(told).items():
            counts[reason] = counts.get(reason, 0) + number
            named = first.setdefault(reason, [])
            if len(named) < FIRST:
                named.append(f"{directory}/{name}" if directory else name)
    return [
        {"reason": coded(reason, count=count), "first": first[reason]}
        for reason, count in sorted(counts.items())
    ]


@lru_cache(maxsize=1000)  # most directories of a library have the same beside their episodes
def _read(told: str) -> dict[str, tuple[int, str]]:
    return {reason: (number, name) for reason, (number, name) in json.loads(told).items()}
