"""Each page of a running installation: without script, by keyboard alone, clean to axe in both
themes, and no wider than the narrowest phone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Page, expect

from tests.e2e.browser import chromium
from tests.product import Product
from tests.prove.by_hand import STEPS, Hand
from tests.prove.conftest import Prove
from tests.prove.keyboard import Visit, visited
from tests.prove.looks import faults_of
from tests.prove.walk import (
    DESK,
    LONG,
    OUTSIDE,
    PHONE,
    SET_UP,
    THEMES,
    Walk,
    begin,
    furnish,
    scan,
    set_up,
)
from tests.site.library import build_library
from tests.site.world import SampleWorld, shared_data

pytestmark = [pytest.mark.timeout(900)]

# Pages that say so where they have nothing to show.
EMPTY = (
    *("/", "/add", "/queue", "/unmatched", "/journal", "/account", "/library/folders", "/bin"),
    *("/missing", "/files"),
    *("/library/rename", "/logs", "/system", "/system/backups", "/settings/library"),
    *("/settings/backup", "/settings/naming", "/settings/providers"),
    "/settings/providers/health",
)
# A box is ticked, for the bar that it brings.
TICK = """() => {
  const box = document.querySelector("selection-form input[type=checkbox][name]:not(:disabled)");
  box?.click();
  return Boolean(box);
}"""
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
    faults, stops, ticked = [], 0, 0
    for size in (PHONE, DESK):
        with walk.context(size) as context:
            page = context.new_page()
            for address in addresses:
                page.goto(walk.address(address))
                visits: list[Visit] = [visited(page)]
                if page.evaluate(TICK):
                    visits.append(visited(page))
                    ticked += 1
                stops += sum(len(visit.stops) for visit in visits)
                found = [fault for visit in visits for fault in visit.faults]
                faults += [f"{size[0]} px: {address}: {fault}" for fault in found]
    assert ticked, "no page has boxes to tick"
    assert not faults, "\n".join([f"{len(faults)} faults", *faults[:40]])
    proved(f"keyboard: {stops} stops on {len(addresses)} pages, each seen and none left out")


@pytest.fixture
def fresh(walk: Walk, tmp_path: Path) -> Iterator[Walk]:
    """Another one, of which nobody has set anything up."""
    data = tmp_path / "data"
    data.mkdir()
    with Product(data) as product:
        product.migrate()
        product.start_web()
        yield Walk(product, walk.world, walk.truth, walk.browser)


def setups(page: Page, address: str, folder: Path) -> Iterator[str]:
    """The page of the setup in each state it may be in, as the name of that state."""
    page.goto(address)
    yield "setup"
    for typed, state in ((folder, "folders"), ("/nowhere", "no folder"), ("", "starts")):
        page.get_by_label("Library folder").fill(str(typed))
        page.get_by_role("button", name="Look for a folder").click()
        yield f"setup: {state}"
    page.get_by_label("Master password", exact=True).fill("short")
    page.get_by_label("Master password again").fill("shorter")
    page.get_by_role("button", name="Finish setup").click()
    expect(page.locator(".field-error").first).to_be_visible()
    yield "setup: refused"


def test_a_new_one_is_clean_fits_and_is_used_by_keyboard(
    fresh: Walk, proved: Prove, tmp_path: Path
) -> None:
    """The setup in all its states, then the pages that have nothing to show yet."""
    (tmp_path / LONG / LONG).mkdir(parents=True)
    faults: list[str] = []
    looked = 0

    def look(page: Page, what: str, size: tuple[int, int], theme: str) -> None:
        nonlocal looked
        found = faults_of(page, what, is_narrow=size == PHONE)
        found += [f"{what}: {fault}" for fault in visited(page).faults]
        faults.extend(f"{size[0]} px, {theme}: {fault}" for fault in found)
        looked += 1

    for size, theme in itertools.product((PHONE, DESK), THEMES):
        with fresh.context(size, theme, inside=False) as context:
            page = context.new_page()
            for state in setups(page, fresh.address("/"), tmp_path / LONG):
                look(page, state, size, theme)
    begin(fresh)
    for size, theme in itertools.product((PHONE, DESK), THEMES):
        with fresh.context(size, theme) as context:
            page = context.new_page()
            for address in EMPTY:
                page.goto(fresh.address(address))
                look(page, address, size, theme)
    assert not faults, "\n".join([f"{len(faults)} faults", *faults[:40]])
    proved(f"new: {looked} looks at the setup and at {len(EMPTY)} pages that are empty: clean")


def test_menus_and_lists_are_worked_by_keyboard(walk: Walk) -> None:
    with walk.context(DESK) as context:
        page = context.new_page()
        page.goto(walk.address("/queue"))
        menu = page.locator(".shell-tools details.menu summary")
        menu.press("Enter")
        expect(page.get_by_role("link", name="Journal")).to_be_visible()
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        expect(page.get_by_role("link", name="Journal")).to_be_hidden()
        expect(menu).to_be_focused()

        waiting = page.locator("[aria-labelledby=pending-title]")
        rows = waiting.locator(".queue-line")
        third = waiting.locator(".queue-line", has_text="S01E33")
        third.locator(".queue-menu summary").press("Enter")
        third.get_by_role("button", name="Move up").press("Enter")
        expect(rows.nth(1)).to_contain_text("S01E33")
        expect(third.get_by_role("button", name="Move up")).to_be_focused()
        page.keyboard.press("Enter")
        expect(rows.first).to_contain_text("S01E33")
        # It is the first now and cannot rise: what can still be done to it has the focus.
        expect(third.get_by_role("button", name="Move down")).to_be_focused()
        page.keyboard.press("Enter")
        expect(rows.nth(1)).to_contain_text("S01E33")


def test_every_form_works_without_script(walk: Walk, proved: Prove, tmp_path: Path) -> None:
    """Last, for it changes everything."""
    addresses, actions = walk.pages()
    used = {name for names, _ in STEPS for name in names} | SET_UP
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
