"""What became of each request of a described site, for whoever writes its definition."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from providers.errors import ProviderError, TrialEnded

MOST_REQUESTS = 25
MOST_SECONDS = 60.0
MOST_PAGES, MOST_SEASONS = 2, 2  # a trial looks into; the others are read as these are
MOST_SAMPLES = 3
LONGEST_SAMPLE = 200  # characters


@dataclass(slots=True)
class Asked:
    """One request.

    Attributes:
        seconds: until the answer was there, with the wait for its turn.
        found: how many rows the selector found.
        rows: how many of those count.
        lacking: how many lacked a field that each must have, by what was looked for.
        samples: the fields of the first rows that count.
    """

    step: str
    method: str
    address: str
    status: int | None = None
    seconds: float = 0.0
    found: int = 0
    rows: int = 0
    lacking: Counter[str] = field(default_factory=Counter)
    samples: list[dict[str, str]] = field(default_factory=list)
    error: ProviderError | None = None

    def note_row(self, values: dict[str, list[str]]) -> None:
        """Note one that counts."""
        self.rows += 1
        if len(self.samples) < MOST_SAMPLES:
            told = {name: ", ".join(found)[:LONGEST_SAMPLE] for name, found in values.items()}
            self.samples.append(told)


@dataclass(slots=True)
class Trace:
    """All requests of a trial, in their order. Somebody waits for it: it comes to an end."""

    requests: list[Asked] = field(default_factory=list)
    clock: Callable[[], float] = time.monotonic
    began: float | None = None

    def begin(self, asked: Asked) -> None:
        """Note a request that is about to be sent.

        Raises:
            TrialEnded: there were as many, or it has taken as long, as a trial may.
        """
        now = self.clock()
        self.began = now if self.began is None else self.began
        if len(self.requests) >= MOST_REQUESTS or now - self.began > MOST_SECONDS:
            raise TrialEnded(requests=MOST_REQUESTS, seconds=round(MOST_SECONDS))
        self.requests.append(asked)
