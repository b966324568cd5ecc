"""Every setting that is changed on its page acts in the running web server and worker.

Both are started once. What is set is typed into the form as a browser without script sends it, and
what comes of it is looked at from outside: at the site, on the disk, in the queue, in the log. The
settings are taken from the schema: one that nobody shows to act breaks the first test.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests import streams
from tests.catalogues import definition
from tests.catalogues.server import served
from tests.product import free_port, wait_until
from tests.prove.browser import Typed
from tests.prove.changing import ADDED, CHANGE, PATIENCE, SHOW, SITE, Stage, gaps, rate, stage
from tests.prove.conftest import Prove
from tests.prove.owner import put
from tests.prove.two_sites import SECOND
from tests.receiver import Receiver, Taken
from tests.site.catalogue import GERMAN_DUB, GERMAN_SUB
from tests.site.media import SMALL, ensure_media
from tests.site.world import shared_data
from tests.telling_server import KEY, PASSWORD, USER, media_server
from tests.unit.aniworld.config.values import settings
from tests.unit.providers.proxy_server import ProxyServer

pytestmark = [pytest.mark.timeout(3600)]

LIGHT = "clip1"  # 0.6 MB
BACKUP_LOOK = 22  # seconds, in which one regular look is over

Act = Callable[[Stage], None]
ACTS: list[tuple[tuple[str, ...], Act]] = []


def shows(*fields: str) -> Callable[[Act], Act]:
    """The act changes these settings by form, and asserts what each of them does."""

    def noted(act: Act) -> Act:
        ACTS.append((fields, act))
        return act

    return noted


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("settings")) as built:
        yield built


def test_every_setting_of_the_schema_is_shown_to_act(proved: Prove) -> None:
    known = {".".join(path) for path, _ in settings()}
    shown = [name for fields, _ in ACTS for name in fields]
    assert sorted(shown) == sorted(known)
    proved(f"settings: {len(known)} act in web and worker without a restart")


# --- where and from whom


@shows("providers.sites", "providers.sites.aniworld.enabled", "version")
def a_site_is_switched_off_and_on(here: Stage) -> None:
    item = here.queue(here.next())
    here.send("/settings/providers", to=CHANGE, press=("action", "off"))
    assert here.work_off(item)["error"]["code"] == "provider_off"
    here.send("/settings/providers", to=CHANGE, press=("action", "on"))
    assert here.again(item)["status"] == "COMPLETED"


@shows("providers.sites.aniworld.base_url", "providers.sites.aniworld.mirrors")
def another_address_and_a_mirror_are_asked(here: Stage) -> None:
    here.send(SITE, base_url=here.other.catalogue_url)
    here.fetch()
    assert (here.world.count(), here.other.count("catalogue") > 0) == (0, True)
    here.other.clear_log()
    here.send(SITE, base_url=f"http://127.0.0.1:{free_port()}", mirrors=here.other.catalogue_url)
    here.fetch()
    assert (here.world.count(), here.other.count("catalogue") > 0) == (0, True)


@shows("providers.sites.aniworld.position")
def the_order_of_the_sites_is_that_of_asking(here: Stage) -> None:
    def order() -> list[str]:
        """The sites, by when they were asked: both have the clock of this machine."""
        worlds = {"aniworld": here.world, SECOND: here.other}
        for world in worlds.values():
            world.clear_log()
        here.product.api("POST", "v1/anime/search", {"query": "Zeitlose"}, expect=200)
        return sorted(worlds, key=lambda name: float(worlds[name].log()[0]["at"]))

    first, last = order()
    here.send(
        "/settings/providers", to=f"/settings/providers/{last}/change", press=("action", "up")
    )
    assert order() == [last, first]


@shows("providers.sites.aniworld.requests_per_second")
def a_site_is_asked_as_often_as_is_set(here: Stage) -> None:
    here.send(SITE, requests_per_second="0.2")
    here.fetch()
    between = gaps([one for one in here.world.log() if one["side"] == "catalogue"])
    assert between
    assert min(between) >= 4.9


@shows("providers.sites.aniworld.proxy")
def a_site_is_asked_through_its_proxy_and_hosters_are_not(here: Stage) -> None:
    catalogue = urlsplit(here.world.catalogue_url)
    place = ("127.0.0.1", int(catalogue.port or 0))
    with ProxyServer("http", place, login="me:secret").running() as proxy:
        here.send(SITE, proxy=proxy.url(login="me:secret"))
        here.fetch()
        assert set(proxy.asked) == {place}
        here.send(SITE, proxy="")


@shows(*(f"providers.sites.aniworld.{name}" for name in ("provider", "label", "definition")))
def a_site_that_was_added_is_read_as_its_definition_says(here: Stage) -> None:
    def found() -> list[str]:
        asked = {"query": "tin", "site": ADDED}
        answer = here.product.api("POST", "v1/anime/search", asked, expect=200)
        return [one["name"] for one in answer["results"]]

    with served("cards") as running:
        told = definition("cards", running.address)
        added = {"provider": "described", "label": "Cards", "definition": told}
        here.send("/settings/providers/add", press=("add", "yes"), **added)
        assert found() == ["Tin Harbour"]
        other = told.replace("a.card-link@title", "span.y")
        page = f"/settings/providers/{ADDED}/definition"
        here.send(page, press=("save", "yes"), definition=other)
        assert found() == ["Aired 2010"]


HEALTH = "/settings/providers/health"


def answers(here: Stage, at: str) -> dict[str, Any]:
    """How the site does at one address."""
    services = here.product.api("GET", "providers/health", expect=200)["services"]
    addresses = next(one["addresses"] for one in services if one["name"] == "aniworld")
    return next(dict(one) for one in addresses if one["host"] == at.rpartition("/")[2])


@shows("providers.failures_until_rest", "providers.rest_seconds")
def a_site_that_fails_is_left_alone_for_so_long(here: Stage) -> None:
    here.send(HEALTH, failures_until_rest="2", rest_seconds="1800")
    nowhere = f"http://127.0.0.1:{free_port()}"
    here.send(SITE, base_url=nowhere)
    item = here.queue(here.next())
    here.product.api("POST", "queue/start", expect=200)

    def is_left_alone(found: dict[str, Any]) -> bool:
        return bool(found["error"] and found["error"]["code"] == "site_resting")

    here.wait(item, is_left_alone, "a rest")
    found = answers(here, nowhere)
    assert (found["health"], found["failures"]) == ("DOWN", 2)
    left = datetime.fromisoformat(found["rests_until"]) - datetime.now(UTC)
    assert 1500 < left.total_seconds() <= 1800
    here.product.api("DELETE", "rests/aniworld", expect=200)


@shows("providers.refused_rest_seconds")
def a_site_that_refuses_is_left_alone_for_so_long(here: Stage) -> None:
    here.send(HEALTH, refused_rest_seconds="4000")
    here.world.fail("ddos_guard", side="catalogue", path="/anime/*")
    item = here.queue(here.next())
    here.product.api("POST", "queue/start", expect=200)
    here.wait(item, lambda found: bool(found["error"]), "a try in vain")
    [shut] = here.product.api("GET", "queue/status", expect=200)["status"]["shut"]
    left = datetime.fromisoformat(shut["until"]) - datetime.now(UTC)
    assert 3700 < left.total_seconds() <= 4000
    here.world.mend_all()
    here.product.api("DELETE", "rests/aniworld", expect=200)


@shows("providers.degraded_below_percent", "providers.down_below_percent")
def health_follows_the_share_that_is_set(here: Stage) -> None:
    for _ in range(3):  # of few calls no share says anything
        here.fetch()
    here.world.fail_status(503, side="catalogue")
    here.product.session.post(f"{here.product.address}/api/v1/anime/{SHOW}/refresh", timeout=120)
    here.world.mend_all()
    seen = []
    for degraded, down in (("1", "0"), ("100", "0"), ("100", "100")):
        here.send(HEALTH, degraded_below_percent=degraded, down_below_percent=down)
        seen.append(answers(here, here.world.catalogue_url)["health"])
    assert seen == ["HEALTHY", "DEGRADED", "DOWN"]


@shows("providers.languages", "providers.hosters")
def the_first_language_and_hoster_are_asked_first(here: Stage) -> None:
    here.fetch()
    assert here.first_asked() == (GERMAN_DUB, "VOE")
    page = "/settings/languages"
    here.send(page, where={"list": "languages"}, press=("action", "up:German Sub"))
    here.send(
        page,
        where={"list": "hosters"},
        chosen=["voe", "vidmoly"],
        press=("action", "up:vidmoly"),
    )
    here.world.clear_log()
    assert here.fetch()["language"] == "German Sub"
    assert here.first_asked() == (GERMAN_SUB, "Vidmoly")


# --- the library


@shows("library.directories")
def the_first_folder_takes_a_new_series(here: Stage) -> None:
    shelf = str(here.work / "shelf")
    change = "/settings/library/change"
    picker = f"/settings/library/folders?path={shelf}"
    here.send(picker, to=change, where={"path": shelf}, press=("action", "add"))
    here.send("/settings/library", to=change, where={"path": shelf}, press=("action", "up"))
    here.product.api("POST", "v1/anime", {"site": "aniworld", "key": "neuheit"}, expect=201)
    item = here.work_off(here.queue(1, "neuheit"))
    assert item["status"] == "COMPLETED", item["error"]
    assert item["file_destination"].startswith(f"{shelf}/")


@shows("library.link_targets")
def behind_a_link_is_written_where_that_is_allowed(here: Stage) -> None:
    outside = here.work / "outside"
    here.product.api("POST", "v1/anime", {"site": "aniworld", "key": "umweg"}, expect=201)
    (here.library / "Umweg (2020)").symlink_to(outside)
    item = here.queue(1, "umweg")
    assert here.work_off(item)["error"]["code"] == "outside_library"
    assert not any(outside.rglob("*.mp4"))
    here.set("library", link_targets=str(outside))
    assert here.again(item)["status"] == "COMPLETED"
    assert any(outside.rglob("*.mp4"))


@shows("library.mass_removal_share")
def a_scan_asks_from_the_share_on_that_is_set(here: Stage) -> None:
    folder = here.library / "Altes"
    for number in range(1, 5):
        put(folder / f"Altes S01E{number:02}.mkv", 1000 + number)
    assert here.scan()["state"] == "COMPLETED"
    here.set("library", mass_removal_share="0.01")
    (folder / "Altes S01E04.mkv").unlink()
    assert here.scan()["error"]["code"] == "mass_removal"
    here.set("library", mass_removal_share="1")
    ended = here.scan()
    assert (ended["state"], ended["result"]["gone"]) == ("COMPLETED", 1)


@shows("library.full_look_days")
def a_full_look_is_due_after_the_days_that_are_set(here: Stage) -> None:
    looked = "SELECT full_look_at FROM library_libraryroot WHERE path = ?"
    root = str(here.library)
    here.scan()
    here.database.rows(
        "UPDATE library_libraryroot SET full_look_at = datetime('now', '-3 days') WHERE path = ?",
        root,
    )
    before = here.database.value(looked, root)
    here.scan()
    assert here.database.value(looked, root) == before
    here.set("library", full_look_days="1")
    here.scan()
    assert here.database.value(looked, root) > before


@shows("library.bin_days")
def what_is_deleted_stays_in_the_bin_for_the_days_that_are_set(here: Stage) -> None:
    first, second = here.next(), here.next()
    kept, gone = (Path(here.fetch(number)["file_destination"]) for number in (first, second))
    files = f"v1/anime/{SHOW}/files?season=1&episode="
    here.set("library", bin_days="3")
    here.product.api("DELETE", f"{files}{first}", expect=200)
    days = "SELECT julianday(kept_until) - julianday(binned_at) FROM library_binnedfile"
    assert round(float(here.database.value(days))) == 3
    here.set("library", bin_days="0")
    here.product.api("DELETE", f"{files}{second}", expect=409)
    here.product.api("DELETE", f"{files}{second}&for_good=true", expect=200)
    left = {path.name for path in here.library.rglob("*.mp4")}
    assert (kept.name in left, gone.name in left) == (True, False)
    assert not kept.exists()


# --- downloads


@shows("downloads.auto_start")
def what_is_queued_starts_by_itself(here: Stage) -> None:
    here.set("downloads", auto_start="on")
    assert here.ended(here.queue(here.next()))["status"] == "COMPLETED"


@shows("downloads.max_retries", "downloads.retry_base_seconds")
def a_failure_is_tried_again_as_often_and_as_late_as_is_set(here: Stage) -> None:
    here.world.fail_fragment(1)
    first = here.work_off(here.queue(here.next()))
    assert (first["status"], first["retry_count"]) == ("FAILED", 0)
    here.set("downloads", max_retries="1")
    second = here.work_off(here.queue(here.next()))
    assert (second["status"], second["retry_count"]) == ("FAILED", 1)
    here.set("downloads", retry_base_seconds="3000")
    item = here.queue(here.next())
    here.product.api("POST", "queue/start", expect=200)
    waits = here.wait(item, lambda one: one["next_try_at"] is not None, "its next try")
    assert (waits["status"], waits["retry_count"]) == ("PENDING", 1)


@shows("downloads.naming_template", "downloads.overwrite")
def the_next_file_is_named_and_replaced_as_is_set(here: Stage) -> None:
    here.send("/settings/naming", naming_template="{name} ({year})/{name} {season}x{episode:02}")
    first, second = here.next(), here.next()
    named = Path(here.fetch(first)["file_destination"])
    assert named.stem == f"Zeitlose 1x{first:02}"
    there = named.with_name(f"Zeitlose 1x{second:02}.mp4")
    there.write_bytes(b"x" * 1000)
    item = here.queue(second)
    assert here.work_off(item)["error"]["code"] == "file_exists"
    here.set("downloads", overwrite="on")
    assert here.again(item)["status"] == "COMPLETED"
    assert there.stat().st_size > 1000


@shows("downloads.min_free_mb")
def the_queue_pauses_below_the_space_that_is_set(here: Stage) -> None:
    def is_paused() -> bool:
        return bool(here.product.api("GET", "queue/status", expect=200)["status"]["is_paused"])

    item = here.queue(here.next())
    here.set("downloads", min_free_mb="100000000")
    here.product.api("POST", "queue/start", expect=200)
    wait_until(is_paused, seconds=PATIENCE, what="the pause of the queue")
    here.set("downloads", min_free_mb="0")
    here.product.api("POST", "queue/resume", expect=200)
    assert here.ended(item)["status"] == "COMPLETED"


@shows("downloads.connections")
def so_many_connections_are_open_at_once(here: Stage) -> None:
    here.world.delay(0.4, side="hoster", path="/media/*/seg-*")

    def most() -> int:
        here.world.clear_log()
        here.fetch()
        return max(int(one["in_flight"]) for one in here.media())

    here.set("downloads", connections="1")
    assert most() == 1
    here.set("downloads", connections="4")
    assert 1 < most() <= 4


@shows(
    "downloads.limit_kb_per_second",
    "downloads.progress_per_second",
    "downloads.progress_min_percent",
)
def the_rate_of_bytes_and_of_news_is_that_which_is_set(here: Stage) -> None:
    def fetched() -> tuple[float, int]:
        """Bytes a second, and how often was told how far it is."""
        here.world.clear_log()
        with here.product.live(here.token, "download_progress") as live:
            item = here.fetch(here.next(LIGHT))["id"]

            def is_end(data: dict[str, Any]) -> bool:
                return bool(data["download_id"] == item and data["status"] == "completed")

            live.wait_for("download_progress", is_end, seconds=PATIENCE)
            ended = time.monotonic()  # the clock of the site, of which there is one on a machine
            told = [one["data"] for one in live.of_type("download_progress")]
        return rate(here.media(), until=ended), sum(one["status"] == "in_progress" for one in told)

    free, _ = fetched()
    here.set("downloads", limit_kb_per_second="80", progress_per_second="20")
    here.set("downloads", progress_min_percent="0")
    limited, often = fetched()
    assert limited < min(120_000, free)
    here.set("downloads", progress_per_second="0.1")
    seldom = fetched()[1]
    here.set("downloads", progress_per_second="20", progress_min_percent="50")
    coarse = fetched()[1]
    assert often > 2 * max(seldom, coarse), (often, seldom, coarse)


QUIET = "/settings/quiet-hours"
EVERY_DAY = list("0123456")


def held_half(here: Stage) -> str:
    """An episode of which half is there, and nothing more comes until the world is mended."""
    here.world.hold(0.5)
    item = here.queue(here.next())
    here.product.api("POST", "queue/start", expect=200)
    here.wait(item, lambda found: found["progress"]["percent"] > 35, "half of an episode")
    return item


def window(what: str, limit: str = "") -> dict[str, Typed]:
    """All day, as it is typed into the first blank row."""
    return {
        "window-1-days": EVERY_DAY,
        "window-1-begins": "00:00",
        "window-1-ends": "00:00",
        "window-1-what": what,
        "window-1-limit": limit,
    }


def why_closed(here: Stage) -> str:
    quiet = here.product.api("GET", "queue/status", expect=200)["status"]["quiet"]
    return str(quiet["reason"]["code"]) if quiet["is_closed"] else ""


@shows("downloads.quiet_hours", "downloads.when_quiet_begins")
def quiet_hours_close_the_queue_and_stop_what_runs(here: Stage) -> None:
    item = held_half(here)
    waiting = here.queue(here.next())
    here.send(QUIET, **window("closed"))
    assert why_closed(here) == "quiet_hours"
    here.world.mend_all()
    assert here.ended(item)["status"] == "COMPLETED"  # what runs goes on to its end
    here.world.clear_log()
    here.send(QUIET, when_quiet_begins="STOP")
    assert (here.item(waiting)["status"], here.media()) == ("PENDING", [])
    here.send(QUIET, **{"window-1-remove": "on"})
    assert here.ended(waiting)["status"] == "COMPLETED"
    item = held_half(here)
    here.send(QUIET, **window("closed"))
    kept = here.wait(item, lambda found: found["status"] == "PENDING", "the item in the queue")
    assert kept["progress"]["percent"] > 35
    here.world.mend_all()
    here.send(QUIET, **{"window-1-remove": "on"})
    assert here.ended(item)["status"] == "COMPLETED"


@shows("downloads.budget_gb_a_day", "downloads.budget_gb_a_month")
def so_many_gigabytes_are_fetched(here: Stage) -> None:
    here.fetch()
    for name in ("budget_gb_a_day", "budget_gb_a_month"):
        here.send(QUIET, **{name: "0.000001"})
        assert why_closed(here) == name
        waiting = here.queue(here.next())
        here.product.api("POST", "queue/start", expect=200)
        here.product.api("POST", "queue/now", {"item_ids": [waiting]}, expect=200)
        assert here.ended(waiting)["status"] == "COMPLETED"
        here.send(QUIET, **{name: "0"})
        assert why_closed(here) == ""


@shows("downloads.budget_episodes_a_day", "downloads.budget_episodes_a_month")
def so_many_episodes_are_fetched(here: Stage) -> None:
    here.fetch()
    for name in ("budget_episodes_a_day", "budget_episodes_a_month"):
        here.send(QUIET, **{name: "1"})
        assert why_closed(here) == name
        here.world.clear_log()
        waiting = here.queue(here.next())
        here.product.api("POST", "queue/start", expect=200)
        quiet = here.product.api("GET", "queue/status", expect=200)["status"]["quiet"]
        assert quiet["goes_on_at"] is not None
        assert (here.item(waiting)["status"], here.media()) == ("PENDING", [])
        here.send(QUIET, **{name: "0"})
        assert here.ended(waiting)["status"] == "COMPLETED"


@shows("downloads.quarantine_days")
def a_file_that_is_far_too_short_is_kept_or_not(here: Stage) -> None:
    short = here.work / "short"
    film = ensure_media(shared_data()) / SMALL.name / "mp4/v480.mp4"
    streams.hls(film, short)
    streams.master(short, ["BANDWIDTH=400000,RESOLUTION=160x90 index.m3u8"])
    for _ in range(2):
        here.fetch()  # what it is short beside

    def kept() -> bool:
        number = here.next()
        here.world.serve(SHOW, 1, number, short)
        item = here.work_off(here.queue(number))
        assert item["status"] == "FAILED"
        aside = here.library / ".aniworld" / str(item["id"]) / "quarantine.mp4"
        assert aside.exists() == (item["quarantined"] is not None)
        return aside.exists()

    assert kept()
    here.set("downloads", quarantine_days="0")
    assert not kept()


# --- what is fetched by itself


@shows("following.new_series", "following.episodes_a_day")
def a_new_series_is_followed_within_the_number_of_a_day(here: Stage) -> None:
    def queued() -> int:
        """How many episodes of the new series the job has queued, once it has run again."""
        here.run("follow")
        return len(here.listed("nachzug"))

    here.set("following", new_series="GAPS", episodes_a_day="2")
    here.product.api("POST", "v1/anime", {"site": "aniworld", "key": "nachzug"}, expect=201)
    assert queued() == 2
    here.set("following", episodes_a_day="3")
    assert queued() == 3
    here.product.api("PATCH", "v1/anime/nachzug", {"following": {"follow": "OFF"}}, expect=200)


@shows("following.ranks", "following.keep")
def what_is_followed_is_fetched_in_the_language_that_is_set(here: Stage) -> None:
    def languages() -> list[str]:
        here.run("follow")
        return sorted(item["wanted_language"] for item in here.listed("vorzug"))

    def rank(*wanted: str) -> dict[str, Typed]:
        """The fields of the form that take these languages at once, and no other."""
        shown = here.browser.page("/settings/following").select("input[name^=rank-]")
        rows = [(str(one["name"]), str(one["value"])) for one in shown if "language" in one["name"]]
        return {
            name.replace("language", "when"): "now" if language in wanted else "never"
            for name, language in rows
        }

    follow = {"following": {"follow": "GAPS"}}
    here.product.api("POST", "v1/anime", {"site": "aniworld", "key": "vorzug"}, expect=201)
    here.product.api("PATCH", "v1/anime/vorzug", follow, expect=200)
    here.set("following", own="own", **rank("German Sub"))
    assert languages() == ["German Sub"]
    (item,) = here.listed("vorzug")
    assert here.work_off(item["id"])["language"] == "German Sub"
    here.set("following", own="own", keep="BOTH", **rank("German Dub", "German Sub"))
    assert languages() == ["German Dub", "German Sub"]


# --- what is told

TARGET = "/settings/notifications/target/phone"
ADDRESS = "notifications.targets.phone"


@shows(
    "notifications.targets",
    *(f"{ADDRESS}.{name}" for name in ("enabled", "kind", "url", "signing_key")),
    *(f"{ADDRESS}.{name}" for name in ("events", "pace", "quiet_hours")),
    *("notifications.digest_minutes", "notifications.give_up_hours"),
    "notifications.language",
)
def a_target_is_told_of_what_it_chose(here: Stage) -> None:
    def told(receiver: Receiver) -> list[Taken]:
        """What has arrived once one more episode is there and nothing waits any more."""
        before = len(receiver.taken)
        here.fetch()
        unsent = "SELECT count(*) FROM notifications_delivery WHERE state IN ('WAITING','SENDING')"
        behind = (
            "SELECT count(*) FROM events_outboxevent WHERE type = 'download_complete' AND id > "
            "(SELECT last_id FROM events_outboxcursor WHERE name = 'notifications')"
        )
        wait_until(
            lambda: not here.database.value(behind) and not here.database.value(unsent),
            seconds=PATIENCE,
            what="the end of sending",
        )
        return receiver.taken[before:]

    with Receiver() as receiver, Receiver() as other:
        here.send(
            "/settings/notifications/add",
            name="phone",
            kind="WEBHOOK",
            url=receiver.address,
            pace="EACH",
        )
        [taken] = told(receiver)
        assert "X-Aniworld-Signature" not in taken.headers
        here.send(TARGET, signing_key="hush")
        [taken] = told(receiver)
        assert taken.headers["X-Aniworld-Signature"].startswith("sha256=")
        here.send(TARGET, url=other.address)
        assert (len(told(other)), len(receiver.taken)) == (1, 2)
        here.send(TARGET, kind="APPRISE", url=other.apprise)
        assert "has arrived" in told(other)[0].json["message"]
        here.set("notifications", language="de", digest_minutes="180", give_up_hours="48")
        assert "ist da" in told(other)[0].json["message"]
        here.send(TARGET, events=["DOWNLOAD_FAILED"])
        assert told(other) == []
        here.send(
            TARGET, events=["DOWNLOAD_COMPLETE", "DOWNLOAD_FAILED"], quiet_hours="00:00-23:59"
        )
        assert told(other) == []
        here.send(TARGET, quiet_hours="")
        unsent = "SELECT count(*) FROM notifications_delivery WHERE state NOT IN ('SENT', 'FAILED')"
        # What was gathered meanwhile comes now, and is no part of the digest below.
        wait_until(
            lambda: not here.database.value(unsent), seconds=PATIENCE, what="the end of quiet"
        )
        here.send(TARGET, enabled=None)
        assert told(other) == []
        here.send(TARGET, enabled="on", pace="DIGEST")
        here.set("notifications", language="de", digest_minutes="30", give_up_hours="5")
        told(other)
        waits = "SELECT (julianday({}) - julianday(created_at)) * 24 * 60 FROM "
        row = "notifications_delivery WHERE target = 'phone' ORDER BY id DESC LIMIT 1"
        assert round(here.database.value(waits.format("closes_at") + row)) == 30
        before = len(other.taken)
        wait_until(lambda: len(other.taken) > before, seconds=PATIENCE, what="the digest")
        until = float(here.database.value(waits.format("give_up_at") + row))
        assert 300 <= until < 310


# --- the log


@shows("logging.level", "logging.levels", "logging.format")
def the_running_processes_log_what_is_set(here: Stage) -> None:
    def told() -> list[str]:
        """What the worker says of one more episode."""
        item = here.fetch()["id"]
        return [line for line in here.log_lines() if re.search(rf'\bitem"?[=:] ?"?{item}\b', line)]

    def written() -> list[str]:
        return [line for line in here.log_lines() if "config written" in line]

    assert any(" INFO downloads." in line for line in told())
    here.set("logging", level="WARNING")
    before = len(written())
    here.set("advanced", progress_history="48")
    assert (told(), len(written())) == ([], before), "worker and web server say less"
    here.set("logging", levels="downloads=INFO", format="json")
    said = [json.loads(line) for line in told()]
    assert {(one["level"], one["room"].split(".")[0]) for one in said} == {("INFO", "downloads")}


# --- what comes by itself


@shows("scheduler.jobs", "scheduler.jobs.rescan.enabled", "scheduler.jobs.rescan.when")
def a_job_comes_when_it_is_set(here: Stage) -> None:
    """The worker plans it anew within a look, and no more where it is switched off."""

    def planned() -> str:
        rows = here.database.rows("SELECT rhythm FROM schedule_jobstate WHERE name = 'rescan'")
        return str(rows[0][0]).partition("\n")[0] if rows else ""

    here.send("/jobs/rescan", enabled="on", when="alle 7 Stunden")
    wait_until(
        lambda: planned() == "alle 7 Stunden", seconds=PATIENCE, what="a job that is planned"
    )
    here.send("/jobs/rescan", enabled=None, when="every 8 hours")
    wait_until(lambda: not planned(), seconds=PATIENCE, what="a job that is planned no more")


# --- what is kept


@shows("backup.every_days", "backup.at_hour")
def a_backup_is_made_by_itself_when_that_is_set(here: Stage) -> None:
    """The last one counts as made two hours ago: when the product was set up."""

    def made() -> int:
        return len(here.product.api("GET", "backups", expect=200))

    here.database.rows("UPDATE auth_user SET date_joined = datetime('now', '-2 hours')")
    hour = datetime.now(UTC).hour
    here.set("backup", at_hour=str(hour))
    time.sleep(BACKUP_LOOK)  # nothing may come of it, which no event tells
    assert made() == 0, "never, where the days are 0"
    here.set("backup", every_days="1", at_hour=str((hour + 2) % 24))
    time.sleep(BACKUP_LOOK)  # the same
    assert made() == 0, "not before its hour"
    here.set("backup", at_hour=str(hour))
    wait_until(made, seconds=PATIENCE, what="a backup that is made by itself")


def _attic(*names: str) -> tuple[str, ...]:
    return tuple(f"media_servers.servers.attic.{name}" for name in names)


@shows("media_servers.servers", *_attic("kind", "enabled", "address", "token", "paths"))
def a_media_server_is_told_as_it_is_set_up(here: Stage) -> None:
    all_, one = "/settings/media-servers", "/settings/media-servers/attic"
    here.set("media_servers", wait_seconds="0")
    with media_server("EMBY") as emby, media_server("PLEX", Anime=["/there"]) as plex:
        new = {"kind": "EMBY", "address": emby.address, "token": KEY}
        here.send(f"{all_}/add", name="attic", **new)
        here.fetch()
        wait_until(emby.told, seconds=PATIENCE, what="the server")
        assert emby.told()[0][1].startswith(str(here.library))
        here.send(one, kind="PLEX", address=plex.address, paths=f"{here.library}=/there")
        here.fetch()
        wait_until(plex.told, seconds=PATIENCE, what="the other server")
        assert plex.told()[0][1].startswith("/there/")
        here.send(one, token="wrong")
        here.fetch()
        wait_until(lambda: _state(here)["error"], seconds=PATIENCE, what="a refusal")
        assert _state(here)["error"]["code"] == "media_server_key_refused"
        here.send(all_, to=f"{one}/change", press=("action", "off"))
        wait_until(lambda: not _state(here)["waiting"], seconds=PATIENCE, what="nothing to tell")


@shows("media_servers.wait_seconds", *_attic("user", "password"))
def kodi_lets_in_who_knows_its_password_and_hears_later(here: Stage) -> None:
    with media_server("KODI") as kodi:
        new = {"kind": "KODI", "address": kodi.address, "user": USER, "password": "wrong"}
        here.send("/settings/media-servers/add", name="attic", **new)
        here.set("media_servers", wait_seconds="600")
        here.fetch()
        wait_until(lambda: _state(here)["waiting"], seconds=PATIENCE, what="a folder that waits")
        assert kodi.asked == []
        here.set("media_servers", wait_seconds="0")
        here.fetch()
        wait_until(lambda: _state(here)["error"], seconds=PATIENCE, what="a refusal")
        here.send("/settings/media-servers/attic", user=USER, password=PASSWORD)
        wait_until(kodi.told, seconds=PATIENCE, what="the server that lets us in")


@shows("media_servers.nfo", "media_servers.poster")
def descriptions_and_posters_are_written_and_taken_away(here: Stage) -> None:
    def described() -> list[str]:
        return sorted(path.name for path in here.library.rglob("*.nfo"))

    here.fetch()
    assert described() == []
    here.set("media_servers", nfo="WRITE", poster="WRITE")
    here.fetch()
    wait_until(lambda: "tvshow.nfo" in described(), seconds=PATIENCE, what="a description")
    here.run("descriptions")
    films = [path for path in here.library.rglob("*.mp4") if ".aniworld" not in path.parts]
    shows = {film.relative_to(here.library).parts[0] for film in films}
    assert len(described()) == len(films) + len(shows)
    assert list(here.library.rglob("poster.jpg"))
    here.set("media_servers", nfo="REMOVE", poster="REMOVE")
    here.run("descriptions")
    assert described() == []
    assert not list(here.library.rglob("poster.jpg"))


def _state(here: Stage) -> dict[str, Any]:
    found: dict[str, Any] = here.product.api("GET", "media-servers/attic", expect=200)
    return found


@shows("backup.keep", "backup.keep_databases")
def so_many_backups_are_kept(here: Stage) -> None:
    copies = here.product.data_dir / "config_backups"
    assert len(list(copies.iterdir())) > 2
    here.set("backup", keep="2", keep_databases="1")
    here.set("advanced", progress_history="49")
    assert len(list(copies.iterdir())) == 2
    for _ in range(2):
        here.browser.send("/system/backups", to="/system/backups/create")
    listed = here.product.api("GET", "backups", expect=200)
    assert len(listed) == 1


@shows("advanced.audit_days")
def old_audit_lines_go(here: Stage) -> None:
    old = "SELECT count(*) FROM journal_entry WHERE number IS NOT NULL AND number <= 3"
    here.database.rows(
        "UPDATE journal_entry SET at = datetime('now', '-40 days') WHERE number <= 3"
    )
    here.run("history_cleanup")
    assert here.database.value(old) == 3
    here.set("advanced", audit_days="30")
    here.run("history_cleanup")
    assert here.database.value(old) == 0


@shows("advanced.progress_history")
def so_much_finished_progress_is_kept(here: Stage) -> None:
    def over() -> int:
        found = here.product.api("GET", "operations?type=DOWNLOAD&page_size=500", expect=200)
        return sum(one["status"] == "COMPLETED" for one in found["results"])

    here.fetch()
    here.fetch()
    assert over() >= 2
    here.set("advanced", progress_history="1")
    here.fetch()
    assert over() == 1


@pytest.mark.parametrize(
    ("fields", "act"), [pytest.param(*one, id=one[1].__name__) for one in ACTS]
)
def test_what_is_set_acts(running: Stage, fields: tuple[str, ...], act: Act) -> None:
    processes = {name: one.pid for name, one in running.product.processes.items()}
    running.begin()
    act(running)
    assert set(fields) <= running.changed, "shown, but not changed on a page"
    for name, process in running.product.processes.items():
        assert (process.pid, process.poll()) == (processes[name], None)
