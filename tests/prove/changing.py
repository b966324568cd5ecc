"""A running product whose owner changes its settings on their pages, and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from aniworld.config import codec
from aniworld.config.difference import fields
from aniworld.config.schema import Config
from providers.base import SiteSettings
from tests.product import Product, wait_until
from tests.prove.browser import Browser, Typed
from tests.prove.databases import Database
from tests.prove.two_sites import SECOND
from tests.site.catalogue import Link
from tests.site.media import clip_for
from tests.site.world import SampleWorld

PASSWORD = "lantern-otter-velvet-river"
SHOW, NAME = "zeitlose", "Zeitlose"
EPISODES = 60
SITE = "/settings/providers/aniworld"
CHANGE = f"{SITE}/change"
SITES = "providers.sites"
ADDED = "cards"  # a site that the owner adds; what is set of it is of any site
PATIENCE = 180.0  # seconds for whatever another process is to do
ENDED = ("COMPLETED", "FAILED")


class TwoSites(Product):
    """The product with a second site in its registry."""

    def start_web(self) -> None:
        here = ("--host", "127.0.0.1", "--port", str(self.port))
        self._start("web", "-m", "tests.prove.two_sites", "web", *here)
        wait_until(self._web_answers, seconds=PATIENCE, what=f"the web server\n{self.log('web')}")

    def start_worker(self) -> None:
        self._start("worker", "-m", "tests.prove.two_sites", "manage", "runqueue")


@dataclass
class Stage:
    """Web and worker that are started once, two sites, and a library of two folders."""

    product: Product
    browser: Browser
    world: SampleWorld
    other: SampleWorld
    database: Database
    work: Path
    token: str
    changed: set[str] = field(default_factory=set)
    _used: set[int] = field(default_factory=set)

    @property
    def library(self) -> Path:
        return self.work / "anime"

    # the settings

    def values(self) -> dict[str, Any]:
        """What the file says, by field."""
        path = self.product.data_dir / "config.json"
        said = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        said.pop("schema", None)
        values = codec.plain(codec.parse(said))
        usual = codec.plain(SiteSettings())
        sites = values["providers"]["sites"]
        values["providers"]["sites"] = {
            name: {**usual, **sites.get(name, {})} for name in ("aniworld", SECOND, ADDED)
        }
        return {**fields(values), "version": values["version"]}  # no change is told of it

    def send(self, page: str, **form: Any) -> None:
        """Send a form of a settings page, and note which settings that has changed."""
        before = self.values()
        self.browser.send(page, **form)
        after = self.values()
        changed = {
            name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
        }
        assert changed - {"version"}, f"{page} has changed nothing: {form}"
        self.changed |= {
            name.replace(f"{SITES}.{ADDED}.", f"{SITES}.aniworld.") for name in changed
        }
        if any(name.startswith(f"{SITES}.") for name in changed):
            self.changed.add(SITES)

    def set(self, section: str, **typed: Typed) -> None:
        """Type into the page of a section, and save."""
        self.send(f"/settings/{section}", **typed)

    def begin(self) -> None:
        """Everything as at the beginning, whatever was shown before."""
        self.world.mend_all()
        self.other.mend_all()
        self.product.api("POST", "queue/stop", expect=200)
        listed = self.product.api("GET", "queue/items?page_size=500", expect=200)["results"]
        ids = [item["id"] for item in listed]
        if ids:
            self.product.api("POST", "queue/remove", {"item_ids": ids}, expect=204)
        for section, values in self._beginning().items():
            self.product.api("POST", f"config/section/{section}", values, expect=200)
        self.world.clear_log()
        self.other.clear_log()
        self.changed.clear()

    def _beginning(self) -> dict[str, Any]:
        usual = codec.plain(Config())
        fast = {"max_retries": 0, "retry_base_seconds": 0, "min_free_mb": 0}
        site = {"enabled": True, "base_url": self.world.catalogue_url, "requests_per_second": 100}
        sites = {"aniworld": site, SECOND: {**site, "base_url": self.other.catalogue_url}}
        found = {name: usual[name] for name in usual if name != "version"}
        found["backup"]["every_days"] = 0  # none in between
        found["library"]["directories"] = [str(self.library)]
        found["downloads"] |= fast
        found["providers"]["sites"] = sites
        return found

    # the queue

    def next(self, clip: str = "") -> int:
        """An episode that nobody has asked for yet. Args: clip: what is to be seen in it."""
        number = next(
            number
            for number in range(1, EPISODES + 1)
            if number not in self._used and clip in clip_for(SHOW, 1, number).name
        )
        self._used.add(number)
        return number

    def queue(self, number: int, show: str = SHOW) -> str:
        """Put an episode into the queue; the id of its item."""
        body = {"episodes": [{"season": 1, "episode": number}]}
        added = self.product.api("POST", f"v1/anime/{show}/download", body, expect=201)
        (item,) = added["added_items"]
        return str(item)

    def listed(self, show: str) -> list[dict[str, Any]]:
        """The items of a series."""
        page = f"queue/items?series={show}&page_size=500"
        return list(self.product.api("GET", page, expect=200)["results"])

    def item(self, item: str) -> dict[str, Any]:
        listed = self.product.api("GET", "queue/items?page_size=500", expect=200)["results"]
        (found,) = [one for one in listed if one["id"] == item]
        return dict(found)

    def wait(self, item: str, holds: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
        """Until something holds of an item."""

        def look() -> dict[str, Any] | None:
            found = self.item(item)
            return found if holds(found) else None

        said = f"{what}: {self.item(item)}\n{self.product.log('worker')[-2000:]}"
        return dict(wait_until(look, seconds=PATIENCE, what=said))

    def ended(self, item: str) -> dict[str, Any]:
        return self.wait(item, lambda found: found["status"] in ENDED, "the end of an item")

    def work_off(self, item: str) -> dict[str, Any]:
        """Start the queue; the item at its end."""
        self.product.api("POST", "queue/start", expect=200)
        return self.ended(item)

    def fetch(self, number: int | None = None) -> dict[str, Any]:
        """One episode of the show, from the queue to its place."""
        item = self.work_off(self.queue(self.next() if number is None else number))
        assert item["status"] == "COMPLETED", item["error"]
        return item

    def again(self, item: str) -> dict[str, Any]:
        """Retry an item that has failed; the item at its end."""
        self.product.api("POST", f"queue/retry/{item}", expect=200)
        return self.work_off(item)

    # what was seen

    def media(self) -> list[dict[str, Any]]:
        """The requests for media, in their order."""
        return [one for one in self.world.log() if one["path"].startswith("/media/")]

    def first_asked(self) -> tuple[int, str]:
        """Language and hoster of the first source that was asked."""
        paths = [one["path"] for one in self.world.log() if one["path"].startswith("/redirect/")]
        link = Link.from_redirect_id(paths[0].removeprefix("/redirect/"))
        assert link is not None
        return link.language, link.hoster

    def scan(self) -> dict[str, Any]:
        """Scan the library; how that ended."""
        self.product.api("POST", "v1/anime/rescan", {}, expect=202)

        def over() -> dict[str, Any] | None:
            status = self.product.api("GET", "v1/anime/rescan/status", expect=200)
            return status if status["state"] in ("COMPLETED", "FAILED", "CANCELLED") else None

        return dict(wait_until(over, seconds=PATIENCE, what="the end of the scan"))

    def run(self, job: str) -> None:
        """Run a job of the schedule now, to its end."""
        ended = "SELECT count(*) FROM schedule_jobrun WHERE name = ? AND ended_at IS NOT NULL"
        before = self.database.value(ended, job)
        self.product.api("POST", f"jobs/{job}/run", expect=202)
        wait_until(
            lambda: self.database.value(ended, job) > before,
            seconds=PATIENCE,
            what="the end of a job",
        )

    def log_lines(self) -> list[str]:
        path = self.product.data_dir / "logs/app.log"
        return path.read_text(encoding="utf-8").splitlines()


@contextmanager
def stage(work: Path) -> Iterator[Stage]:
    data = work / "data"
    for folder in (data, work / "anime", work / "shelf", work / "outside"):
        folder.mkdir()
    with SampleWorld() as world, SampleWorld() as other, TwoSites(data, TZ="UTC") as product:
        for one in (world, other):
            one.put_series(SHOW, NAME, [f"Folge {n}" for n in range(1, EPISODES + 1)])
            one.put_series("neuheit", "Neuheit", ["Folge 1"])
            one.put_series("umweg", "Umweg", ["Folge 1"])
            one.put_series("nachzug", "Nachzug", [f"Folge {n}" for n in range(1, 6)])
            one.put_series("vorzug", "Vorzug", ["Folge 1"])
        product.migrate()
        product.start_web()
        body = {"master_password": PASSWORD, "anime_directory": str(work / "anime")}
        product.api("POST", "auth/setup", body, expect=201)
        token = product.log_in(PASSWORD)
        product.start_worker()
        browser = Browser(product.address)
        browser.log_in(PASSWORD)
        database = Database("SQLite", "", data)
        built = Stage(product, browser, world, other, database, work, token)
        built.begin()
        product.api("POST", "v1/anime", {"site": "aniworld", "key": SHOW}, expect=201)
        yield built
        browser.close()


def gaps(seen: list[dict[str, Any]]) -> list[float]:
    """Seconds between requests, by the clock of the site."""
    moments = sorted(one["at"] for one in seen)
    return [later - before for before, later in pairwise(moments)]


def rate(seen: list[dict[str, Any]], *, until: float) -> float:
    """Bytes a second, from the first request until the time ``until``: the last request is no
    measure, for what it asks for may be on its way for long."""
    first: float = min(one["at"] for one in seen)
    sent: int = sum(one["sent"] for one in seen)
    return sent / max(until - first, 0.001)
