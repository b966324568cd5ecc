"""The shortcuts in a real browser: what each does, and when none of them may do anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from aniworld.pages.keyboard.shortcuts import SHORTCUTS
from tests.e2e.browser import chromium, complaints_of
from tests.e2e.conftest import PASSWORD, Stage
from tests.product import wait_until
from tests.prove.looks import faults_of

pytestmark = pytest.mark.e2e

SLOW = 60_000  # milliseconds
FOCUSED = "() => document.activeElement.textContent.trim().replace(/\\s+/g, ' ')"
SHEET = "#key-sheet"
PALETTE = "dialog.palette"
# Says of the last key pressed whether the page has taken it from the browser.
LISTEN = """() => addEventListener("keydown", (event) =>
  setTimeout(() => { window.isTaken = event.defaultPrevented; }))"""
# Keys that an input method has: the event says so, or the code of the key does.
COMPOSE = """(how) => document.body.dispatchEvent(
  new KeyboardEvent("keydown", { key: "?", bubbles: true, cancelable: true, ...how }))"""


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(stage: Stage, browser: Browser) -> Iterator[Page]:
    """The owner at a library that was scanned; the browser must have no complaints at the end."""
    stage.set_up()
    assert stage.product.manage("rescan").returncode == 0
    page = browser.new_context(reduced_motion="reduce").new_page()
    complaints = complaints_of(page)
    _log_in(page, stage, PASSWORD)
    _go(page, stage, "/")  # its scripts are there
    yield page
    assert complaints == []


def _log_in(page: Page, stage: Stage, password: str) -> None:
    page.goto(stage.product.address)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Library")).to_be_visible()


def _press(page: Page, keys: str) -> None:
    for chord in keys.split(" "):
        page.keyboard.press(chord)


def _go(page: Page, stage: Stage, path: str) -> None:
    page.goto(f"{stage.product.address}{path}")
    page.wait_for_function("() => customElements.get('key-bindings')")


def _open_menu(page: Page) -> None:
    """The menu of a series' page, which holds what takes it out."""
    page.locator("details:has(#series-remove) > summary").click()


def _path(page: Page) -> str:
    return str(page.evaluate("() => location.pathname"))


def _wait_for_taken(page: Page) -> Any:
    page.wait_for_function("() => window.isTaken !== undefined")
    return page.evaluate("() => window.isTaken")


def test_each_page_has_its_keys(stage: Stage, page: Page) -> None:
    leading = [one for one in SHORTCUTS if one.to]
    addresses = {}
    for one in leading:
        found = page.locator("key-bindings template").evaluate(
            "(it, keys) => it.content.querySelector(`[data-keys='${keys}']`).getAttribute('href')",
            one.keys,
        )
        addresses[one.keys] = found
    assert len(set(addresses.values())) == len(leading)
    for keys, address in addresses.items():
        _go(page, stage, "/keyboard")
        _press(page, keys)
        page.wait_for_url(re.compile(f"{re.escape(address)}($|[?#/])"))
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_overlay_keeps_the_focus_and_gives_it_back(stage: Stage, page: Page) -> None:
    page.get_by_role("link", name="Queue").first.focus()
    _press(page, "?")
    expect(page.locator(SHEET)).to_be_visible()
    expect(page.locator(f"{SHEET} dt")).to_have_count(len(SHORTCUTS))
    for _ in range(6):
        page.keyboard.press("Tab")
        inside = "() => document.activeElement === document.body || "
        inside += f"document.querySelector('{SHEET}').contains(document.activeElement)"
        assert page.evaluate(inside)
    _press(page, "g q")  # nothing below it hears the keys
    expect(page.locator(SHEET)).to_be_visible()
    _press(page, "Escape")
    expect(page.locator(SHEET)).to_be_hidden()
    assert "Queue" in page.evaluate(FOCUSED)
    assert _path(page) == "/"


def test_the_palette_finds_series_pages_and_actions(stage: Stage, page: Page) -> None:
    _press(page, "Control+k")
    field = page.get_by_role("combobox", name="Find a page")
    expect(field).to_be_focused()
    page.keyboard.type("mondlat")
    options = page.locator(f"{PALETTE} [role=option]")
    expect(options).to_have_text([re.compile("Mondlaterne")])
    page.keyboard.press("Enter")
    page.wait_for_url("**/series/mondlaterne")

    _press(page, "Control+k")
    page.keyboard.type("calen")
    expect(options).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/calendar")

    _press(page, "Control+k")
    page.keyboard.type("queue")
    expect(options.first).to_contain_text("Start the queue")
    page.keyboard.press("ArrowUp")  # round to the last, and back
    page.keyboard.press("ArrowDown")
    selected = page.locator(f"{PALETTE} [aria-selected=true]")
    expect(selected).to_contain_text("Start the queue")
    expect(field).to_have_attribute("aria-activedescendant", str(selected.get_attribute("id")))
    page.keyboard.type(" no such thing")
    expect(page.locator(f"{PALETTE} [role=status]")).to_have_text("Nothing is called so.")
    _press(page, "Escape")
    expect(page.locator(PALETTE)).to_be_hidden()

    _press(page, "Control+k")
    page.keyboard.type("scan the")
    expect(options.first).to_contain_text("Scan the library")
    options.first.click()
    wait_until(lambda: _scans_by_hand(stage) == 1, seconds=30, what="the scan")


def _scans_by_hand(stage: Stage) -> int:
    """How many scans of the journal a person has set going."""
    entries = stage.product.api("GET", "journal?action=scan.&page_size=100", expect=200)["results"]
    return sum((one["actor"]["origin"] or one["actor"])["kind"] == "OWNER" for one in entries)


def test_no_key_does_anything_while_somebody_writes(stage: Stage, page: Page) -> None:
    _press(page, "/")
    search = page.locator("main input[type=search]").first
    expect(search).to_be_focused()
    page.keyboard.type("gq?jx/")
    _press(page, "Control+k")
    expect(search).to_have_value("gq?jx/")
    expect(page.locator(PALETTE)).to_be_hidden()
    expect(page.locator(SHEET)).to_be_hidden()
    _press(page, "Control+z")  # the field's own
    assert _path(page) == "/"
    expect(page.locator(".toast")).to_have_count(0)

    _go(page, stage, "/keyboard")
    for how in ({"isComposing": True}, {"keyCode": 229}, {"ctrlKey": True, "altKey": True}):
        page.evaluate(COMPOSE, how)
    page.wait_for_timeout(500)
    expect(page.locator(SHEET)).to_be_hidden()
    page.evaluate(COMPOSE, {})
    expect(page.locator(SHEET)).to_be_visible()


def test_search_without_a_field_opens_the_palette(stage: Stage, page: Page) -> None:
    _go(page, stage, "/keyboard")
    _press(page, "/")
    expect(page.get_by_role("combobox", name="Find a page")).to_be_focused()
    expect(page.get_by_role("combobox", name="Find a page")).to_have_value("")


@pytest.mark.parametrize("view", ["posters", "table"])
def test_rows_are_gone_through_ticked_and_opened(stage: Stage, page: Page, view: str) -> None:
    _go(page, stage, f"/?view={view}")
    rows = page.locator("main :is(li, tr)[data-key]")
    names = rows.locator("a").all_inner_texts()
    _press(page, "j")
    _press(page, "j")
    _press(page, "j")
    _press(page, "k")
    expect(rows.nth(1).locator("a")).to_be_focused()
    _press(page, "x")
    expect(rows.nth(1).get_by_role("checkbox")).to_be_checked()
    expect(page.locator("[data-selection-bar]")).to_be_visible()
    _press(page, "x")
    expect(rows.nth(1).get_by_role("checkbox")).not_to_be_checked()
    expect(rows.nth(1).locator("a")).to_be_focused()
    _press(page, "Enter")
    page.wait_for_url("**/series/*")
    heading = page.get_by_role("heading", level=1).inner_text()
    assert heading.split("\n")[0] in names[1]


def test_episodes_are_gone_through_and_ticked(stage: Stage, page: Page) -> None:
    _go(page, stage, "/series/mondlaterne")
    row = page.locator("[data-episode]:has(input[name=episodes])").first
    for _ in range(40):
        _press(page, "j")
        if row.evaluate("(it) => it.contains(document.activeElement)"):
            break
    _press(page, "x")
    expect(row.get_by_role("checkbox")).to_be_checked()
    _press(page, "Enter")
    expect(row.locator("details")).to_have_attribute("open", "")


def test_the_queue_is_gone_through_undone_and_redone(stage: Stage, page: Page) -> None:
    stage.product.api("POST", "v1/anime/mondlaterne/download", {"episodes": "missing"})
    _go(page, stage, "/queue")
    count = page.locator("#pending-title .card-count")
    before = count.inner_text()
    run = page.locator("[data-run]").first
    fold = run.locator("details.queue-fold")
    if fold.get_attribute("open") is not None:
        fold.locator("> summary").click()
        page.locator("h1").click()
    for _ in range(1 + page.locator(":is([data-item], [data-run]):has(~ [data-run])").count()):
        _press(page, "j")
        if fold.evaluate("(it) => it.contains(document.activeElement)"):
            break
    expect(fold.locator("> summary")).to_be_focused()
    _press(page, "x")
    expect(run.locator("> input")).to_be_checked()
    _press(page, "x")
    _press(page, "Enter")
    lines = run.locator("[data-item]")
    expect(lines.first).to_be_visible()
    _press(page, "j")
    assert lines.first.evaluate("(it) => it.contains(document.activeElement)")
    _press(page, "x")
    expect(lines.first.get_by_role("checkbox")).to_be_checked()
    _press(page, "x")

    run.locator("details.queue-menu > summary").last.click()
    run.get_by_role("button", name="Remove all").click()
    expect(count).not_to_have_text(before)
    after = count.inner_text()
    page.locator("h1").click()
    _press(page, "Control+z")
    expect(count).to_have_text(before)
    for redo in ("Control+y", "Control+Shift+Z"):
        page.wait_for_load_state()
        _press(page, redo)
        expect(count).to_have_text(after)
        page.wait_for_load_state()
        _press(page, "Control+z")
        expect(count).to_have_text(before)
    assert _path(page) == "/queue"


def test_what_is_typed_and_not_sent_is_not_lost_by_undo(stage: Stage, page: Page) -> None:
    _go(page, stage, "/settings/downloads")
    field = page.locator("main input[type=number]").first
    field.fill("7")
    page.locator("h1").click()
    _press(page, "Control+z")
    page.wait_for_timeout(500)
    assert _path(page) == "/settings/downloads"
    expect(page.locator(".toast")).to_have_count(0)


def test_ctrl_r_scans_on_the_librarys_page_alone(stage: Stage, page: Page) -> None:
    _go(page, stage, "/queue")
    page.evaluate(LISTEN)
    _press(page, "Control+r")
    assert _wait_for_taken(page) is False
    stage.product.api("PATCH", "providers/aniworld", {"requests_per_second": 1}, expect=200)
    _go(page, stage, "/")
    page.evaluate(LISTEN)
    before = stage.product.api("GET", "v1/anime/rescan/status", expect=200)["operation_id"]
    _press(page, "Control+r")
    assert _wait_for_taken(page) is True
    page.wait_for_timeout(1000)
    after = stage.product.api("GET", "v1/anime/rescan/status", expect=200)["operation_id"]
    assert after != before


def test_they_can_be_switched_off(stage: Stage, page: Page) -> None:
    def choose(words: str) -> None:
        _go(page, stage, "/account")
        page.get_by_label("Which shortcuts hold").select_option(label=words)
        page.get_by_role("button", name="Use these shortcuts").click()
        expect(page.get_by_text("The shortcuts are as you chose.")).to_be_visible()
        page.locator("h1").click()

    choose("Only those with Ctrl")
    _press(page, "?")
    _press(page, "g q")
    page.wait_for_timeout(500)
    expect(page.locator(SHEET)).to_be_hidden()
    _press(page, "Control+k")
    expect(page.locator(PALETTE)).to_be_visible()
    choose("None: all keys are the browser's")
    _press(page, "Control+k")
    page.wait_for_timeout(500)
    expect(page.locator(PALETTE)).to_be_hidden()
    page.get_by_role("button", name="Find a page, a series or an action").click()
    expect(page.locator(PALETTE)).to_be_visible()


def test_a_viewer_has_no_keys_for_what_they_may_not(stage: Stage, browser: Browser) -> None:
    stage.set_up()
    made = (
        "from django.contrib.auth.models import User\n"
        f"User.objects.create_user('vera', password='{PASSWORD}')"
    )
    assert stage.product.manage("shell", "-c", made).returncode == 0
    page = browser.new_page()
    _log_in_as(page.context, stage, "vera")
    _go(page, stage, "/")
    for keys in ("g s", "g a", "Control+z", "Control+y"):
        _press(page, keys)
    page.evaluate(LISTEN)
    _press(page, "Control+r")
    assert _wait_for_taken(page) is False
    assert _path(page) == "/"
    _press(page, "Control+k")
    expect(page.locator(f"{PALETTE} [role=option]").first).to_be_visible()
    expect(page.locator(f"{PALETTE} [data-post]")).to_have_count(0)
    page.keyboard.type("settings")
    expect(page.locator(f"{PALETTE} [role=status]")).to_have_text("Nothing is called so.")
    _press(page, "Escape")
    _press(page, "g q")
    page.wait_for_url("**/queue")


def _log_in_as(context: BrowserContext, stage: Stage, user: str) -> None:
    body = {"username": user, "password": PASSWORD}
    answer = context.request.post(f"{stage.product.address}/api/auth/login", data=body)
    assert answer.ok, answer.text()
    token = answer.json()["access_token"]
    cookie = {"name": "aniworld_session", "value": token, "url": stage.product.address}
    context.add_cookies([cookie])  # type: ignore[list-item]


def test_a_question_is_the_products_own(stage: Stage, page: Page) -> None:
    _go(page, stage, "/series/mondlaterne")
    _open_menu(page)
    button = page.locator("#series-remove")
    button.click()
    sheet = page.locator("#question-sheet")
    expect(sheet).to_contain_text("Take this series out of the library?")
    expect(sheet.get_by_role("button", name="No, go back")).to_be_focused()
    _press(page, "Escape")
    expect(sheet).to_be_hidden()
    expect(button).to_be_focused()
    assert _path(page) == "/series/mondlaterne"
    button.click()
    sheet.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("was taken out of the library")).to_be_visible()
    _press(page, "Control+z")
    expect(page.get_by_text("is back in the library")).to_be_visible()


def test_the_question_is_a_page_without_scripts(stage: Stage, browser: Browser) -> None:
    stage.set_up()
    assert stage.product.manage("rescan").returncode == 0
    page = browser.new_context(java_script_enabled=False).new_page()
    _log_in(page, stage, PASSWORD)
    page.goto(f"{stage.product.address}/?view=table")
    page.get_by_label("Select Mondlaterne").check()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", name="Are you sure?")).to_be_visible()
    page.get_by_role("link", name="No, go back").click()
    expect(page.get_by_label("Select Mondlaterne").first).to_be_attached()
    page.goto(f"{stage.product.address}/series/mondlaterne")
    _open_menu(page)
    page.locator("#series-remove").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("was taken out of the library")).to_be_visible()
    page.goto(f"{stage.product.address}/journal/own")
    page.locator("#undo-last").click()
    expect(page.get_by_text("is back in the library").first).to_be_visible()


def test_axe_finds_nothing_in_what_lies_above_the_page(stage: Stage, browser: Browser) -> None:
    stage.set_up()
    assert stage.product.manage("rescan").returncode == 0
    page = browser.new_context(reduced_motion="reduce", bypass_csp=True).new_page()  # for axe alone
    _log_in(page, stage, PASSWORD)
    for width, is_narrow in ((1280, False), (320, True)):
        page.set_viewport_size({"width": width, "height": 720})
        for path in ("/keyboard", "/journal/own", "/account"):
            _go(page, stage, path)
            assert faults_of(page, path, is_narrow=is_narrow) == []
        for keys, sheet in (("?", SHEET), ("Control+k", f"{PALETTE} [role=option]")):
            _press(page, keys)
            expect(page.locator(sheet).first).to_be_visible()
            assert faults_of(page, keys, is_narrow=is_narrow) == []
            _press(page, "Escape")
        _go(page, stage, "/settings/backup")
        page.get_by_role("button", name="Make one now").click()
        page.locator("[data-confirm]").first.click()
        expect(page.locator("#question-sheet")).to_be_visible()
        assert faults_of(page, "question", is_narrow=is_narrow) == []
