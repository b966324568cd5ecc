"""Each page of a running installation: without script, by keyboard alone, clean to axe in both
themes, and no wider than the narrowest phone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Page, expect

from tests.e2e.browser import chromium
from tests.product import Product
from tests.prove.by_hand import STEPS, TOO_SHORT, Hand
from tests.prove.conftest import Prove
from tests.prove.keyboard import Visit, visited
from tests.prove.walk import DESK, OUTSIDE, PHONE, SET_UP, THEMES, Walk, furnish, scan, set_up
from tests.site.library import build_library
from tests.site.world import SampleWorld, shared_data

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("pages")]

AXE = "axe_playwright_python", "axe.min.js"
RUN_AXE = "() => axe.run({resultTypes: ['violations']})"
IS_WIDER = "() => document.documentElement.scrollWidth > innerWidth"
# What lies outside the screen without a part of its own that scrolls: it cannot be come to.
CUT_OFF = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const { width, height, right } = one.getBoundingClientRect();
  if (!width || !height || right <= innerWidth + 1) return false;
  for (let above = one.parentElement; above; above = above.parentElement)
    if (getComputedStyle(above).overflowX !== "visible") return false;
  return true;
}).map((one) => one.outerHTML.slice(0, 120))"""
# Where the forms of a page lead, also by a button of their own.
LEADS = """() => [...document.forms].filter((form) => form.method === "post").flatMap((form) => [
  form.getAttribute("action") || location.pathname,
  ...[...form.elements].map((one) => one.getAttribute("formaction")).filter(Boolean),
])"""


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """Set up without script, scanned, and with something of everything in it."""
    work = tmp_path_factory.mktemp("pages")
    data = work / "data"
    data.mkdir()
    with SampleWorld() as world, Product(data) as product, chromium() as browser:
        product.migrate()
        product.start_web()
        walk = Walk(product, world, build_library(work / "library", data=shared_data()), browser)
        set_up(walk)
        scan(walk)
        furnish(walk)
        yield walk


def faults_of(page: Page, address: str, *, is_narrow: bool) -> list[str]:
    """What axe and a look at the edges find."""
    page.evaluate(files(AXE[0]).joinpath(AXE[1]).read_text())
    found: list[dict[str, Any]] = page.evaluate(RUN_AXE)["violations"]
    faults = [
        f"{address}: {one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]
    ]
    if is_narrow and page.evaluate(IS_WIDER):
        faults.append(f"{address}: wider than the screen")
    if is_narrow:
        faults += [f"{address}: cut off: {one}" for one in page.evaluate(CUT_OFF)]
    return faults


def test_every_page_is_clean_and_fits(walk: Walk, proved: Prove) -> None:
    addresses, _ = walk.pages()
    assert len(addresses) > 30
    faults, looked = [], 0
    for size, theme in itertools.product((PHONE, DESK), THEMES):
        for inside, some in ((True, addresses), (False, [f"/{name}" for name in OUTSIDE])):
            with walk.context(size, theme, inside=inside) as context:
                page = context.new_page()
                for address in some:
                    page.goto(walk.address(address))
                    found = faults_of(page, address, is_narrow=size == PHONE)
                    faults += [f"{size[0]} px, {theme}: {fault}" for fault in found]
                    looked += 1
    assert not faults, "\n".join([f"{len(faults)} faults", *faults[:40]])
    proved(f"pages: {looked} looks at {len(addresses)} addresses in 2 themes and 2 widths: clean")


def test_every_page_is_used_by_keyboard(walk: Walk, proved: Prove) -> None:
    addresses, _ = walk.pages()
    faults, stops = [], 0
    with walk.context(DESK) as context:
        page = context.new_page()
        for address in addresses:
            page.goto(walk.address(address))
            visit: Visit = visited(page)
            stops += len(visit.stops)
            faults += [f"{address}: {fault}" for fault in visit.faults]
    assert not faults, "\n".join([f"{len(faults)} faults", *faults[:40]])
    proved(f"keyboard: {stops} stops on {len(addresses)} pages, each seen and none left out")


def test_menus_and_lists_are_worked_by_keyboard(walk: Walk) -> None:
    with walk.context(DESK) as context:
        page = context.new_page()
        page.goto(walk.address("/queue"))
        menu = page.locator("details.menu summary")
        menu.press("Enter")
        expect(page.get_by_role("link", name="Journal")).to_be_visible()
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        expect(page.get_by_role("link", name="Journal")).to_be_hidden()
        expect(menu).to_be_focused()

        waiting = page.locator("[aria-labelledby=pending-title]")
        waiting.get_by_role("button", name="Move S01E33 up").press("Enter")
        expect(waiting.locator(".queue-names").nth(1)).to_contain_text("S01E33")
        expect(page.get_by_role("button", name="Move S01E33 up")).to_be_focused()
        page.keyboard.press("Enter")
        expect(waiting.locator(".queue-names").first).to_contain_text("S01E33")
        # It is the first now and cannot rise: what can still be done to it has the focus.
        expect(page.get_by_role("button", name="Move S01E33 down")).to_be_focused()
        page.keyboard.press("Enter")
        expect(waiting.locator(".queue-names").nth(1)).to_contain_text("S01E33")


def test_every_form_works_without_script(walk: Walk, proved: Prove, tmp_path: Path) -> None:
    """Last, for it changes everything."""
    addresses, actions = walk.pages()
    used = {name for names, _ in STEPS for name in names} | SET_UP | TOO_SHORT
    with walk.context(script=False) as context:
        page = context.new_page()
        found = set()
        for address in addresses:
            page.goto(walk.address(address))
            found |= {str(resolve(urlsplit(to).path).url_name) for to in page.evaluate(LEADS)}
        assert not (found | actions) - used, "no step uses these forms"
        hand = Hand(walk, page, tmp_path)
        for _, do in STEPS:
            do(hand)
    proved(f"without script: {len(STEPS)} steps through the forms of {len(used)} routes")
