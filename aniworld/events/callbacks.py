"""Callbacks of a running operation: progress, errors, completion.

Every context carries the series' ``key`` (the identifier) and ``folder`` (for display only).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from aniworld.events.operations import OperationState, OperationType, ProgressPhase
from aniworld.web.texts import text_of
from providers.coded import Coded, CodedError

logger = logging.getLogger(__name__)


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ProgressContext:
    """How far an operation is. ``total`` is None while it is unknown; ``said`` is what it does."""

    operation: OperationType
    operation_id: str
    phase: ProgressPhase
    current: int
    total: int | None
    percent: float
    said: Coded | None = None
    key: str | None = None
    folder: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=_nothing)

    @property
    def message(self) -> str:
        return text_of(self.said)


@dataclass(frozen=True, slots=True)
class ErrorContext:
    """What went wrong, whether the operation goes on, and whether it will be tried again."""

    operation: OperationType
    operation_id: str
    error: Exception
    recoverable: bool
    retry_count: int = 0
    max_retries: int = 0
    key: str | None = None
    folder: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=_nothing)

    @property
    def message(self) -> str:
        return text_of(self.error) if isinstance(self.error, CodedError) else str(self.error)


@dataclass(frozen=True, slots=True)
class CompletionContext:
    """How an operation ended; ``said`` is why, where it failed."""

    operation: OperationType
    operation_id: str
    state: OperationState
    said: Coded | None = None
    result: Mapping[str, Any] = field(default_factory=_nothing)
    key: str | None = None
    folder: str | None = None

    @property
    def message(self) -> str:
        return text_of(self.said)

    @property
    def success(self) -> bool:
        return self.state is OperationState.COMPLETED


Context = TypeVar("Context")


class Listeners(Generic[Context]):
    """The callbacks of one kind, called in the order of registering."""

    def __init__(self) -> None:
        # Replaced, never changed: a callback may unregister itself while all are being called,
        # and another thread may register one.
        self._callbacks: tuple[Callable[[Context], object], ...] = ()

    def register(self, callback: Callable[[Context], object]) -> None:
        """Call ``callback`` from now on; registering it twice changes nothing."""
        if callback not in self._callbacks:
            self._callbacks = (*self._callbacks, callback)

    def unregister(self, callback: Callable[[Context], object]) -> None:
        """Stop calling ``callback``; one that was not registered is no error."""
        self._callbacks = tuple(known for known in self._callbacks if known != callback)

    def clear(self) -> None:
        self._callbacks = ()

    def __len__(self) -> int:
        return len(self._callbacks)

    def notify(self, context: Context) -> None:
        """Call every callback; one that raises is logged and stops nothing."""
        for callback in self._callbacks:
            try:
                callback(context)
            except Exception:
                logger.exception("callback failed callback=%r context=%r", callback, context)


class CallbackManager:
    """What a scan or a download tells those who asked."""

    def __init__(self) -> None:
        self.progress: Listeners[ProgressContext] = Listeners()
        self.errors: Listeners[ErrorContext] = Listeners()
        self.completion: Listeners[CompletionContext] = Listeners()

    def clear(self) -> None:
        """Forget every callback of every kind."""
        self.progress.clear()
        self.errors.clear()
        self.completion.clear()
