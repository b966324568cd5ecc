"""The log follows the configuration as soon as it is read; the environment counts before it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from aniworld.config import store
from aniworld.config.errors import ConfigInvalid
from aniworld.console.files import SharedFile

QUIET, LOUD = "tests.logs.quiet", "tests.logs.loud"


@pytest.fixture
def lines(settings: Settings, tmp_path: Path) -> Path:
    """A log file of its own, which the root logger writes."""
    settings.DATA_DIR = tmp_path
    return tmp_path / "app.log"


@pytest.fixture(autouse=True)
def _handler(lines: Path) -> Iterator[None]:
    found = SharedFile(str(lines), locks=str(lines.parent / "run"))
    found.setFormatter(logging.Formatter("%(message)s"))
    logging.getLogger().addHandler(found)
    yield
    logging.getLogger().removeHandler(found)
    found.close()


def configure(**values: object) -> None:
    store.update(lambda data: data["logging"].update(values))
    store.load()


def said(lines: Path) -> str:
    return lines.read_text(encoding="utf-8") if lines.exists() else ""


def test_levels_act_at_once_and_go_again(lines: Path) -> None:
    configure(level="WARNING", levels=[f"{LOUD}=DEBUG"])
    for name in (QUIET, LOUD):
        logging.getLogger(name).info("one of %s", name)
    assert (f"one of {QUIET}" in said(lines), f"one of {LOUD}" in said(lines)) == (False, True)
    configure(level="INFO", levels=[])
    for name in (QUIET, LOUD):
        logging.getLogger(name).info("two of %s", name)
        logging.getLogger(name).debug("three of %s", name)
    assert (f"two of {QUIET}" in said(lines), f"two of {LOUD}" in said(lines)) == (True, True)
    assert "three of" not in said(lines)


def test_the_format_of_the_files_acts_at_once(lines: Path) -> None:
    configure(format="json")
    logging.getLogger(LOUD).warning("a line")
    found = json.loads(said(lines).splitlines()[-1])
    assert (found["room"], found["message"]) == (LOUD, "a line")
    configure(format="text")
    logging.getLogger(LOUD).warning("another")
    assert f"WARNING {LOUD} another process=" in said(lines).splitlines()[-1]


def test_what_the_environment_says_counts_before_it(
    lines: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    monkeypatch.setenv("LOG_LEVELS", f"{LOUD}=INFO")
    monkeypatch.setenv("LOG_FORMAT", "text")
    settings.LOG_LEVEL, settings.LOG_LEVELS = "ERROR", {LOUD: "INFO"}
    configure(level="DEBUG", levels=[f"{QUIET}=DEBUG"], format="json")
    logging.getLogger(QUIET).warning("not this")
    logging.getLogger(LOUD).info("but this")
    assert said(lines).splitlines()[-1] == "but this"
    assert "not this" not in said(lines)


@pytest.mark.parametrize("entry", ["downloads", "downloads=LOUD", "=INFO", "a b=INFO", "a=INFO\n"])
def test_what_is_no_room_with_a_level_is_refused(entry: str, lines: Path) -> None:
    with pytest.raises(ConfigInvalid, match=r"logging\.levels\.0"):
        configure(levels=[entry])
