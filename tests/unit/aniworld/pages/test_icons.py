"""The icons that pages name are those that the style sheet and its font have."""

from __future__ import annotations

import re

from fontTools.ttLib import TTFont

from docs.icons.make import FAMILY, FONT, SHEET, shown, used


def test_each_icon_that_is_used_is_there_and_no_other() -> None:
    """Where this fails: ``make icons``."""
    assert set(used()) == set(shown())
    assert len(shown()) > 50


def test_the_font_has_them_and_bears_no_name_that_is_not_ours() -> None:
    named = re.findall(r'content: "\\([0-9a-f]+)"', SHEET.read_text())
    with TTFont(FONT) as font:
        assert set(font.getBestCmap()) == {int(point, 16) for point in named}
        assert font["name"].getDebugName(1) == FAMILY
        family = {str(record) for record in font["name"].names if record.nameID in (1, 3, 4, 6)}
    assert not [name for name in family if "Awesome" in name]


def test_the_font_is_small_and_its_licence_lies_beside_it() -> None:
    assert FONT.stat().st_size < 20_000
    assert "SIL OFL 1.1" in (FONT.parent / "icons-license.txt").read_text()
