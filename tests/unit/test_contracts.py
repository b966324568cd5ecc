"""The import contracts catch what is planted against them in a copy of the code."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = ("accounts", "aniworld", "downloads", "library", "providers")
# Where, what is imported there, and which contract must say so.
PLANTED = (
    ("library/services/roots.py", "downloads.models", "The house: imports go down only"),
    ("aniworld/events/publish.py", "library.models", "The house: imports go down only"),
    ("aniworld/web/ids.py", "aniworld.console.logs", "The house: imports go down only"),
    ("downloads/services/items.py", "aniworld.system.health", "The house: imports go down only"),
    ("providers/wire.py", "django.conf", "providers are plain Python"),
    ("providers/cache.py", "aniworld.config.store", "providers are plain Python"),
    (
        "aniworld/system/notifications/wire/webhook.py",
        "django.conf",
        "what sends a message knows no Django",
    ),
    ("aniworld/rhythm/words.py", "django.utils.timezone", "rhythms know no Django"),
    ("aniworld/config/checks.py", "aniworld.system.schedule.jobs", "The house: imports go down"),
    ("library/names/words.py", "django.utils.timezone", "the transfer engine and the name reader"),
    ("library/naming/layout.py", "aniworld.config.store", "the transfer engine and the name"),
    ("library/naming/text.py", "library.naming.folders", "Inside library.naming"),
    ("downloads/transfer/remux.py", "aniworld.web.display", "the transfer engine and the name"),
    ("library/models/series.py", "aniworld.settings", "nothing imports the wiring"),
    ("library/services/lookup.py", "library.pages.library", "Inside library"),
    ("downloads/snapshots.py", "downloads.worker.lease", "Inside downloads"),
    ("accounts/models.py", "accounts.services", "Inside accounts"),
    ("providers/base.py", "providers.registry", "Inside providers"),
)


def _contracts() -> list[dict[str, Any]]:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return contracts


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says of the code with everything planted at once."""
    copy = tmp_path_factory.mktemp("planted")
    for room in ROOMS:
        shutil.copytree(
            PROJECT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__", "migrations")
        )
    shutil.copy(PROJECT / "pyproject.toml", copy)
    for place, imported, _ in PLANTED:
        with (copy / place).open("a", encoding="utf-8") as file:
            file.write(f"\nimport {imported}\n")
    for contract in _contracts():
        for room in contract.get("containers", ()):
            (copy / room.replace(".", "/") / "in_no_layer.py").touch()
    ran = subprocess.run(
        [sys.executable, "-c", _LINT, "--no-cache"],
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert ran.returncode == 1, ran.stderr
    return ran.stdout


_LINT = "from importlinter.cli import lint_imports_command as lint; lint()"


@pytest.mark.parametrize("contract", [contract["name"] for contract in _contracts()])
def test_every_contract_can_be_broken(report: str, contract: str) -> None:
    assert f"{contract} BROKEN" in report


@pytest.mark.parametrize(("place", "imported", "contract"), PLANTED)
def test_a_planted_import_is_found(report: str, place: str, imported: str, contract: str) -> None:
    module = place.removesuffix(".py").replace("/", ".")
    said = report[report.index("Broken contracts") :]
    about = said[said.index(f"\n{contract}") :]
    assert f"{module} -> {imported.split('.', maxsplit=1)[0]}" in about


@pytest.mark.parametrize(
    "room", [room for contract in _contracts() for room in contract.get("containers", ())]
)
def test_a_module_in_no_layer_is_found(report: str, room: str) -> None:
    assert "in_no_layer" in report[report.index(f"Inside {room}\n") :]
