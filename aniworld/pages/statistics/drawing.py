"""Shapes of numbers, as text for SVG. A drawing is ten units wide for each of its steps and a
hundred high; it is stretched to where it stands, so no words are in it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

STEP, HIGH = 10, 100
BAR = 8  # of the ten
_NICE = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)


@dataclass(frozen=True, slots=True)
class Scale:
    """What the bottom and the top of a drawing stand for."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    def height(self, value: float) -> float:
        """How far above the bottom a value is."""
        return (value - self.low) / (self.high - self.low) * HIGH


def from_zero(values: Iterable[float]) -> Scale:
    """For bars, which are as long as what they stand for."""
    return Scale(0, 2 * _nice(max(values, default=0) / 2))


def around(values: Sequence[float]) -> Scale:
    """For lines: from zero, but where all values are near each other, around them."""
    least, most = min(values), max(values)
    if least < most / 2 or least == most:
        return from_zero(values)
    step = _nice((most - least) / 2)
    low = math.floor(least / step) * step
    while low + 2 * step < most:
        step = _nice(step * 1.1)
        low = math.floor(least / step) * step
    return Scale(low, low + 2 * step)


def bars(parts: Sequence[tuple[float, float]]) -> str:
    """The path of bars, one a step, of which each stands on ``bottom`` and is ``height`` high.

    Args:
        parts: (bottom, height) in the units of the drawing.
    """
    return "".join(
        f"M{at * STEP + 1} {_y(bottom)}v{-height:.1f}h{BAR}v{height:.1f}z"
        for at, (bottom, height) in enumerate(parts)
        if height
    )


def line(heights: Sequence[float], *, start: int) -> str:
    """The path through these heights, the first of which is that of the step ``start``."""
    points = (f"{_x(start + at)} {_y(height)}" for at, height in enumerate(heights))
    return "M" + "L".join(points)


def area(heights: Sequence[float], *, start: int) -> str:
    """What lies below that line."""
    end = _x(start + len(heights) - 1)
    return f"{line(heights, start=start)}L{end} {HIGH}L{_x(start)} {HIGH}z"


def _nice(number: float) -> float:
    """The next number that people count in: a whole one, as all that is counted is."""
    if number <= 1:
        return 1
    power = 10.0 ** math.floor(math.log10(number))
    nice = next(one * power for one in _NICE if one * power >= number * (1 - 1e-9))
    return math.ceil(nice)


def _x(step: int) -> int:
    return step * STEP + STEP // 2


def _y(height: float) -> str:
    return f"{HIGH - height:.1f}"
