"""What is being done, for every log line that is written meanwhile: ids of request, operation,
item and series."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

NAMES = ("request", "operation", "item", "series")
_about: ContextVar[Mapping[str, str]] = ContextVar("about")  # no default: nothing to share


@contextmanager
def about(**ids: object) -> Iterator[None]:
    """Log lines inside carry these ids, beside those from around. ``ids``: of ``NAMES``."""
    token = _about.set({**current(), **{name: str(value) for name, value in ids.items()}})
    try:
        yield
    finally:
        _about.reset(token)


def current() -> Mapping[str, str]:
    """The ids that hold here, in the order of ``NAMES``."""
    known = _about.get({})
    return {name: known[name] for name in NAMES if name in known}
