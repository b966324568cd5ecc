"""Common jobs in as few steps as docs/steps.md says, each from the page the product opens with.

A step is a click, a key chord or a field filled in. The table is the expectation: a job that takes
more steps than it says fails, and so does a table that says less of us than of a rival.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.browser import chromium, complaints_of
from tests.e2e.conftest import PASSWORD, Stage
from tests.product import PROJECT, Product
from tests.site.library import build_library
from tests.site.world import SampleWorld, shared_data

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

TABLE = Path(PROJECT, "docs", "steps.md")
NOT_POSSIBLE = "not possible"
QUEUE = """
from django.utils import timezone
from downloads.choices import Status
from library.models import AnimeSeries
from tests.factories import make_item
series = AnimeSeries.objects.get(key="kazekiri")
for number in (901, 902):
    make_item(series, number, status=Status.FAILED, completed_at=timezone.now())
for number, key in enumerate(("frostfeuer-zero", "kupferfuchs"), start=903):
    make_item(AnimeSeries.objects.get(key=key), number)
"""


@dataclass
class Hand:
    """Who does a job, and how many steps it has taken."""

    page: Page
    stage: Stage
    steps: int = 0

    def click(self, what: Locator) -> None:
        self.steps += 1
        what.click()

    def press(self, keys: str) -> None:
        """One chord: keys held at once, or one pressed right after the other."""
        self.steps += 1
        for key in keys.split(" "):
            self.page.keyboard.press(key)

    def fill(self, field: Locator, text: str) -> None:
        self.steps += 1
        field.fill(text)

    def choose(self, field: Locator, label: str) -> None:
        self.steps += 1
        field.select_option(label=label)

    def link(self, name: str) -> Locator:
        return self.page.locator(".shell-nav").get_by_role("link", name=name)

    def button(self, name: str, within: str = "main") -> Locator:
        return self.page.locator(within).get_by_role("button", name=name, exact=True)

    def poster(self, key: str) -> Locator:
        return self.page.locator(f"main [data-key='{key}'] a.poster-link")

    def tick(self, key: str) -> Locator:
        return self.page.locator(f"main [data-key='{key}'] input[name=keys]")

    def is_ready(self) -> None:
        """The scripts of the page have come."""
        self.page.wait_for_function("() => customElements.get('key-bindings')")

    def is_told(self, words: str) -> None:
        expect(self.page.locator("toast-stack")).to_contain_text(words)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A library that was scanned, with something in its queue; no worker touches it."""
    work = tmp_path_factory.mktemp("steps")
    data = work / "data"
    data.mkdir()
    with SampleWorld() as world, Product(data) as product:
        stage = Stage(product, world, build_library(work / "library", data=shared_data()))
        product.migrate()
        product.start_web()
        stage.set_up()
        assert product.manage("rescan").returncode == 0
        done = product.manage("shell", "-c", QUEUE)
        assert done.returncode == 0, done.stderr
        yield stage


@pytest.fixture(scope="module")
def visitor(stage: Stage) -> Iterator[BrowserContext]:
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.goto(stage.product.address)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", name="Library")).to_be_visible()
        page.close()
        yield context


@pytest.fixture
def hand(stage: Stage, visitor: BrowserContext) -> Iterator[Hand]:
    """At the library, the page the product opens with."""
    page = visitor.new_page()
    complaints = complaints_of(page)
    page.goto(stage.product.address)
    hand = Hand(page, stage)
    hand.is_ready()
    yield hand
    page.close()
    assert complaints == []


def queues_a_season(hand: Hand) -> None:
    hand.click(hand.poster("mondlaterne"))
    hand.click(hand.page.locator("#queue-season-2"))
    hand.is_told("queued")


def retries_what_failed(hand: Hand) -> None:
    hand.press("q r")
    hand.is_told("2 episodes are tried again.")


def changes_the_language(hand: Hand) -> None:
    hand.click(hand.poster("mondlaterne"))
    hand.click(hand.page.get_by_role("link", name="Preferences"))
    hand.choose(hand.page.get_by_label("Languages, choice 1"), "English Sub")
    hand.click(hand.button("Save"))
    hand.is_told("Saved.")


def finds_why_an_episode_is_missing(hand: Hand) -> None:
    hand.click(hand.poster("uhrwerk-2199"))
    row = hand.page.locator("[data-episode='1-1']")
    hand.click(row.locator(".evidence > summary"))
    expect(row.get_by_role("heading", name="Catalogue")).to_be_visible()


def adds_by_name(hand: Hand) -> None:
    hand.click(hand.link("Add series"))
    hand.fill(hand.page.get_by_label("Name or link"), "Geisterclub")
    hand.press("Enter")
    hand.click(hand.page.get_by_role("button", name=re.compile("^Add Geisterclub")).first)
    expect(hand.page.get_by_role("heading", level=1)).to_contain_text("Geisterclub")


def adds_by_link(hand: Hand) -> None:
    link = f"{hand.stage.world.catalogue_url}/anime/stream/lokomotive-lila"
    hand.page.evaluate("(text) => navigator.clipboard.writeText(text)", link)
    hand.press("Control+v")
    hand.click(hand.page.get_by_role("button", name=re.compile("^Add .")).first)
    hand.page.wait_for_url("**/series/*")


def follows_a_series(hand: Hand) -> None:
    hand.click(hand.tick("glasgarten-2022"))
    hand.click(hand.button("Follow new episodes"))
    hand.is_told("1")
    hand.page.goto(f"{hand.stage.product.address}/series/glasgarten-2022")
    expect(hand.page.get_by_text("Followed: new episodes")).to_be_visible()


def queues_all_that_is_missing(hand: Hand) -> None:
    hand.click(hand.link("Missing"))
    hand.click(hand.page.get_by_role("button", name=re.compile(r"^Queue all \d+")))
    hand.click(hand.page.locator("#question-sheet [data-yes]"))
    hand.is_told("queued")


def starts_the_queue(hand: Hand) -> None:
    hand.click(hand.link("Queue"))
    hand.click(hand.button("Start"))
    expect(hand.page.get_by_text("Running")).to_be_visible()


def puts_an_episode_next(hand: Hand) -> None:
    hand.click(hand.link("Queue"))
    line = hand.page.locator(".queue-line", has_text="Kupferfuchs").first
    hand.click(line.locator(".queue-menu > summary"))
    hand.click(line.get_by_role("button", name="To the top"))
    first = hand.page.locator("[aria-labelledby=pending-title] .queue-line").first
    expect(first).to_contain_text("Kupferfuchs")


def takes_back_what_was_done(hand: Hand) -> None:
    """It was done a moment ago: a series was taken out of the library."""
    hand.page.goto(f"{hand.stage.product.address}/series/hundert-treppen")
    hand.page.locator("#series-menu > summary").click()
    hand.page.locator("#series-remove").click()
    hand.button("Remove", "#question-sheet").click()
    hand.is_told("was taken out of the library")
    hand.is_ready()
    hand.press("Control+z")
    hand.is_told("is back in the library")


def sees_what_comes(hand: Hand) -> None:
    hand.click(hand.link("Calendar"))
    expect(hand.page.get_by_role("heading", level=1)).to_contain_text("Calendar")


JOBS: dict[str, Callable[[Hand], None]] = {
    "See what comes this week": sees_what_comes,
    "Find out why an episode is missing": finds_why_an_episode_is_missing,
    "Put an episode next": puts_an_episode_next,
    "Queue what is missing of a season": queues_a_season,
    "Retry all that failed": retries_what_failed,
    "Have a series in another language": changes_the_language,
    "Add a series by its name": adds_by_name,
    "Add a series by its link": adds_by_link,
    "Fetch new episodes of a series by themselves": follows_a_series,
    "Queue all that is missing in the library": queues_all_that_is_missing,
    "Start the downloads": starts_the_queue,
    "Take back what was done last": takes_back_what_was_done,
}


def rows() -> dict[str, list[str]]:
    """What the table says of each job: steps here, with Sonarr, with MeTube."""
    found = re.findall(
        r"^\| ([A-Z][^|]+) \| (\d+) \| ([^|]+) \| ([^|]+) \|", TABLE.read_text(), re.M
    )
    return {job: [ours, *rivals] for job, ours, *rivals in found}


def test_no_job_takes_more_steps_than_with_a_rival() -> None:
    table = rows()
    assert set(table) == set(JOBS)
    for job, (ours, *rivals) in table.items():
        for theirs in rivals:
            assert theirs == NOT_POSSIBLE or int(ours) <= int(theirs), job


@pytest.mark.parametrize("job", JOBS)
def test_a_job_takes_as_many_steps_as_the_table_says(hand: Hand, job: str) -> None:
    JOBS[job](hand)
    assert hand.steps == int(rows()[job][0])
