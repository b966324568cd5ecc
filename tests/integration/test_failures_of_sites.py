"""Every way in which a catalogue site fails, over real sockets: its class, within its limits, told
by the API and by the pages. The table of them is ``docs/providers/failures.md``."""

from __future__ import annotations

import time
from typing import Any

import pytest

from aniworld.sites.pages.fault_words import fault_words
from library.models import AnimeSeries
from tests.integration.downloads_support import KEY
from tests.integration.failures_stage import (
    MOST_SECONDS,
    SENT_AGAIN,
    Fault,
    Told,
    quick_limits,
    visitor,
)
from tests.site.pages.trouble import SIGNS
from tests.site.world import SampleWorld

SERIES = f"/anime/stream/{KEY}"
AT_SITE: dict[str, Any] = {"side": "catalogue", "path": "/anime/*"}


@pytest.fixture
def told(world: SampleWorld, series: AnimeSeries, monkeypatch: pytest.MonkeyPatch) -> Told:
    quick_limits(monkeypatch)
    return Told(visitor(), world)


def sign(name: str, status: int) -> Fault:
    return Fault(
        f"{name} with {status}",
        lambda world: world.fail("challenge", {"sign": name, "status": status}, **AT_SITE),
        "challenge",
        "check",
    )


def changed(what: str) -> Fault:
    return Fault(
        f"{what} has another form",
        lambda world: world.fail("changed_markup", {"what": what}, **AT_SITE),
        "markup_changed",
        most=3,
    )


FAULTS = [
    Fault(
        "an error of the server",
        lambda world: world.fail_status(502, **AT_SITE),
        *("site_down", "error_status", SENT_AGAIN),
    ),
    Fault(
        "a server that says nothing",
        lambda world: world.delay(30, **AT_SITE),
        *("site_down", "timed_out", SENT_AGAIN),
    ),
    Fault(
        "a page that drips",
        lambda world: world.fail("throttle", {"bytes_per_second": 2_000}, **AT_SITE),
        *("site_down", "too_slow", SENT_AGAIN),
    ),
    Fault(
        "an answer that breaks off",
        lambda world: world.fail("cut", {"after": 0.5}, **AT_SITE),
        *("site_down", "unreachable", SENT_AGAIN),
    ),
    Fault(
        "an empty page",
        lambda world: world.fail("empty_body", **AT_SITE),
        *("site_down", "empty_page"),
    ),
    Fault(
        "an error page with 200",
        lambda world: world.fail("error_page_200", **AT_SITE),
        *("site_down", "error_page"),
    ),
    Fault(
        "the page of a provider's block",
        lambda world: world.fail("block_page", **AT_SITE),
        *("site_down", "foreign_page"),
    ),
    Fault(
        "a page of somebody else",
        lambda world: world.fail("parked", **AT_SITE),
        *("site_down", "foreign_page"),
    ),
    Fault(
        "429",
        lambda world: world.fail_status(429, **AT_SITE),
        *("rate_limited", "slow_down", SENT_AGAIN),
    ),
    Fault(
        "429 with a pause",
        lambda world: world.fail_status(429, retry_after=3_000, **AT_SITE),
        *("rate_limited", "pause"),
    ),
    Fault(
        "503 with a pause",
        lambda world: world.fail_status(503, retry_after=3_000, **AT_SITE),
        *("rate_limited", "pause"),
    ),
    Fault("403", lambda world: world.fail_status(403, **AT_SITE), "challenge", "refused"),
    Fault(
        "DDoS-Guard's page", lambda world: world.fail("ddos_guard", **AT_SITE), "challenge", "check"
    ),
    Fault(
        "Cloudflare's page", lambda world: world.fail("cloudflare", **AT_SITE), "challenge", "check"
    ),
    *(sign(name, 403) for name in SIGNS),
    *(sign(name, 503) for name in ("cf_clearance", "cf-mitigated", "cf-turnstile")),
    *(sign(name, 200) for name in SIGNS if name not in {"cf_clearance"}),
    Fault("a page for spam", lambda world: world.fail("spam", **AT_SITE), "blacklisted"),
    Fault("404", lambda world: world.fail_status(404, **AT_SITE), "not_found", "status"),
    Fault("410", lambda world: world.fail_status(410, **AT_SITE), "not_found", "status"),
    Fault(
        "not found with 200",
        lambda world: world.fail("soft_404", **AT_SITE),
        *("not_found", "disabled"),
    ),
    Fault(
        "disabled with 200",
        lambda world: world.fail("soft_404", {"deactivated": True}, **AT_SITE),
        *("not_found", "disabled"),
    ),
    Fault(
        "a redirect without end",
        lambda world: world.fail("leads_to", {"address": SERIES}, **AT_SITE),
        *("unexpected_answer", "redirects", 6),
    ),
    Fault(
        "a redirect to a private address",
        lambda world: world.fail("leads_to", {"address": "http://10.0.0.1/"}, **AT_SITE),
        *("address_refused", "private"),
    ),
    Fault(
        "a page of another host",
        lambda world: world.fail(
            "leads_to", {"address": world.hoster_url.replace("127.0.0.1", "localhost")}, **AT_SITE
        ),
        *("not_found", "status", 2),
    ),
    Fault(
        "a page without end",
        lambda world: world.fail("page", {"text": "x" * 9_000_000}, **AT_SITE),
        "response_too_large",
    ),
    *(changed(what) for what in ("stream", "table", "title")),
]
ANSWERS = {"not_found"}  # the site has answered: it has no such series
UNASKED = {"address_refused"}  # nobody was asked
PAUSE = "pause"  # what is asked for is kept, and no failure


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_site_that_fails_is_told_in_its_class(told: Told, fault: Fault) -> None:
    fault.plant(told.world)
    began = time.monotonic()
    answer = told.refresh()
    assert time.monotonic() - began < MOST_SECONDS
    assert (answer["code"], answer["params"].get("why", "")) == (fault.code, fault.why)
    assert 0 < told.world.count() <= fault.most
    kept = told.api(f"v1/anime/{KEY}")[1]
    assert kept["error"]["code"] == fault.code
    assert kept["error"]["text"] == answer["detail"]
    if fault.code not in ANSWERS:
        assert kept["advice"]
        told.stands_on(f"/series/{KEY}", kept["error"])
    else:
        assert answer["detail"] in told.page(f"/series/{KEY}")
    is_counted = fault.code not in ANSWERS | UNASKED and fault.why != PAUSE
    assert told.calls("aniworld") == ({fault.code: 1} if is_counted else {})
    if is_counted:
        assert fault_words(fault.code) in told.page("/settings/providers/health")
