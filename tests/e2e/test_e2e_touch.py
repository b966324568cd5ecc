"""On a telephone of 360 pixels: rows are swiped, lists pulled, and what is pressed is hit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.e2e.browser import chromium, complaints_of
from tests.e2e.conftest import PASSWORD, Stage
from tests.e2e.touching import PHONE, Finger, too_small
from tests.product import Product
from tests.site.library import build_library
from tests.site.world import SampleWorld, shared_data

pytestmark = pytest.mark.e2e

KEY = "mondlaterne"
FILLED = """
from django.utils import timezone
from downloads.choices import Status
from tests.factories import make_item, make_series
from library.models import LibraryRoot
root = LibraryRoot.objects.first()
names = ("Mushishi", "Frieren", "Kino", "Planetes", "Monster")
for place, show in enumerate([make_series(name, missing=30, root=root) for name in names]):
    for number in range(1, 7):
        make_item(show, number, position=100 * place + number)
make_item(show, 19, status=Status.FAILED, completed_at=timezone.now())
"""
# Every page that its address alone shows, and what a page shows besides.
PAGES = (
    *("/", "/?view=table", "/?show=complete", "/queue", "/queue/history", "/queue/screen"),
    *("/missing", "/missing?view=day", "/files", "/add", "/unmatched", "/calendar", "/catalogue"),
    *("/statistics", "/changes", "/numbering", "/following", "/following/waiting", "/journal"),
    *(
        "/journal/own",
        "/keyboard",
        "/jobs",
        "/bin",
        "/account",
        "/preferences",
        "/notifications",
        "/views",
    ),
    *(f"/series/{KEY}", f"/series/{KEY}?view=grid", f"/series/{KEY}?tab=preferences"),
    *(f"/series/{KEY}/mapping", f"/series/{KEY}/rename", f"/series/{KEY}/delete"),
    *("/library/folders", "/library/rename", "/system", "/system/backups", "/logs"),
    *("/settings/library", "/settings/naming", "/settings/providers", "/settings/downloads"),
    *("/settings/backup", "/settings/languages", "/settings/notifications", "/nowhere"),
)
PULLED = ("/", "/queue", "/missing", f"/series/{KEY}")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    work = tmp_path_factory.mktemp("touch")
    data = work / "data"
    data.mkdir()
    with SampleWorld() as world, Product(data) as product:
        product.migrate()
        product.start_web()
        stage = Stage(product, world, build_library(work / "library", data=shared_data()))
        stage.set_up()
        assert product.manage("rescan").returncode == 0
        done = product.manage("shell", "-c", FILLED)
        assert done.returncode == 0, done.stderr
        yield stage


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def logged_in(browser: Browser, stage: Stage, **context: object) -> Page:
    inside = browser.new_context(**context)  # type: ignore[arg-type]
    inside.add_cookies(
        [
            {"name": c.name, "value": c.value or "", "url": stage.product.address}
            for c in stage.product.session.cookies
        ]
    )
    return inside.new_page()


@pytest.fixture
def phone(browser: Browser, stage: Stage) -> Iterator[Page]:
    page = logged_in(browser, stage, viewport=PHONE, has_touch=True, is_mobile=True)
    complaints = complaints_of(page)
    yield page
    # A page that is not there says so, and nothing else is wrong with any.
    assert [one for one in complaints if "/nowhere" not in one] == []
    page.context.close()


@pytest.fixture
def queue(phone: Page, stage: Stage) -> Page:
    phone.goto(f"{stage.product.address}/queue")
    expect(phone.locator("connection-state")).to_have_attribute("data-state", "online")
    return phone


def runs(page: Page) -> list[str]:
    return page.locator("[data-run] .queue-series").all_inner_texts()


def undo(page: Page, said: str) -> None:
    expect(page.locator("toast-stack")).to_contain_text(said)
    page.locator("toast-stack").get_by_role("button", name="Undo").last.tap()


def test_every_control_of_every_page_is_hit_by_a_finger(phone: Page, stage: Stage) -> None:
    missed = []
    for address in PAGES:
        phone.goto(f"{stage.product.address}{address}")
        boxes = phone.locator("selection-form input[type=checkbox][name]:not(:disabled)")
        if boxes.count():  # the bar of actions comes with a tick
            boxes.first.evaluate("box => box.click()")
        missed += [f"{address}: {one}" for one in too_small(phone)]
        phone.evaluate("document.querySelector('.shell-tools details.menu').open = true")
        if address == "/":
            missed += [f"menu: {one}" for one in too_small(phone)]
    assert missed == []


def test_a_row_is_swiped_away_and_comes_back(queue: Page) -> None:
    finger, before = Finger(queue), runs(queue)
    finger.swipes(queue.locator("[data-run]").nth(1), -200)
    expect(queue.locator("[data-run]")).to_have_count(len(before) - 1)
    assert runs(queue) == [before[0], *before[2:]]
    undo(queue, "6 episodes removed from the queue.")
    expect(queue.locator("[data-run]")).to_have_count(len(before))
    assert runs(queue) == before


def test_an_episode_is_swiped_to_the_top_and_back(queue: Page) -> None:
    finger = Finger(queue)
    run = queue.locator("[data-run]").first
    run.locator("summary").first.tap()
    rows = run.locator("[data-item]")
    expect(rows).to_have_count(6)
    third = rows.nth(2)
    finger.swipes(third, 200, lifts=False)
    expect(third).to_have_attribute("data-swiped", "end far")
    expect(third).to_have_attribute("data-swipes", "To the top")
    finger.lifts()
    expect(queue.locator("toast-stack")).to_contain_text("1 episode is next now.")
    expect(queue.locator("queue-list [data-item]").first).to_contain_text("S01E03")
    undo(queue, "1 episode is next now.")
    expect(run).to_contain_text("E01–E06")
    run.locator("summary").first.tap()
    # The first of them cannot rise: nothing moves, and nothing is done.
    finger.swipes(queue.locator("queue-list [data-item]").first, 200)
    expect(queue.locator(".is-swiped")).to_have_count(0)


@pytest.mark.parametrize(
    ("across", "down"),
    [(-60, 0), (60, 0), (-100, 20), (-200, -160), (200, 140), (0, -200), (-10, -300)],
)
def test_nothing_is_swiped_by_accident(queue: Page, across: float, down: float) -> None:
    """Too short, or rather up and down than to the side."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.url)

    queue.on("request", note)
    before = runs(queue)
    Finger(queue).swipes(queue.locator("[data-run]").nth(2), across, down)
    queue.wait_for_timeout(400)
    assert sent == []
    assert runs(queue) == before
    expect(queue.locator(".is-swiped, .is-dragging")).to_have_count(0)
    if abs(down) >= 200:
        assert queue.evaluate("scrollY") > 0
    queue.remove_listener("request", note)


def test_two_fingers_and_a_mouse_swipe_nothing(queue: Page) -> None:
    row = queue.locator("[data-run]").nth(1)
    box = row.bounding_box()
    assert box
    queue.mouse.move(box["x"] + 250, box["y"] + 20)
    queue.mouse.down()
    queue.mouse.move(box["x"] + 20, box["y"] + 20, steps=8)
    expect(queue.locator(".is-swiped")).to_have_count(0)
    queue.mouse.up()
    expect(queue.locator("[data-run]")).to_have_count(5)


def test_what_is_swiped_has_a_button_for_everybody_else(queue: Page) -> None:
    """By keyboard; without scripts the same buttons send their form."""
    row = queue.locator("[data-run]").nth(1)
    row.locator(".queue-menu summary").press("Enter")
    row.get_by_role("button", name="Remove all").press("Enter")
    undo(queue, "6 episodes removed from the queue.")
    expect(queue.locator("[data-run]")).to_have_count(5)


def test_a_failed_row_is_swiped_too(queue: Page, stage: Stage) -> None:
    failed = queue.locator(".queue-line--failed")
    Finger(queue).swipes(failed, -200)
    expect(failed).to_have_count(0)
    undo(queue, "was removed from the queue.")
    expect(failed).to_have_count(1)


@pytest.mark.parametrize("address", PULLED)
def test_a_list_is_pulled_to_refresh(phone: Page, stage: Stage, address: str) -> None:
    phone.goto(f"{stage.product.address}{address}")
    expect(phone.locator("connection-state")).to_have_attribute("data-state", "online")
    phone.wait_for_timeout(300)
    finger, pull = Finger(phone), phone.locator("pull-refresh")
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.headers.get("hx-target") == "live":
            asked.append(request.url)

    phone.on("request", note)
    finger.pulls(90)  # not far enough
    expect(pull).to_be_hidden()
    assert asked == []
    finger.pulls(260)
    expect(pull).to_contain_text("Up to date")
    assert len(asked) == 1
    expect(pull).to_be_hidden()
    expect(phone.locator("#live")).to_be_visible()
    phone.evaluate("scrollTo(0, 200)")
    if phone.evaluate("scrollY") > 0:
        finger.pulls(120)
        assert len(asked) == 1
    phone.remove_listener("request", note)


def test_a_press_that_moves_ticks_nothing(phone: Page, stage: Stage) -> None:
    phone.goto(f"{stage.product.address}/?view=grid")
    poster = phone.locator(".poster-link").first
    # At the top of the window, where the bar that comes with a tick does not lie over it.
    poster.evaluate("one => one.scrollIntoView({ block: 'start', behavior: 'instant' })")
    box = poster.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + 60
    finger = Finger(phone)
    finger.draws([(x, y), (x - 8, y), (x - 30, y)], lifts=False)
    phone.wait_for_timeout(700)
    finger.lifts()
    expect(phone.locator("input[name=keys]").first).not_to_be_checked()
    finger.draws([(x, y)], lifts=False)
    expect(phone.locator("input[name=keys]:checked")).to_have_count(1)
    finger.lifts()
    finger.draws([(x, y)], lifts=False)  # a second one takes the tick away
    expect(phone.locator("input[name=keys]:checked")).to_have_count(0)
    finger.lifts()


def test_a_theme_chosen_in_one_browser_is_in_the_next_from_the_first_paint(
    browser: Browser, stage: Stage
) -> None:
    first = logged_in(browser, stage, color_scheme="light")
    first.goto(f"{stage.product.address}/queue")
    first.locator(".shell-tools details.menu summary").click()
    with first.expect_response("**/api/preferences") as kept:
        first.get_by_role("button", name="Dark").click()
    assert kept.value.ok
    expect(first.locator("html")).to_have_attribute("data-theme", "dark")
    # Another browser, after its login, and without a script that could change anything later.
    other = browser.new_context(color_scheme="light", java_script_enabled=False).new_page()
    other.goto(f"{stage.product.address}/login")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Log in").click()
    ground = "getComputedStyle(document.body).backgroundColor"
    assert other.evaluate(ground) == "rgb(24, 25, 27)"
    other.locator(".shell-tools details.menu summary").click()
    other.locator(".shell-tools").get_by_role("button", name="Light").click()
    assert other.evaluate(ground) == "rgb(244, 245, 247)"
    # The first one knows at its next page, though it has noted the dark one itself.
    first.goto(f"{stage.product.address}/queue")
    expect(first.locator("html")).to_have_attribute("data-theme", "light")
    assert first.evaluate("localStorage.getItem('theme')") == "light"


@pytest.mark.parametrize("width", [320, 1280])
def test_the_menu_of_the_account_opens_in_sight_without_script(
    browser: Browser, stage: Stage, width: int
) -> None:
    size = {"width": width, "height": 900}
    page = logged_in(browser, stage, viewport=size, java_script_enabled=False)
    page.goto(f"{stage.product.address}/")
    page.locator(".shell-tools details.menu summary").click()
    links = page.locator(".shell-tools .menu-list :is(a, button)")
    assert links.count() > 10
    for link in links.all():
        box = link.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    expect(links.first).to_be_in_viewport()
    expect(links.last).to_be_attached()


def test_how_lists_are_shown_is_kept_by_choosing_it(browser: Browser, stage: Stage) -> None:
    page = logged_in(browser, stage, viewport={"width": 1280, "height": 900})
    page.goto(f"{stage.product.address}/")
    kept = "**/api/preferences"
    with page.expect_response(kept) as answer:
        page.locator("#filters [name=view][value=table]").check()
    assert answer.value.json()["library_view"] == "TABLE"
    expect(page.locator(".series-table")).to_be_visible()
    page.locator(".table-columns summary").click()
    with page.expect_response(kept):
        page.locator(".table-columns a", has_text="Size").click()
    with page.expect_response(kept):
        page.get_by_role("link", name="Size", exact=True).click()
    page.goto(f"{stage.product.address}/series/{KEY}")
    with page.expect_response(kept):
        page.locator("#view-grid").click()
    page.wait_for_url("**view=grid")
    other = logged_in(browser, stage, viewport={"width": 1280, "height": 900})
    other.goto(f"{stage.product.address}/")
    expect(other.locator("th[aria-sort]")).to_contain_text("Size")
    other.goto(f"{stage.product.address}/series/{KEY}")
    expect(other.locator("#view-grid")).to_have_attribute("aria-current", "true")
    stage.product.api(
        "PATCH", "preferences", {"library_view": "GRID", "series_view": "LIST"}, expect=200
    )


def test_a_view_is_saved_and_opened_by_keyboard_and_by_finger(phone: Page, stage: Stage) -> None:
    phone.goto(f"{stage.product.address}/?show=missing&sort=size&view=table")
    menu = phone.locator("#views-menu summary")
    menu.press("Enter")
    phone.get_by_label("Save this view as").fill("Gaps")
    phone.keyboard.press("Enter")
    expect(phone.locator("toast-stack")).to_contain_text("“Gaps” is among your views.")
    phone.goto(f"{stage.product.address}/")
    phone.locator("#views-menu summary").tap()
    phone.locator("#views-list").get_by_role("link", name="Gaps").tap()
    phone.wait_for_url("**sort=size**")
    expect(phone.locator("#filters [name=sort]")).to_have_value("size")
    phone.locator("#views-menu summary").tap()
    phone.get_by_role("link", name="Rename or remove").tap()
    phone.get_by_role("button", name="Remove Gaps").tap()
    phone.locator("#question-sheet").get_by_role("button", name="Remove").tap()
    expect(phone.get_by_text("None yet.")).to_be_visible()
