"""In which order files are renamed: whoever has a name must have left it before another takes it.

No Django, no disk.
"""

from __future__ import annotations

from collections.abc import Sequence

from library.moving import folded
from library.renaming.plan import Move

Step = tuple[Move, ...]  # done together


def steps_of(moves: Sequence[Move]) -> list[Step]:
    """Each move alone where that can be; those whose names go round in a circle together."""
    holders = {folded(pair.old): at for at, move in enumerate(moves) for pair in move.pairs}
    waits: dict[int, set[int]] = {}  # for whom
    for at, move in enumerate(moves):
        before = {holders.get(folded(pair.new), at) for pair in move.pairs}
        waits[at] = before - {at}
    freed: dict[int, list[int]] = {at: [] for at in waits}
    for at, others in waits.items():
        for other in others:
            freed[other].append(at)
    ready = [at for at, others in waits.items() if not others]
    steps: list[Step] = []
    for at in ready:  # it grows
        steps.append((moves[at],))
        for waiting in freed[at]:
            waits[waiting].discard(at)
            if not waits[waiting]:
                ready.append(waiting)
    left = sorted(waits.keys() - set(ready))
    return [*steps, tuple(moves[at] for at in left)] if left else steps
