"""Every way in which an episode does not come from its hoster, by a real worker over real sockets:
the class of each attempt, told by the API and on the queue's page.

The table of all failures is ``docs/providers/failures.md``.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from aniworld.config import store
from downloads import services
from downloads.choices import Status
from downloads.models import DownloadQueueItem
from library.models import AnimeSeries
from tests.integration.downloads_support import KEY, configure, files_in
from tests.integration.failures_stage import (
    MOST_SECONDS,
    Fault,
    Plant,
    Told,
    fetched,
    visitor,
)
from tests.site.catalogue import GERMAN_DUB, Episode, Offer
from tests.site.world import SampleWorld

VOE, VIDMOLY, DIRECT = "/e/*", "/embed-*", "/watch/*"
PIECES, FILES = "/media/*/seg-*", "/media/*/mp4/*"
MOST_REQUESTS = 60  # of a whole try of a source that fails


@pytest.fixture
def told(world: SampleWorld, series: AnimeSeries) -> Told:
    configure(world.catalogue_url, max_retries=0)
    return Told(visitor(), world)


def only(told: Told, *hosters: str) -> None:
    """The episode is to be had from these hosters alone."""
    offered = tuple(Offer(GERMAN_DUB, hoster) for hoster in hosters)
    told.world.put_episode(KEY, Episode(1, 1, "Folge 1", "Folge 1", offers=offered))


def item_of(told: Told, item: DownloadQueueItem) -> dict[str, Any]:
    """As the API has it."""
    rows = told.api("queue/items")[1]["results"]
    found: dict[str, Any] = next(row for row in rows if row["id"] == str(item.pk))
    return found


def at_hoster(effect: str, path: str, **params: Any) -> Plant:
    return lambda world: world.fail(effect, params, side="hoster", path=path)


def at_site(effect: str, path: str, **params: Any) -> Plant:
    return lambda world: world.fail(effect, params, side="catalogue", path=path)


def of(hoster: str, *faults: Fault) -> list[tuple[str, Fault]]:
    return [(hoster, fault) for fault in faults]


# What one source ends with. The name of each begins with where it happens.
FAULTS = [
    *of(
        "VOE",
        Fault("link: gone", at_site("status", "/redirect/*", status=404), "not_found", "status"),
        Fault(
            "link: to a private address",
            at_site("leads_to", "/redirect/*", address="http://192.168.0.7/e/abc"),
            *("address_refused", "private"),
        ),
        Fault(
            "link: back to the site",
            at_site("leads_to", "/redirect/*", address=f"/anime/stream/{KEY}"),
            *("hoster_file_gone", "leads_back"),
        ),
        Fault("player: removed, 404", at_hoster("file_gone", VOE), "hoster_file_gone"),
        Fault("player: removed, 410", at_hoster("file_gone", VOE, status=410), "hoster_file_gone"),
        Fault("player: removed, 200", at_hoster("file_gone", VOE, status=200), "hoster_file_gone"),
        Fault("player: 403", at_hoster("status", VOE, status=403), "hoster_blocked"),
        Fault("player: 429", at_hoster("status", VOE, status=429), "hoster_blocked"),
        Fault(
            "player: a check with 200",
            at_hoster("challenge", VOE, sign="cf-turnstile", status=200),
            "hoster_blocked",
        ),
        Fault("player: 503", at_hoster("status", VOE, status=503), "hoster_down"),
        Fault("player: an empty page", at_hoster("empty_body", VOE), "hoster_down"),
        Fault(
            "player: read by no decoder",
            at_hoster("changed_markup", "/mirror/*", what="voe_payload"),
            "hoster_decoder_outdated",
        ),
        Fault(
            "player: to a private address",
            at_hoster("page", VOE, text="<script>location.href = 'http://10.0.0.1/e/abc'</script>"),
            "address_refused",
        ),
        Fault(
            "media: a piece 404",
            at_hoster("status", "/media/*/seg-001*", status=404),
            "fragment_missing",
        ),
        Fault(
            "media: a piece 503",
            at_hoster("status", "/media/*/seg-001*", status=503),
            "connection_lost",
        ),
        Fault("media: all pieces 403", at_hoster("status", PIECES, status=403), "link_expired"),
        Fault("media: all pieces 404", at_hoster("status", PIECES, status=404), "fragment_missing"),
        Fault(
            "media: a page for a piece",
            at_hoster("page", PIECES, text="<html>"),
            "fragment_missing",
        ),
        Fault(
            "media: playlist gone", at_hoster("status", "/media/*.m3u8", status=404), "media_gone"
        ),
        Fault(
            "media: a page for the playlist",
            at_hoster("page", "/media/*.m3u8", text="<html>"),
            "not_media",
        ),
        Fault(
            "media: a piece cut off",
            at_hoster("cut", "/media/*/seg-001*", after=0.5),
            "connection_lost",
        ),
    ),
    *of(
        "Vidmoly",
        Fault(
            "player: a check with 200",
            at_hoster("challenge", VIDMOLY, sign="cf-chl", status=200),
            "hoster_blocked",
        ),
        Fault(
            "player: read by no decoder",
            at_hoster("changed_markup", VIDMOLY, what="vidmoly_player"),
            "hoster_decoder_outdated",
        ),
    ),
    *of(
        "Direct",
        Fault(
            "player: no source",
            at_hoster("page", DIRECT, text="<p>soon"),
            "hoster_decoder_outdated",
        ),
        Fault("media: gone", at_hoster("status", FILES, status=404), "media_gone"),
        Fault("media: 403", at_hoster("status", FILES, status=403), "link_expired"),
        Fault("media: text of a playlist", at_hoster("playlist_text", FILES), "fragment_missing"),
        Fault("media: a page", at_hoster("page", FILES, text="<html>no</html>"), "not_media"),
        Fault("media: cut off each time", at_hoster("cut", FILES, after=0.0), "connection_lost"),
    ),
]


@pytest.mark.parametrize(
    ("hoster", "fault"), FAULTS, ids=[f"{hoster} {fault}" for hoster, fault in FAULTS]
)
def test_a_source_that_fails_is_told_in_its_class(
    told: Told, series: AnimeSeries, library: Path, hoster: str, fault: Fault
) -> None:
    only(told, hoster)
    fault.plant(told.world)
    began = time.monotonic()
    item = fetched(series)
    assert time.monotonic() - began < MOST_SECONDS
    assert told.world.count() <= MOST_REQUESTS
    shown = item_of(told, item)
    assert (shown["status"], shown["error"]["code"]) == ("FAILED", "all_sources_failed")
    [attempt] = shown["attempts"]
    assert (attempt["hoster"], attempt["code"]) == (hoster.lower(), fault.code), attempt
    if fault.why:
        assert attempt["params"]["why"] == fault.why
    page = told.page("/queue")
    assert " ".join(attempt["text"].split()) in page
    assert shown["advice"]
    assert shown["advice"] in page
    assert [name for name in files_in(library) if not name.startswith(".aniworld/")] == []


# What the episode's site ends with: no source is to blame, and no try is lost.
AT_EPISODE = "/anime/*/episode-*"
OF_SITE = [
    Fault("a check", at_site("ddos_guard", AT_EPISODE), "challenge"),
    Fault("a page for spam", at_site("spam", AT_EPISODE), "blacklisted"),
    Fault("403", at_site("status", AT_EPISODE, status=403), "challenge"),
    Fault("a check before the link", at_site("interstitial", "/redirect/*"), "challenge"),
    Fault("403 before the link", at_site("status", "/redirect/*", status=403), "challenge"),
    Fault("an error page", at_site("error_page_200", AT_EPISODE), "site_down"),
    Fault("somebody else's page", at_site("block_page", AT_EPISODE), "site_down"),
    Fault(
        "a page that has changed",
        at_site("changed_markup", AT_EPISODE, what="hosters"),
        "markup_changed",
    ),
    Fault(
        "navigation that has changed",
        at_site("changed_markup", AT_EPISODE, what="stream"),
        "markup_changed",
    ),
    Fault(
        "a pause",
        at_site("status", AT_EPISODE, status=429, retry_after=3_000),
        "rate_limited",
    ),
]


@pytest.mark.parametrize("fault", OF_SITE, ids=str)
def test_a_site_that_fails_costs_the_episode_no_try(
    told: Told, series: AnimeSeries, fault: Fault
) -> None:
    fault.plant(told.world)
    item = fetched(series)
    shown = item_of(told, item)
    assert (shown["status"], shown["retry_count"]) == ("PENDING", 0)
    assert (shown["error"]["code"], shown["attempts"]) == (fault.code, [])
    told.stands_on("/queue", shown["error"])
    assert shown["advice"] in told.page("/queue")
    asked = told.world.count()
    assert not services.status()["status"]["active_downloads"]
    assert told.world.count() == asked


OF_EPISODE = [
    Fault("404", at_site("status", AT_EPISODE, status=404), "not_found"),
    Fault("not found with 200", at_site("soft_404", AT_EPISODE), "not_found"),
    Fault("no hoster yet", lambda world: world.put_episode(KEY, Episode(1, 1)), "not_found"),
    Fault(
        "hosters that nobody reads",
        lambda world: world.put_episode(
            KEY, Episode(1, 1, offers=(Offer(GERMAN_DUB, "Doodstream"),))
        ),
        "hoster_unsupported",
    ),
    Fault(
        "another language",
        lambda world: world.put_episode(KEY, Episode(1, 1, offers=(Offer(2, "VOE"),))),
        "no_source",
    ),
]


@pytest.mark.parametrize("fault", OF_EPISODE, ids=str)
def test_an_episode_that_is_not_to_be_had_fails_with_its_reason(
    told: Told, series: AnimeSeries, fault: Fault
) -> None:
    AnimeSeries.objects.update(languages=["German Dub"])
    fault.plant(told.world)
    shown = item_of(told, fetched(series))
    assert (shown["status"], shown["error"]["code"]) == ("FAILED", fault.code)
    told.stands_on("/queue", shown["error"])


# What the product gets over by itself.


def asked_for(told: Told, sign: str) -> list[dict[str, Any]]:
    return [seen for seen in told.world.log() if sign in seen["path"]]


def test_a_piece_that_fails_once_is_asked_for_again(told: Told, series: AnimeSeries) -> None:
    only(told, "VOE")
    told.world.fail_fragment(1, 503, times=1)
    item = fetched(series)
    assert (item.status, item.attempts) == (Status.COMPLETED, [])
    assert [seen["status"] for seen in asked_for(told, "/seg-001")] == [503, 200]


@pytest.mark.parametrize("status", [403, 410])
def test_a_link_that_has_run_out_is_resolved_anew(
    told: Told, series: AnimeSeries, status: int
) -> None:
    only(told, "VOE")
    told.world.fail_status(status, side="hoster", path=PIECES, skip=2, times=1)
    item = fetched(series)
    assert (item.status, item.attempts) == (Status.COMPLETED, [])
    assert len(asked_for(told, "/redirect/")) >= 2


def test_media_is_asked_for_with_the_page_it_stands_on(told: Told, series: AnimeSeries) -> None:
    """The hoster of the sample world gives nothing to who names no page."""
    only(told, "VOE")
    assert fetched(series).status == Status.COMPLETED
    media = asked_for(told, "/media/")
    assert {(seen["status"], bool(seen["referer"])) for seen in media} <= {(200, True), (206, True)}
    query = "&".join(f"{name}={value}" for name, value in media[0]["query"].items())
    address = f"{told.world.hoster_url}{media[0]['path']}?{query}"
    assert requests.get(address, timeout=10).status_code == 403
    assert requests.get(address, timeout=10, headers={"Referer": media[0]["referer"]}).ok


@pytest.mark.parametrize(
    ("effect", "params"),
    [
        ("no_range", {}),
        ("throttle", {"bytes_per_second": 2_000_000}),
    ],
)
def test_a_server_without_parts_and_a_slow_one_bring_it_all_the_same(
    told: Told, series: AnimeSeries, effect: str, params: dict[str, Any]
) -> None:
    only(told, "Direct")
    told.world.fail(effect, params, side="hoster", path="/media/*")
    item = fetched(series)
    assert (item.status, item.attempts) == (Status.COMPLETED, [])


# Storage: nothing the episode can help, and nothing of it is a failure.


def no_folder(library: Path) -> None:
    shutil.rmtree(library)


def in_the_way(library: Path) -> None:
    (library / ".aniworld").write_bytes(b"")


def no_room(_library: Path) -> None:
    store.update(lambda values: values["downloads"].update(min_free_mb=100_000_000))


Harm = Callable[[Path], object]
OF_DISK: dict[str, tuple[Harm, str]] = {
    "mount gone": (no_folder, "root_unavailable"),
    "nothing can be written": (in_the_way, "disk_refuses"),
    "disk full": (no_room, "disk_full"),
}


@pytest.mark.parametrize(("harm", "code"), OF_DISK.values(), ids=OF_DISK)
def test_a_fault_of_the_disk_pauses_the_queue_and_fails_nothing(
    told: Told, series: AnimeSeries, library: Path, harm: Harm, code: str
) -> None:
    harm(library)
    shown = item_of(told, fetched(series))
    assert (shown["status"], shown["retry_count"], shown["attempts"]) == ("PENDING", 0, [])
    status = told.api("queue/status")[1]["status"]
    assert (status["is_paused"], status["pause_reason"]["code"]) == (True, code)
    page = told.page("/queue")
    assert status["pause_reason"]["text"] in page
    assert "The queue has paused itself" in page
    assert told.world.log() == []  # and nothing was asked for in vain
