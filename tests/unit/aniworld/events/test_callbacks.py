"""Callbacks: registered, unregistered, cleared, and harmless when they raise."""

from __future__ import annotations

import logging
from dataclasses import FrozenInstanceError

import pytest

from aniworld.events.callbacks import (
    CallbackManager,
    CompletionContext,
    ErrorContext,
    ProgressContext,
)
from aniworld.events.operations import OperationState, OperationType, ProgressPhase

PROGRESS = ProgressContext(
    operation=OperationType.SCAN,
    operation_id="1",
    phase=ProgressPhase.IN_PROGRESS,
    current=1,
    total=4,
    percent=25.0,
    key="attack-on-titan",
    folder="Attack on Titan (2013)",
)


def test_each_kind_reaches_its_own_callbacks_in_order() -> None:
    manager = CallbackManager()
    heard: list[object] = []
    manager.progress.register(lambda context: heard.append(("first", context)))
    manager.progress.register(lambda context: heard.append(("second", context)))
    manager.errors.register(lambda context: heard.append(context.recoverable))
    manager.completion.register(lambda context: heard.append(context.success))

    manager.progress.notify(PROGRESS)
    manager.errors.notify(
        ErrorContext(
            operation=OperationType.DOWNLOAD,
            operation_id="2",
            error=TimeoutError("too slow"),
            recoverable=True,
            retry_count=1,
            max_retries=3,
        )
    )
    manager.completion.notify(
        CompletionContext(
            operation=OperationType.DOWNLOAD, operation_id="2", state=OperationState.FAILED
        )
    )

    assert heard == [("first", PROGRESS), ("second", PROGRESS), True, False]


def test_a_callback_that_raises_is_logged_and_stops_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    manager = CallbackManager()
    heard: list[ProgressContext] = []

    def broken(context: ProgressContext) -> None:
        raise ValueError("broken callback")

    manager.progress.register(broken)
    manager.progress.register(heard.append)
    with caplog.at_level(logging.ERROR):
        manager.progress.notify(PROGRESS)

    assert heard == [PROGRESS]
    assert "broken callback" in caplog.text
    assert "attack-on-titan" in caplog.text


def test_unregistered_and_cleared_callbacks_are_silent() -> None:
    manager = CallbackManager()
    heard: list[ProgressContext] = []
    manager.progress.register(heard.append)
    manager.progress.register(heard.append)
    assert len(manager.progress) == 1

    manager.progress.unregister(heard.append)
    manager.progress.unregister(heard.append)
    manager.progress.notify(PROGRESS)
    assert heard == []

    manager.progress.register(heard.append)
    manager.clear()
    manager.progress.notify(PROGRESS)
    assert heard == []


def test_a_callback_may_unregister_itself() -> None:
    manager = CallbackManager()
    heard: list[str] = []

    def once(context: ProgressContext) -> None:
        heard.append("once")
        manager.progress.unregister(once)

    manager.progress.register(once)
    manager.progress.register(lambda context: heard.append(context.operation))
    manager.progress.notify(PROGRESS)
    manager.progress.notify(PROGRESS)

    assert heard == ["once", OperationType.SCAN, OperationType.SCAN]


def test_contexts_are_frozen_and_know_key_and_folder() -> None:
    assert (PROGRESS.key, PROGRESS.folder) == ("attack-on-titan", "Attack on Titan (2013)")
    with pytest.raises(FrozenInstanceError):
        PROGRESS.current = 2  # type: ignore[misc]
    with pytest.raises(TypeError):
        PROGRESS.metadata["late"] = 1  # type: ignore[index]
