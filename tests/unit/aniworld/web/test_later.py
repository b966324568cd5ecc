"""What is registered when somebody asks for it."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

from aniworld.web.later import Later


def test_a_module_registers_once_and_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("a_room_of_a_test")
    calls: list[str] = []
    module.register = lambda: calls.append("registered")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    later = Later()
    later.add(module.__name__)
    assert calls == []
    later.load()
    later.load()
    assert calls == ["registered"]


def test_a_module_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    later = Later()
    later.add("no_such_room_of_a_test")
    for _ in range(2):
        with pytest.raises(ModuleNotFoundError):
            later.load()


def test_setting_up_loads_no_services() -> None:
    """A command that needs no database must not pay for the library and the queue."""
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'aniworld.settings';"
        "import django; django.setup();"
        "print([m for m in sys.modules if m.endswith(('.services', '.undoing', '.snapshots'))"
        " and m.partition('.')[0] in ('library', 'downloads')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
