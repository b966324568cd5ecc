"""A site that cannot be reached, its search and its list: the class of each, told by API and page.

The table of all failures is ``docs/providers/failures.md``.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aniworld.config import store
from aniworld.sites.models import ServiceState
from aniworld.web.advice import advice_of
from library.models import AnimeSeries
from library.services.catalogue import keep_list
from providers.asking import asked_now
from providers.errors import ProviderError
from tests.integration.downloads_support import KEY, configure
from tests.integration.failures_stage import Told, quick_limits, visitor
from tests.media_server import MediaServer
from tests.product import free_port
from tests.site.world import SampleWorld
from tests.unit.downloads.transfer.wire.tls import certificate

NAME = "a-site.test"
HEALTH = "/settings/providers/health"


@pytest.fixture
def told(world: SampleWorld, series: AnimeSeries, monkeypatch: pytest.MonkeyPatch) -> Told:
    quick_limits(monkeypatch)
    return Told(visitor(), world)


def is_told(told: Told, why: str, *, code: str = "site_down") -> None:
    """A refresh ends in this class; series, page of the series and page of health tell it."""
    answer = told.refresh()
    assert (answer["code"], answer["params"].get("why", "")) == (code, why), answer
    kept = told.api(f"v1/anime/{KEY}")[1]
    assert (kept["error"]["text"], bool(kept["advice"])) == (answer["detail"], True)
    told.stands_on(f"/series/{KEY}", kept["error"])
    assert answer["detail"] in told.page(HEALTH)


def names_are_unknown(monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    """What the resolver of this machine answers for one name; all others are as they are."""
    real: Callable[..., Any] = socket.getaddrinfo

    def looked_up(host: Any, *rest: Any, **more: Any) -> Any:
        if host == NAME:
            raise socket.gaierror(error, "as the test has it")
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    configure(f"http://{NAME}:8000")


def test_a_closed_port(told: Told) -> None:
    configure(f"http://127.0.0.1:{free_port()}")
    is_told(told, "no_connection")
    assert told.calls("aniworld") == {"site_down": 1}


def test_a_name_that_nobody_knows(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    names_are_unknown(monkeypatch, socket.EAI_NONAME)
    is_told(told, "unknown_name")
    assert told.api("providers/health")[1]["line_out_since"] is None


def test_no_name_server_is_our_own_line_and_blames_nobody(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    names_are_unknown(monkeypatch, socket.EAI_AGAIN)
    answer = told.refresh()
    assert (answer["code"], answer["params"]["why"]) == ("site_down", "no_names")
    told.stands_on(f"/series/{KEY}", told.api(f"v1/anime/{KEY}")[1]["error"])
    assert told.api("providers/health")[1]["line_out_since"] is not None
    assert told.calls("aniworld") == {}
    assert "Nobody can be reached from this machine" in told.page(HEALTH)


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[MediaServer]:
    """A server whose certificate vouches for itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    with MediaServer(context).running() as server:
        yield server


def test_a_certificate_that_nobody_vouches_for(told: Told, secured: MediaServer) -> None:
    configure(secured.url("").rstrip("/"))
    is_told(told, "certificate")
    assert secured.asked == []  # nothing was sent to it


def test_an_address_in_a_private_network(told: Told) -> None:
    configure("http://10.1.2.3")
    answer = told.refresh()
    assert (answer["code"], answer["params"]["why"]) == ("address_refused", "private")
    told.stands_on(f"/series/{KEY}", told.api(f"v1/anime/{KEY}")[1]["error"])


def test_a_site_that_is_switched_off(told: Told) -> None:
    store.update(lambda values: values["providers"]["sites"]["aniworld"].update(enabled=False))
    answer = told.refresh()
    assert (answer["code"], answer["params"]["why"]) == ("unknown_provider", "off")
    assert told.world.log() == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_that_is_asked_for_is_kept_and_shown(told: Told, status: int) -> None:
    told.world.fail_status(status, retry_after=3_000, side="catalogue", path="/anime/*")
    assert told.refresh()["params"]["why"] == "pause"
    [hold] = told.api("holds")[1]
    assert (hold["asked_by"], hold["host"]) == ("aniworld", told.world.catalogue_url.split("//")[1])
    assert 2_900 < hold["seconds"] <= 3_000
    assert hold["host"] in told.page("/queue")
    assert told.refresh()["params"]["why"] == "resting"
    assert told.world.count() == 1  # and it was not asked again


def test_a_site_that_fails_again_and_again_is_left_alone(told: Told) -> None:
    told.world.fail("empty_body", side="catalogue", path="/anime/*")
    most = store.load().providers.failures_until_rest
    for _ in range(most):
        assert told.refresh()["params"]["why"] == "empty_page"
    asked = told.world.count()
    is_told_resting(told, "")
    assert told.world.count() == asked


def test_a_site_that_refuses_is_left_alone_at_once(told: Told) -> None:
    told.world.fail("challenge", {"sign": "cf-turnstile"}, side="catalogue", path="/anime/*")
    assert told.refresh()["code"] == "challenge"
    is_told_resting(told, "refused")
    assert told.world.count() == 1


def is_told_resting(told: Told, why: str) -> None:
    answer = told.refresh()
    assert (answer["code"], answer["params"].get("why", "")) == ("site_resting", why)
    told.stands_on(f"/series/{KEY}", told.api(f"v1/anime/{KEY}")[1]["error"])
    assert "Left alone until" in told.page(HEALTH)


# the search


SEARCHES: list[tuple[str, tuple[str, dict[str, Any]], str]] = [
    ("an error page", ("error_page_200", {}), "site_down"),
    ("a page of somebody else", ("block_page", {}), "site_down"),
    ("an error of the server", ("status", {"status": 502}), "site_down"),
    ("a check with 200", ("challenge", {"sign": "cf-turnstile", "status": 200}), "challenge"),
    ("a page for spam", ("spam", {}), "blacklisted"),
    ("a page of the site", ("page", {"text": "<title>AniWorld</title>"}), "markup_changed"),
]


@pytest.mark.parametrize(
    ("planted", "code"), [one[1:] for one in SEARCHES], ids=[one[0] for one in SEARCHES]
)
def test_a_search_that_is_answered_by_a_page_is_no_empty_answer(
    told: Told, planted: tuple[str, dict[str, Any]], code: str
) -> None:
    for path in ("/ajax/*", "/animes-alphabet"):
        told.world.fail(*planted, side="catalogue", path=path)
    status, answer = told.api("v1/anime/search", query="Mond")
    assert (status, answer["code"]) == (503, code), answer
    ServiceState.objects.all().delete()  # or it is left alone by now
    shown = told.page("/add?q=Mond")
    assert "The search did not work" in shown
    for words in (answer["detail"], advice_of(answer)):
        assert words in shown
    assert "Nothing found" not in shown


def test_an_empty_answer_of_the_search_is_that_it_finds_nothing(told: Told) -> None:
    told.world.fail("empty_body", side="catalogue", path="/ajax/*")
    status, answer = told.api("v1/anime/search", query="gibt es nicht")
    assert (status, answer["results"]) == (200, [])
    assert "Nothing found" in told.page("/add?q=gibt es nicht")


# the list of all series


LISTS: list[tuple[str, tuple[str, dict[str, Any]], str]] = [
    ("has another form", ("changed_markup", {"what": "list"}), "markup_changed"),
    ("is an error page", ("error_page_200", {}), "site_down"),
    ("is a page of somebody else", ("block_page", {}), "site_down"),
    ("is a check", ("challenge", {"sign": "challenge-platform", "status": 200}), "challenge"),
]


@pytest.mark.parametrize(
    ("planted", "code"), [one[1:] for one in LISTS], ids=[one[0] for one in LISTS]
)
def test_a_list_that_cannot_be_read_is_told_beside_the_catalogue(
    told: Told, planted: tuple[str, dict[str, Any]], code: str
) -> None:
    told.world.fail(*planted, side="catalogue", path="/animes-alphabet")
    with pytest.raises(ProviderError), asked_now(of_now_alone=True):
        keep_list("aniworld")
    [kept] = told.api("catalogue")[1]["lists"]
    assert (kept["error"]["code"], bool(kept["advice"])) == (code, True)
    told.stands_on("/catalogue", kept["error"])
    assert code in told.calls("aniworld")
