"""The speed of the last minutes as a line: the server draws it, the page's script carries it on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from aniworld.web import display
from downloads.speeds import EVERY, KILOBYTE, MOST

WIDTH, HEIGHT = 240, 40  # of the drawing; the page scales it


@dataclass(frozen=True, slots=True)
class Graph:
    """``points`` are KB a second, the oldest first."""

    points: list[int]

    @classmethod
    def of(cls, speeds: Mapping[str, Any] | None) -> Self | None:
        """None where there is no line to draw yet."""
        points = list(speeds["points"])[-MOST:] if speeds else []
        return cls(points) if len(points) > 1 else None

    @property
    def line(self) -> str:
        """For a polyline. The newest point is at the right edge, the fastest one at the top."""
        step, most = WIDTH / (MOST - 1), max(*self.points, 1)
        first = MOST - len(self.points)
        drawn = (
            f"{(first + place) * step:.1f},{HEIGHT - 1 - (HEIGHT - 2) * speed / most:.1f}"
            for place, speed in enumerate(self.points)
        )
        return " ".join(drawn)

    @property
    def kept(self) -> str:
        """For the script that carries the line on."""
        return " ".join(map(str, self.points))

    @property
    def fastest(self) -> str:
        return display.speed(max(self.points) * KILOBYTE)

    @property
    def minutes(self) -> int:
        """What the whole width stands for."""
        return int(MOST * EVERY.total_seconds() // 60)
