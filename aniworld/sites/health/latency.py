"""How long answers take, counted in steps: that adds up over processes and over time."""

from __future__ import annotations

import bisect
import math
from collections.abc import Mapping

# Seconds: an answer counts for the first step that is not shorter than it.
STEPS = (
    *(0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0),
    *(5.0, 8.0, 13.0, 20.0, 30.0, 60.0, math.inf),
)


def step_of(seconds: float) -> int:
    """The step that an answer counts for."""
    return min(bisect.bisect_left(STEPS, seconds), len(STEPS) - 1)


def percentile(counts: Mapping[int, int], share: float) -> float | None:
    """Seconds within which a share of the answers came, rounded up to a step; None of no answer.

    Args:
        counts: answers by step.
        share: 0.5 for the median.
    """
    total = sum(counts.values())
    seen = 0
    for step in sorted(counts):
        seen += counts[step]
        if seen >= share * total and seen:
            return STEPS[step] if math.isfinite(STEPS[step]) else STEPS[step - 1]
    return None
