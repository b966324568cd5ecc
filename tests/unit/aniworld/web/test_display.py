from __future__ import annotations

import pytest

from aniworld.web import display


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("German Dub", "German Dub"),
        ("unknown-7", "another language (7)"),
        ("unknown-english-german", "another language (english-german)"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_a_language_that_only_a_site_knows_is_said_to_be_one(name: str, shown: str) -> None:
    assert display.language(name) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (None, ""),
        (0, "0 MB"),
        (12_345, "12 kB"),
        (1_960_000, "2.0 MB"),
        (734_900_000, "735 MB"),
        (1_250_000_000, "1.3 GB"),
        (1_460_000_000, "1.5 GB"),
    ],
)
def test_sizes_are_rounded_as_the_browser_does(count: float | None, shown: str) -> None:
    assert display.size(count) == shown


def test_speeds_and_seconds_are_rounded_too() -> None:
    assert display.speed(1_980_000) == "2.0 MB/s"
    assert [display.decimal(one, 1) for one in (0.05, 0.04, 1.25)] == ["0.1", "0.0", "1.3"]
