"""The icons of the installed product, drawn by the browser from its logo.

    make icons

Phones take pictures alone, each in the size that they ask for. Kept with the sources, as the font
is.
"""

from __future__ import annotations

import io
import shutil
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
IMAGES = PROJECT / "static/img"
LOGO = IMAGES / "logo.svg"
# Android cuts a shape of its own out of a maskable icon, and leaves the inner four fifths.
_SQUARE = (
    '<rect x="2" y="2" width="60" height="60" rx="16"',
    '<rect x="-8" y="-8" width="80" height="80"',
)
_COLOURS = 48


@dataclass(frozen=True, slots=True)
class Icon:
    """``fills``: it has no round corners of its own; ``is_flat``: white alone, on nothing."""

    name: str
    size: int
    fills: bool = False
    is_flat: bool = False


ICONS = (
    Icon("app-192.png", 192),
    Icon("app-512.png", 512),
    Icon("app-maskable-512.png", 512, fills=True),
    Icon("app-180.png", 180, fills=True),  # of iPhones, which round it off themselves
    Icon("badge-96.png", 96, is_flat=True),
)


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--headless"]
        )
        page = browser.new_page()
        for icon in ICONS:
            _draw(page, icon)
        browser.close()


def _draw(page: Page, icon: Icon) -> None:
    page.set_viewport_size({"width": icon.size, "height": icon.size})
    page.set_content(f"<style>*{{margin:0}}svg{{display:block;width:100vw}}</style>{_source(icon)}")
    drawn = Image.open(io.BytesIO(page.screenshot(omit_background=True)))
    small = drawn.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE)
    small.save(IMAGES / icon.name, optimize=True)


def _source(icon: Icon) -> str:
    logo = LOGO.read_text()
    if icon.is_flat:
        begin, end = logo.index("<rect"), logo.index("<path")
        return logo[:begin] + logo[end:]
    return logo.replace(*_SQUARE) if icon.fills else logo


if __name__ == "__main__":
    main()
