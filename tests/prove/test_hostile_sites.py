"""Pages of a hostile site and hoster, read by the running product: others are served as usual."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import requests

from tests.prove.conftest import Prove
from tests.prove.house import SHOW, House, house, wait_for_rest
from tests.prove.pinging import Attack, Target, hold_against
from tests.site.pages import hosters

pytestmark = [pytest.mark.timeout(900)]

MEGABYTE = 1_000_000
ROWS = '<tr itemprop="episode" data-episode-season-id="1"><td><a href="/x">x</a></td></tr>'


@dataclass(frozen=True)
class Page:
    """A page in place of a series' own: what is hostile in it."""

    what: str
    text: str

    def __str__(self) -> str:
        return self.what


def _within(body: str) -> str:
    """A page that begins as a series' page does."""
    return f'<html><body><div id="stream" class="hosterSiteDirectNav">{body}</div></body></html>'


PAGES = (
    Page("nothing but nesting", "<div>" * (7 * MEGABYTE // 5)),
    Page("nesting behind a landmark", _within("<div>" * 1_000_000)),
    Page("a flag's address without an end", _within(f'<img src="/{"a" * 80_000}.svg?">' * 20)),
    Page("a title of three megabytes", _within(f"<h1><span>{'x ' * 1_500_000}</span></h1>")),
    Page(
        "seven hundred thousand names",
        _within(f'<h1 data-alternativetitles="{"a, " * 700_000}"><span>x</span></h1>'),
    ),
    Page("seventy thousand rows", _within(f"<table><tbody>{ROWS * 70_000}</tbody></table>")),
    Page("a tag with half a million attributes", _within(f"<p {'a=1 ' * 500_000}>")),
    Page("numbers without an end", _within(f'<a href="/staffel-{"9" * 500_000}">x</a>')),
    Page("half an entity, again and again", _within("&#x" * 1_000_000)),
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    work = tmp_path_factory.mktemp("hostile")
    with house(work, "SQLite", episodes=3, doors=1, max_retries=0) as built:
        yield built


@pytest.fixture
def target(built: House) -> Target:
    return Target(built.first.port, built.token)


def _asking(path: str, body: object = None) -> Attack:
    """Let the product ask the site again and again. What it answers is its own affair, but an
    answer it is."""

    def attack(target: Target, over: Callable[[], bool]) -> None:
        while not over():
            answer = requests.post(
                f"{target.address}/api/{path}", json=body, headers=target.login, timeout=60
            )
            assert answer.status_code < 500 or answer.status_code in {502, 503}, answer.text[:300]
            assert answer.status_code != 404

    return attack


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_series_page_of_a_hostile_site(
    built: House, target: Target, page: Page, proved: Prove
) -> None:
    with built.world.failing("page", {"text": page.text}, side="catalogue", path="/anime/stream/*"):
        seen = hold_against(target, _asking(f"v1/anime/{SHOW}/refresh"), f"{page}:")
    proved(f"hostile series page: {seen}")
    assert built.first.api("POST", f"v1/anime/{SHOW}/refresh", expect=200)  # all is as before


@pytest.mark.parametrize("page", PAGES[:3], ids=str)
def test_a_search_of_a_hostile_site(
    built: House, target: Target, page: Page, proved: Prove
) -> None:
    with built.world.failing("page", {"text": page.text}, side="catalogue", path="/ajax/search*"):
        attack = _asking("v1/anime/search", {"query": "zeitlose"})
        seen = hold_against(target, attack, f"{page}:")
    proved(f"hostile search: {seen}")


EMBEDS = {
    "a VOE page of half values": "<script>" + "var a168c='" * 300_000 + "</script>",
    "a VOE page of addresses": "<script>" + "location.href='https://a" * 200_000 + "</script>",
    "a player without an end": "<script>sources: [{" + 'file: "x" ' * 300_000 + "</script>",
    "a payload of eight megabytes": hosters.voe_mirror(
        {"source": "http://127.0.0.1/" + "a" * 2_000_000}, "x"
    ).decode(),
    "nothing but nesting": "<div>" * (7 * MEGABYTE // 5),
}


@pytest.mark.parametrize("what", EMBEDS)
def test_an_embed_page_of_a_hostile_hoster(
    built: House, target: Target, what: str, proved: Prove
) -> None:
    """The child reads it: the worker is free again when it ends, and the item says why."""
    first = built.first
    with built.world.failing("page", {"text": EMBEDS[what]}, side="hoster", path="/*"):
        [item] = built.queue([1])
        first.start_worker()

        def attack(_target: Target, over: Callable[[], bool]) -> None:
            first.api("POST", "queue/start", expect=200)
            while not over():
                first.api("GET", "queue/status", expect=200)

        seen = hold_against(target, attack, f"{what}:")
        wait_for_rest(built, seconds=240)
    first.stop("worker")
    assert _statuses(built)[str(item)] == "FAILED"
    proved(f"hostile embed page: {seen}")


def _statuses(built: House) -> dict[str, str]:
    answer = built.first.api("GET", "queue/items?page_size=200", expect=200)
    return {row["id"]: row["status"] for row in answer["results"]}
