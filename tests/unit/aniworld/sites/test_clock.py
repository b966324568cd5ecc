"""What time it is for the sites, and what the machine's own clock is held to."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from aniworld.sites import clock

DAY = 86_400.0
HUGE = json.dumps({"host": "a", "time": 1e300, "at": 0, "boot": clock._boot()})


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path / clock.NAME


def test_nobody_has_said_anything() -> None:
    assert clock.told() is None


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_how_far_the_machine_is_ahead(days: int) -> None:
    clock.hear("site.example", time.time() - days * DAY)
    said = clock.told()
    assert said is not None
    assert (said.host, round(said.apart / timedelta(days=1))) == ("site.example", days)


def test_a_clock_that_is_set_meanwhile_is_noticed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clock.hear("site.example", time.time())
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + DAY)
    said = clock.told()
    assert said is not None
    assert said.apart > timedelta(hours=23)


def test_what_is_no_news_is_not_written(kept: Path) -> None:
    clock.hear("site.example", time.time())
    before = kept.stat().st_ino
    clock.hear("other.example", time.time() + 30)
    assert kept.stat().st_ino == before
    clock.hear("other.example", time.time() + 90)
    assert kept.stat().st_ino != before


def test_what_was_said_before_the_machine_was_started_counts_no_more(kept: Path) -> None:
    clock.hear("site.example", time.time() - DAY)
    kept.write_text(json.dumps(json.loads(kept.read_text()) | {"boot": "another"}))
    assert clock.told() is None


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", '{"host": "a", "time": NaN, "at": 1, "boot": ""}', "x" * 9000, HUGE],
)
def test_a_file_that_says_nothing(kept: Path, content: str) -> None:
    kept.write_text(content)
    assert clock.told() is None


def test_a_disk_that_takes_nothing_keeps_no_page(tmp_path: Path, settings: Settings) -> None:
    settings.DATA_DIR = tmp_path / "away"
    clock.hear("site.example", time.time())
    assert clock.told() is None
