"""The pages of the sites, on a real site that answers over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client
from pytest_django import Settings

from aniworld.config import services, store
from aniworld.sites import probes
from aniworld.sites.health import monitor
from providers.errors import ChallengeRequired
from providers.watching import Called, Fault
from tests.unit.reading import get, soup, texts
from tests.unit.visiting import visitor  # noqa: F401 - fixture

pytestmark = pytest.mark.django_db

SECRET = "http://me:hunter2@127.0.0.1:9"


class _Empty(BaseHTTPRequestHandler):
    """A site that has nothing, as the page contract spells that."""

    def _answer(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b"[]")

    do_GET = do_POST = _answer  # noqa: N815 - http.server's name

    def log_message(self, *_: object) -> None:
        """No news."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Empty)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def _near(settings: Settings) -> None:
    settings.ALLOW_PRIVATE_HOSTS = ["127.0.0.0/8"]


def set_up(base_url: str) -> None:
    site = {"enabled": True, "base_url": base_url, "requests_per_second": 100}
    services.edit({"providers": {"sites": {"aniworld": site}}})


def said(client: Client, action: str) -> tuple[str, str]:
    """What a button's message says, and of which kind it is."""
    answer = client.post(f"/settings/providers/aniworld/{action}", follow=True)
    toast = soup(answer).select_one("toast-stack .toast")
    assert toast is not None
    return toast["class"][-1], toast.get_text()


def test_a_test_asks_the_site(
    visitor: Client,  # noqa: F811
    address: str,
) -> None:
    set_up(address)
    kind, words = said(visitor, "test")
    assert (kind, "answered in" in words) == ("toast--success", True)
    assert "no series with “one” in its name" in words, "what was looked for, where it found none"


def test_a_site_that_went_down_is_told_though_its_pages_are_kept(
    visitor: Client,  # noqa: F811
) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Empty)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    set_up(f"http://127.0.0.1:{server.server_port}")
    assert probes.probe_provider("aniworld").error is None
    server.shutdown()
    server.server_close()
    thread.join()
    assert probes.probe_provider("aniworld").error is not None
    kind, words = said(visitor, "test")
    assert (kind, "cannot be reached" in words) == ("toast--error", True)


def test_a_site_is_switched_and_its_change_is_undone_from_the_message(
    visitor: Client,  # noqa: F811
) -> None:
    answer = visitor.post("/settings/providers/aniworld/change", {"action": "on"}, follow=True)
    assert store.load().providers.sites["aniworld"].enabled is True
    assert "on" in texts(soup(answer), "h2 .chip")
    undo = soup(answer).select_one("toast-stack .toast form")
    assert undo is not None
    visitor.post(str(undo["action"]))
    assert "aniworld" not in store.load().providers.sites


def test_address_and_rate_are_set_and_a_secret_stays(
    visitor: Client,  # noqa: F811
) -> None:
    set_up(SECRET)
    page = get(visitor, "/settings/providers/aniworld")
    assert "hunter2" not in str(page)
    fields = {
        str(one["name"]): one.get("value", "") for one in page.select("form[novalidate] input")
    }
    data = fields | {"requests_per_second": "2", "mirrors": "https://b.example\nhttps://c.example"}
    visitor.post("/settings/providers/aniworld", data | {"enabled": "on"})
    chosen = store.load().providers.sites["aniworld"]
    assert (chosen.base_url, chosen.requests_per_second) == (SECRET, 2.0)
    assert chosen.mirrors == ("https://b.example", "https://c.example")
    wrong = visitor.post(
        "/settings/providers/aniworld", data | {"seen": "", "mirrors": "https://b.example\nnothing"}
    )
    assert wrong.status_code == 422
    assert "Line 2: Must be an address" in soup(wrong).get_text()


def test_sites_are_moved_and_strange_ones_are_not_found(
    visitor: Client,  # noqa: F811
) -> None:
    assert visitor.post("/settings/providers/aniworld/change", {"action": "up"}).status_code == 302
    for place in ("", "/test", "/change"):
        assert visitor.post(f"/settings/providers/nothing{place}").status_code == 404
    assert visitor.post("/settings/providers/aniworld/change", {"action": "x"}).status_code == 404


def test_a_feed_without_an_address_and_one_in_a_file_have_their_pages(
    visitor: Client,  # noqa: F811
) -> None:
    chosen = {"provider": "manifest", "label": "My friends", "enabled": True}
    files = {**chosen, "label": "My files", "base_url": "file:///srv/feeds/a.json"}
    services.edit({"providers": {"sites": {"friends": chosen, "files": files}}})
    listed = get(visitor, "/settings/providers").get_text()
    assert "My friends" in listed
    assert "Internet Archive" in listed
    shown = get(visitor, "/settings/providers/friends").get_text()
    assert "My friends" in shown
    assert "Built-in address" not in shown
    assert "https://archive.org" in get(visitor, "/settings/providers/archive").get_text()
    assert "My files" in get(visitor, "/settings/providers/health").get_text()
    for name, words in (("friends", "has no address"), ("files", "lies in none of the folders")):
        answer = visitor.post(f"/settings/providers/{name}/test", follow=True)
        assert words in soup(answer).get_text()


def test_the_password_of_a_proxy_is_shown_nowhere_and_stays(
    visitor: Client,  # noqa: F811
) -> None:
    proxy = "socks5h://me:hunter2@127.0.0.1:1080"
    site = {"enabled": True, "proxy": proxy}
    services.edit({"providers": {"sites": {"aniworld": site}}})
    page = get(visitor, "/settings/providers/aniworld")
    assert "hunter2" not in str(page)
    fields = {
        str(one["name"]): one.get("value", "") for one in page.select("form[novalidate] input")
    }
    assert fields["proxy"] == "socks5h://•••@127.0.0.1:1080"
    visitor.post("/settings/providers/aniworld", fields | {"requests_per_second": "2"})
    chosen = store.load().providers.sites["aniworld"]
    assert (chosen.proxy, chosen.requests_per_second) == (proxy, 2.0)
    wrong = visitor.post("/settings/providers/aniworld", fields | {"seen": "", "proxy": "nothing"})
    assert wrong.status_code == 422
    assert "Must be an address such as socks5://" in soup(wrong).get_text()


def test_sites_that_fail_say_so_where_they_are_listed(
    visitor: Client,  # noqa: F811
) -> None:
    set_up("https://me:hunter2@aniworld.example")
    assert "not asked of late" in texts(get(visitor, "/settings/providers"), "h2 .chip")
    refused = ChallengeRequired(why="check", site="AniWorld", sign="DDoS-Guard")
    monitor.watch().note(Called("aniworld", "aniworld.example", Fault.of(refused)))
    page = get(visitor, "/settings/providers")
    assert "down" in texts(page, "h2 .chip")
    assert "wants a check in the browser" in texts(page, ".field-error")[0]
    assert page.select_one("a.chip[href$='health#site-aniworld']")
    assert get(visitor, "/settings/providers/health").select_one("#site-aniworld")
    addresses = texts(page, "p > code")
    assert "https://archive.org" in addresses
    assert "hunter2" not in str(page)
