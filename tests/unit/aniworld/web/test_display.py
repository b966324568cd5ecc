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
