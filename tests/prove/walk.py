"""All pages of a running installation, as its owner comes to them.

The list is the product's own: every route that answers a GET with HTML is a page, every route that
refuses one is the action of a form. A new kind of address fails here until it has a sample.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import requests
from django.urls import get_resolver, reverse
from playwright.sync_api import Browser, BrowserContext, StorageState, expect

from aniworld.config.menu import SECTION_PAGE
from aniworld.config.sections import sections
from tests.product import Product, wait_until
from tests.prove.furnished import GONE, SHOWN
from tests.prove.strangers import SAMPLES
from tests.site.library import LibraryTruth
from tests.site.world import SampleWorld
from tests.unit.aniworld.pages.test_reads import routes

PASSWORD = "lantern-otter-velvet-river"
PHONE, DESK = (320, 700), (1280, 900)
THEMES = ("light", "dark")
# Not ours to lay out, or no page: what programs ask, and Django's own administration.
APART = ("/api/", "/admin/", "/static/")
# What is no page though a browser may ask for it.
FILES = {
    *("favicon", "ping", "health", "health-ready", "socket-status", "cover", "cover-width"),
    *("backup-download", "support-bundle-file", "series-mapping-export"),
    *("calendar-ics", "listed-cover", "settings-provider-definition-file"),
}
# Pages that lead elsewhere: to a page of the list.
MEDIA_SERVER = (
    *("settings-media-server", "settings-media-server-test", "settings-media-server-change"),
    *("settings-media-server-remove", "media-server-api", "media-server-test-api"),
)
LEADING = {
    "series-tie-compare",
    "setup",
    "login",
    "settings",
    "scan",
    "unmatched-confirm",
    "scan-removals",
    "renaming-panel",
}
LONG = "Donaudampfschifffahrtsgesellschaft" * 3  # what no line of a telephone has room for
# Other faces of a page than the one its address alone shows.
FACES = {
    "library": ("view=table", "view=grid&show=missing", "q=nothing+is+called+so", f"q={LONG}"),
    "missing": ("view=day", "show=announced", "q=nothing+is+called+so", f"series={SHOWN}"),
    "files": ("show=duplicates", "show=unmatched", "sort=largest", "q=nothing+is+called+so"),
    "files-remove": ("ids=1&ids=2",),
    "catalogue": ("show=gone", "q=nothing+is+called+so", f"q={LONG}"),
    "add": ("q=Geisterclub", "q=nothing+is+called+so", f"q={LONG}"),
    "series": ("view=grid", "tab=preferences", "tab=problems", "tab=changes", "open=1"),
    "settings-folders": ("path=/usr", "path=/srv", "path=/nowhere"),
    "settings-naming": ("naming_template=%7Bname%7D%2F%7Bnothing%7D",),
    "series-delete": ("season=1", "season=1&episode=2", "season=77"),
    "journal": ("q=nothing+is+called+so",),
    "queue-history": ("state=FAILED", "state=CANCELLED", "q=nothing+is+called+so", f"q={LONG}"),
}
# Open to who is not logged in.
OUTSIDE = ("login", "login-help")
SET_UP = {"setup", "library-folder", "choose-sites"}  # forms that are used to set it up
NOWHERE = "/nowhere"  # the page of what is not there


@dataclass
class Walk:
    """An installation that runs, and a browser whose owner is logged in."""

    product: Product
    world: SampleWorld
    truth: LibraryTruth
    browser: Browser
    state: StorageState | None = field(default=None)

    def address(self, path: str) -> str:
        return f"{self.product.address}{path}"

    def context(
        self,
        size: tuple[int, int] = DESK,
        theme: str = "light",
        *,
        script: bool = True,
        inside: bool = True,
    ) -> BrowserContext:
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if theme == "dark" else "light",
            storage_state=self.state if inside else None,
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        context.set_default_timeout(60_000)
        return context

    def samples(self) -> dict[str, Any]:
        """A value for each part of an address that this installation has something at."""
        api = self.product.api
        series = api("GET", f"v1/anime/{SHOWN}", expect=200)
        return {**SAMPLES, "key": SHOWN, "pk": series["id"]}

    def names(self) -> dict[str, list[str]]:
        """What ``name`` may be, for each route that has one."""
        api = self.product.api
        kept = api("GET", "backups", expect=200)[0]["name"]
        settings = api("GET", "config/backups", expect=200)[0]["name"]
        found = {key: [kept] for key in ("backup", "backup-download", "backup-restore")}
        found |= {"backup-delete": [kept], SECTION_PAGE: [one.name for one in sections()]}
        found |= {key: [settings] for key in ("settings-restore", "settings-backup-delete")}
        found |= {"cache-clear": ["pages"]}
        jobs = [job["name"] for job in api("GET", "jobs", expect=200)["results"]]
        found |= {"job": jobs} | dict.fromkeys(("job-run", "job-pause", "job-resume"), jobs[:1])
        targets = [one["name"] for one in api("GET", "notifications/targets", expect=200)]
        found |= dict.fromkeys(
            ("target", "target-test", "target-switch", "target-remove"), targets[:1]
        )
        for name in ("settings-provider", "settings-provider-test", "settings-provider-change"):
            found[name] = [site["name"] for site in api("GET", "providers", expect=200)]
        added = [site["name"] for site in api("GET", "providers", expect=200) if site["provider"]]
        for name in ("definition", "definition-file", "remove"):
            found[f"settings-provider-{name}"] = added
        servers = [one["name"] for one in api("GET", "media-servers", expect=200)["results"]]
        found |= dict.fromkeys(MEDIA_SERVER, servers)
        return found

    def routes(self) -> Iterator[tuple[str, str]]:
        """Name and address of every route of our own, once for each value of ``name``."""
        samples, names = self.samples(), self.names()
        for name, route in routes(get_resolver()):
            groups = route.pattern.regex.groupindex
            if ":" in name or not name:
                continue  # the administration's
            for value in names.get(name, [samples["name"]]) if "name" in groups else [""]:
                parts = {part: value if part == "name" else samples[part] for part in groups}
                address = reverse(name, kwargs=parts)
                if not address.startswith(APART):
                    yield name, address

    def pages(self) -> tuple[list[str], set[str]]:
        """The addresses of all pages, and the names of the routes that only forms lead to."""
        found, actions = [], set()
        for name, address in self.routes():
            if name in FILES:
                continue
            answer = self.get(address)
            if name in LEADING and answer.status_code == 302:
                continue
            if self.get(address, "*/*").status_code == 405:  # a browser is led back instead
                actions.add(name)
            else:
                assert answer.status_code == 200, f"{name}: {address} says {answer.status_code}"
                assert answer.headers["Content-Type"].startswith("text/html"), name
                found += [address, *(f"{address}?{query}" for query in FACES.get(name, ()))]
        assert set(FACES) <= {name for name, _ in self.routes()}
        removed = reverse("series", args=[GONE])
        return list(dict.fromkeys([*found, removed, NOWHERE])), actions

    def get(self, address: str, accept: str = "text/html") -> requests.Response:
        headers = {"Accept": accept}
        cookies = {cookie["name"]: cookie["value"] for cookie in (self.state or {})["cookies"]}
        url = self.address(address)
        return requests.get(
            url, headers=headers, cookies=cookies, timeout=60, allow_redirects=False
        )


def begin(walk: Walk) -> None:
    """What the owner does first, without script: the password."""
    with walk.context(script=False, inside=False) as context:
        page = context.new_page()
        page.goto(walk.address("/"))
        page.get_by_label("Master password", exact=True).fill(PASSWORD)
        page.get_by_label("Master password again").fill(PASSWORD)
        page.get_by_role("button", name="Finish setup").click()
        expect(page.get_by_label("Library folder")).to_be_visible()
        walk.state = context.storage_state()


def set_up(walk: Walk) -> None:
    """The password, then folder and site where their pages ask for them, without script."""
    begin(walk)
    with walk.context(script=False) as context:
        page = context.new_page()
        page.goto(walk.address("/"))
        page.get_by_label("Library folder").fill(str(walk.truth.root))
        page.get_by_role("button", name="Use this folder").click()
        page.goto(walk.address("/add"))
        page.get_by_label("AniWorld").check()
        page.get_by_role("button", name="Use the chosen sites").click()
        expect(page.get_by_label("Name or link")).to_be_visible()
        walk.state = context.storage_state()
    walk.product.log_in(PASSWORD)
    change = {"base_url": walk.world.catalogue_url, "requests_per_second": 100}
    walk.product.api("PATCH", "providers/aniworld", change, expect=200)
    server = {"name": "attic", "address": "http://127.0.0.1:9"}
    walk.product.api("POST", "media-servers", server, expect=201)


def scan(walk: Walk) -> None:
    """Look through the sample library."""
    walk.product.api("POST", "v1/anime/rescan", {}, expect=202)
    wait_until(
        lambda: walk.product.api("GET", "v1/anime/rescan/status")["state"] == "COMPLETED",
        seconds=120,
        what="the end of the scan",
    )


def furnish(walk: Walk) -> None:
    done = walk.product.manage("shell", "-c", "from tests.prove import furnished as f; f.furnish()")
    assert done.returncode == 0, done.stderr
