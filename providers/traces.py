"""Which pages an answer was read from, so that it need not be read again while they are the same.

While a trace is kept, the client notes each page on it. Asking for the same pages again, in the
same order, tells whether the answer still holds.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Self

from providers.cache import PageKey
from providers.wire import Answer, Request

MISSING = ""  # in place of a digest: there was no such page
MOST_STEPS = 1_000  # of one answer: a series of so many pages is read anew


@dataclass(frozen=True, slots=True)
class Step:
    """One page as it was asked for. ``digest`` is that of its text, or ``MISSING``."""

    url: str
    headers: tuple[tuple[str, str], ...]
    ttl: float
    lasting: bool
    digest: str

    @classmethod
    def of(cls, asked: Request, ttl: float, digest: str, *, lasting: bool) -> Self:
        return cls(asked.url, tuple(asked.headers.items()), ttl, lasting, digest)

    @property
    def is_missing(self) -> bool:
        return self.digest == MISSING


@dataclass(slots=True)
class Trace:
    """The pages of one answer. One that ``repeats`` follows from them alone."""

    steps: list[Step] = field(default_factory=list)
    repeats: bool = True
    # What the site sent when it was asked whether a page is the same: it is not asked again.
    ahead: dict[PageKey, Answer] = field(default_factory=dict)

    def note(self, step: Step) -> None:
        self.steps.append(step)
        self.repeats = self.repeats and step.ttl > 0 and len(self.steps) <= MOST_STEPS


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current() -> Trace | None:
    """The trace that is kept; None where nobody wants one."""
    return _current.get()


def spoil() -> None:
    """Note that something else than pages was asked for: no page tells whether it is the same."""
    if (trace := _current.get()) is not None:
        trace.repeats = False


@contextlib.contextmanager
def kept(trace: Trace) -> Iterator[None]:
    """Keep this trace of what is asked for inside."""
    token = _current.set(trace)
    try:
        yield
    finally:
        _current.reset(token)


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
