"""The owner's wish: start, stop, pause, resume. The worker follows it; nothing here waits."""

from __future__ import annotations

from django.db import transaction

from aniworld.config import store
from aniworld.journal.services import record
from downloads import events
from downloads.choices import PauseCode
from downloads.entries import QUEUE, QueueAction
from downloads.errors import InvalidRequest
from downloads.models import QueueState
from downloads.snapshots import QueueStatus, status
from providers.coded import Coded


def start(*, limit: int | None = None) -> QueueStatus:
    """Let the worker go on until nothing is pending, or for the next ``limit`` items.

    Clears a pause. Starting again while running only sets the limit.

    Raises:
        InvalidRequest: ``limit`` is below 1.
        ConfigError: the configuration cannot be read, so no worker could take anything.
    """
    store.load()
    if limit is not None and limit < 1:
        raise InvalidRequest(why="limit")
    with transaction.atomic():
        set_running(QueueState.locked(), limit=limit)
        return status()


def set_running(state: QueueState, *, limit: int | None, reason: Coded | None = None) -> None:
    """The part of :func:`start` for callers that hold the lock."""
    if state.is_running and not state.is_paused and state.remaining == limit:
        return
    record(QueueAction.STARTED, on=QUEUE, after={"limit": limit}, reason=reason)
    state.is_running = True
    state.is_paused = False
    state.pause_code = PauseCode.NONE
    state.pause_reason = None
    state.remaining = limit
    save(state)
    events.queue_controlled(events.QueueStarted)


def stop() -> QueueStatus:
    """Start nothing new; the active item finishes."""
    with transaction.atomic():
        state = QueueState.locked()
        if state.is_running:
            set_stopped(state)
        return status()


def set_stopped(state: QueueState, reason: Coded | None = None) -> None:
    """The part of :func:`stop` for callers that hold the lock."""
    record(QueueAction.STOPPED, on=QUEUE, reason=reason)
    state.is_running = False
    state.remaining = None
    save(state)
    events.queue_controlled(events.QueueStopped)


def pause() -> QueueStatus:
    """Start nothing new until :func:`resume`; the active item finishes."""
    with transaction.atomic():
        set_paused(QueueState.locked(), PauseCode.OWNER, None)
        return status()


def set_paused(state: QueueState, code: PauseCode, reason: Coded | None) -> None:
    """Pause for the owner, or by itself; the caller holds the lock.

    Args:
        reason: what the queue has paused itself for.
    """
    before = (state.is_paused, state.pause_code, state.pause_reason)
    state.is_paused = True
    state.pause_code = code
    state.pause_reason = reason
    if before == (True, code, state.pause_reason):
        return
    record(QueueAction.PAUSED, on=QUEUE, after={"pause": code.value}, reason=reason)
    save(state)
    events.queue_controlled(events.QueuePaused)


def resume() -> QueueStatus:
    """End a pause, the owner's or the queue's own."""
    with transaction.atomic():
        state = QueueState.locked()
        if state.is_paused:
            record(QueueAction.RESUMED, on=QUEUE)
            state.is_paused = False
            state.pause_code = PauseCode.NONE
            state.pause_reason = None
            save(state)
            events.queue_controlled(events.QueueResumed)
        return status()


def save(state: QueueState) -> None:
    """Write the owner's part of the row; lease and heartbeat are the worker's."""
    paused = ("is_paused", "pause_code", "pause_reason_code", "pause_reason_params")
    state.save(update_fields=["is_running", *paused, "remaining"])
