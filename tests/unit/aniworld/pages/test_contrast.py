"""Text and its background keep the contrast of WCAG AA in both themes."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

TOKENS = (settings.PROJECT_DIR / "static/css/tokens.css").read_text()
PAIRS = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\);", TOKENS)
}
TEXT, LARGE = 4.5, 3.0
CHARTS = (settings.PROJECT_DIR / "static/css/pages/statistics.css").read_text()
# What charts are drawn with: the two colours of each tone, or the name of a pair.
DRAWN = re.findall(
    r"\.tone-[^{]*\{ fill: (?:light-dark\((#\w+), (#\w+)\)|var\(--([\w-]+)\))", CHARTS
)

SURFACES = ["bg", "surface", "surface-raised", "surface-sunken"]
TONES = ["ok", "warn", "danger", "violet"]
CASES = [
    *((text, surface, TEXT) for text in ("text", "text-soft") for surface in SURFACES),
    *(("accent-text", surface, TEXT) for surface in [*SURFACES, "accent-soft"]),
    *((tone, ground, TEXT) for tone in TONES for ground in (f"{tone}-soft", "surface")),
    *(("text", f"{tone}-soft", TEXT) for tone in TONES),
    ("text", "accent-soft", TEXT),
    ("text-soft", "accent-soft", TEXT),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-hover", TEXT),
    *(("line-strong", surface, LARGE) for surface in ("bg", "surface", "surface-raised")),
    ("accent", "surface", LARGE),
]


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    parts = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("ink", "ground", "least"), CASES)
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_contrast(ink: str, ground: str, least: float, theme: int) -> None:
    lighter, darker = sorted(
        (luminance(PAIRS[ink][theme]), luminance(PAIRS[ground][theme])), reverse=True
    )
    assert (lighter + 0.05) / (darker + 0.05) >= least


def test_the_accent_is_the_one_of_the_design() -> None:
    assert PAIRS["accent"] == ("#0078d4", "#60cdff")


@pytest.mark.parametrize("drawn", DRAWN, ids="".join)
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_what_charts_are_drawn_with_stands_out(drawn: tuple[str, str, str], theme: int) -> None:
    ink = drawn[theme] or PAIRS[drawn[2]][theme]
    lighter, darker = sorted((luminance(ink), luminance(PAIRS["surface"][theme])), reverse=True)
    if drawn[2] != "accent-soft":  # what lies below a line, which is what counts
        assert (lighter + 0.05) / (darker + 0.05) >= LARGE


def test_every_tone_of_a_chart_is_looked_at() -> None:
    assert len(DRAWN) == 7
