"""Every address that changes something writes who did it into the journal.

A new address fails here until it is in ``ACTS``, with what it is asked and what it journals, or in
``NO_ACT`` with the reason why there is nothing to journal.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone
from pytest_django import Settings

from accounts import feeds, keys
from accounts import services as accounts
from accounts.credentials import COOKIE
from accounts.models import ApiKey, Scope, UserSession
from aniworld.config import services as config
from aniworld.journal.models import Entry
from aniworld.sites import added, pace
from aniworld.sites.health import monitor
from aniworld.system.backups import services as backups
from aniworld.system.backups import shelf
from aniworld.system.examinations import examine
from aniworld.system.mediaservers import services as media_servers
from aniworld.system.notifications import services as notifications
from aniworld.system.notifications.models import Delivery
from downloads import services as queue
from downloads.choices import Lift
from downloads.models import DownloadQueueItem
from library import services
from library.models import AnimeSeries, BinnedFile, LibraryRoot, SeriesTie, UnmatchedFolder
from library.pages.files import removal_page
from library.recycling.delete import delete_files
from library.recycling.look import look
from library.services import renaming, scans
from library.services.unmatched import ignore_folder
from library.ties.links import set_link
from library.ties.services import tie_series
from providers.watching import Called, Fault
from tests.catalogues import definition
from tests.factories import SPLIT_MARK, make_item, make_scan, make_unmatched, split_numbers
from tests.unit.aniworld.pages.test_reads import NAMELESS, routes
from tests.unit.document.house import QUARANTINED, without_children
from tests.unit.library.conftest import (  # noqa: F401 - fixtures
    Put,
    data_dir,
    library,
    put,
    rescan,
    show,
    site,
)
from tests.unit.library.fakes import FakeSite

PASSWORD = "lantern-otter-velvet"
DEFINITION = definition("cards", "https://cards.example")
REDRAWN = DEFINITION.replace("made-up", "drawn")
NEWER = "a light in the fog"
METHODS = ("post", "put", "patch", "delete")


class NoProcess:
    """A scan's process that is over at once, and whose end nobody has to write down."""

    pid = 1

    def wait(self) -> int:
        return 0


@dataclass
class World:
    """Something of everything: a series with files, a removed one, folders without one, a queue."""

    owner: User
    site: FakeSite
    root: LibraryRoot
    browser: Client
    program: Client

    @property
    def series(self) -> AnimeSeries:
        return AnimeSeries.objects.get(key="show")

    @property
    def folder(self) -> UnmatchedFolder:
        return UnmatchedFolder.objects.get(folder="Other")

    def item(self, status: str) -> DownloadQueueItem:
        return DownloadQueueItem.objects.filter(status=status).in_order()[0]

    def page(self, address: str, /, **data: Any) -> int:
        return int(self.browser.post(address, data).status_code)

    def api(self, method: str, address: str, body: Any = None) -> int:
        call = getattr(self.program, method)
        answer = call(f"/api/{address}", body or {}, content_type="application/json")
        assert answer.status_code < 400, answer.content
        return int(answer.status_code)


@pytest.fixture
def world(
    show: FakeSite,  # noqa: F811
    put: Put,  # noqa: F811
    db: None,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
    monkeypatch.setattr(scans, "_launch", lambda _operation: NoProcess())
    monkeypatch.setattr(scans, "_watch", lambda *_: None)
    monkeypatch.setattr(renaming, "_launch", lambda _operation: NoProcess())
    monkeypatch.setattr(renaming, "_watch", lambda *_: None)
    without_children(monkeypatch)
    password = make_password(PASSWORD)
    owner = User.objects.create(username="admin", password=password, is_superuser=True)
    token = accounts.open_session(owner).token
    browser, program = Client(), Client(headers={"Authorization": f"Bearer {token}"})
    browser.cookies[COOKIE] = accounts.open_session(owner).token
    put("Show (2013)/Season 1/S01E01.mkv", "Other/S01E01.mkv")
    rescan(use_provider=True)
    show.add("other", "Other", {1: 2})
    show.add("gone", "Gone", {1: 1})
    services.remove_series(services.add_series(site=show.name, key="gone")[0])
    root = LibraryRoot.objects.get()
    facts = {"key": "other", "name": "Other", "site": show.name, "year": None, "score": 0.9}
    UnmatchedFolder.objects.all().delete()
    make_unmatched("Other", {**facts, "reasons": []}, root=root)
    series = AnimeSeries.objects.get(key="show")
    for number, status in enumerate(("PENDING", "PENDING", "PAUSED", "FAILED", "COMPLETED")):
        make_item(series, number + 10, status=status, completed_at=timezone.now())
    DownloadQueueItem.objects.filter(status="FAILED").update(
        quarantine="KEPT", quarantined=QUARANTINED, quarantined_until=timezone.now()
    )
    Entry.objects.all().delete()
    return World(owner, show, root, browser, program)


Do = Callable[[World], object]


@dataclass(frozen=True)
class Act:
    """How an address is asked, what it journals, and as the act of which kind of actor."""

    do: Do
    action: str
    kind: str


def page(action: str, address: str, /, **data: Any) -> Act:
    """A form on a page; ``{key}``, ``{pending}``… stand for what is in the world."""
    return Act(lambda w: w.page(_filled(address, w), **_filled(data, w)), action, "OWNER")


def api(action: str, method: str, address: str, /, **body: Any) -> Act:
    return Act(lambda w: w.api(method, _filled(address, w), _filled(body, w)), action, "CLIENT")


def stranger(address: str, /, **data: Any) -> Do:
    """Somebody who is not logged in."""
    if address.startswith("/api/"):
        return lambda _world: Client().post(address, data, content_type="application/json")
    return lambda _world: Client().post(address, data)


def first(do: Do, act: Act) -> Act:
    """What has to be so before."""
    return Act(lambda w: (do(w), Entry.objects.all().delete(), act.do(w)), act.action, act.kind)


def a_media_server(_world: World) -> None:
    media_servers.add("attic", {"kind": "KODI"})


def _filled(value: Any, world: World) -> Any:
    if isinstance(value, dict):
        return {name: _filled(entry, world) for name, entry in value.items()}
    if isinstance(value, list):
        return [_filled(entry, world) for entry in value]
    if not isinstance(value, str) or "{" not in value:
        return value
    facts = {
        "key": "show",
        "site": world.site.name,
        "folder": UnmatchedFolder.objects.values_list("pk", flat=True).first(),
        "pending": world.item("PENDING").pk,
        "directory": world.root.path,
        "binned": BinnedFile.objects.values_list("pk", flat=True).first(),
        "entry": Entry.objects.values_list("pk", flat=True).first(),
        "tie": SeriesTie.objects.values_list("pk", flat=True).first(),
    }
    for status in ("PAUSED", "FAILED"):
        found = DownloadQueueItem.objects.filter(status=status).first()
        facts[status.lower()] = found.pk if found else 0
    return value.format(**facts)


def a_described_site(_world: World) -> None:
    added.add_site(kind="described", definition=DEFINITION)


def add_by_page(world: World) -> None:
    world.page("/settings/providers/add", provider="described", definition=DEFINITION)


def describe_by_page(world: World) -> None:
    world.page("/settings/providers/cards/definition", definition=REDRAWN)


def add_by_api(world: World) -> None:
    world.api("post", "providers", {"provider": "described", "definition": json.loads(DEFINITION)})


def describe_by_api(world: World) -> None:
    world.api("put", "providers/cards/definition", {"definition": json.loads(REDRAWN)})


def binned(world: World) -> None:
    """A file of the series is in the recycle bin."""
    delete_files(world.series, list(world.series.files.all()))


def tied(world: World) -> None:
    """The series is tied to another one."""
    tie_series(world.series, site=world.site.name, key="other")


def linked(world: World) -> None:
    """An episode has a link of its owner's."""
    set_link(world.series, 1, 2, link="https://media.example/x.mp4", language="German Dub")


def delete_by_page(world: World) -> None:
    going = look(world.series, list(world.series.files.all()))
    mark = f"{len(going.moving)}-{going.size}"
    world.page("/series/show/delete", files=mark)


def remove_by_page(world: World) -> None:
    """Files from the page of all of them."""
    ids = list(world.series.files.values_list("pk", flat=True))
    mark = removal_page(ids).mark
    world.page("/files/remove?" + "&".join(f"ids={pk}" for pk in ids), files=mark)


def delete_by_api(world: World) -> None:
    ids = [str(pk) for pk in world.series.files.values_list("pk", flat=True)]
    world.api("post", "v1/files/delete", {"ids": ids})


def followed_series(world: World) -> None:
    """A series of which something is to be queued by itself."""
    services.change_series(world.series, {"follow": "GAPS", "language_ranks": ["German Sub=now"]})


def running_scan(_world: World) -> None:
    make_scan("RUNNING", pid=None, heartbeat_at=timezone.now())


def running_renaming(_world: World) -> None:
    renaming.begin()


def held_files(world: World) -> None:
    """A scan that waits for the word of the owner."""
    world.series.files.update(state="UNAVAILABLE")
    AnimeSeries.objects.filter(key="show").update(removal_held=True)
    make_scan("FAILED", error_code="mass_removal")


def held_numbers(world: World) -> None:
    """A catalogue that waits for the word of the owner; the site lists what it did."""
    held = {"mark": "", "at": "2026-01-01T00:00:00+00:00", "count": 1, "doubts": 1, "pairs": []}
    AnimeSeries.objects.filter(key="show").update(catalogue_held=True, held=held)


def split_cour(world: World) -> None:
    """Files of one season that the catalogue lists as two."""
    split_numbers(world.series)


def ignored(world: World) -> None:
    """The unmatched folder is ignored."""
    ignore_folder(world.folder.pk)


def without_catalogue(_world: World) -> None:
    AnimeSeries.objects.filter(key="show").update(site="", site_key="show")


def undo_of_the_queue(world: World) -> None:
    item = world.item("PENDING").pk
    world.api("delete", f"queue/{item}")
    world.api("post", "queue/undo")


def another_session(world: World) -> None:
    accounts.open_session(world.owner)


def end_it(world: World) -> None:
    world.api("delete", f"auth/sessions/{UserSession.objects.latest('pk').session_id}")


def a_hold(_world: World) -> None:
    pace.rate_store().hold("media cdn.example", seconds=900)


def lift_by_api(world: World) -> None:
    world.api("delete", f"holds/{pace.holds()[0].id}")


OTHER = {"downloads": {"max_retries": 4}}


def other_settings(_world: World) -> None:
    for retries in (4, 5):
        config.edit({"downloads": {"max_retries": retries}})


def no_folder(_world: World) -> None:
    config.reset(["library"])


def restore_by_api(world: World) -> None:
    world.api("post", f"config/backups/{config.backups()[0].name}/restore")


def delete_backup_by_api(world: World) -> None:
    world.api("delete", f"config/backups/{config.backups()[0].name}")


def a_rest(_world: World) -> None:
    for _ in range(5):
        monitor.watch().note(Called("hoster:voe", "", Fault("site_down", {})))


def a_refusal(_world: World) -> None:
    monitor.watch().note(Called("aniworld", "aniworld.to", Fault("challenge", {})))


def lift_by_page(world: World) -> None:
    world.page(f"/queue/holds/{pace.holds()[0].id}/lift")


def a_key(world: World) -> None:
    keys.create_key(world.owner, name="one", scope=Scope.QUEUE, lasts_days=None)


def revoke_by_page(world: World) -> None:
    world.page(f"/account/keys/{ApiKey.objects.get().pk}/revoke")


def a_feed(world: World) -> None:
    feeds.issue(world.owner)


def revoke_by_api(world: World) -> None:
    world.api("delete", f"auth/keys/{ApiKey.objects.get().pk}")


def end_by_page(world: World) -> None:
    world.page(f"/account/sessions/{UserSession.objects.latest('pk').session_id}/end")


def mend_by_api(world: World) -> None:
    world.api("post", f"system/repairs/{held_host()}/mend")


def mend_by_page(world: World) -> None:
    world.page(f"/system/repairs/{held_host()}/mend")


def held_host() -> str:
    return next(one.id for one in examine().findings if one.kind.code == "host_held")


def a_backup(_world: World) -> None:
    backups.create()


def newest_backup() -> Path:
    return shelf.path_of(shelf.newest_first()[0].name)


def upload_by_page(world: World) -> None:
    with newest_backup().open("rb") as file:
        assert world.browser.post("/system/backups/upload", {"file": file}).status_code == 302


def upload_by_api(world: World) -> None:
    sent = newest_backup().read_bytes()
    answer = world.program.post("/api/backups/upload", sent, content_type="application/zip")
    assert answer.status_code == 201, answer.content


def of_backup(action: str, method: str, address: str) -> Act:
    """What is done with the newest backup, by API or page."""

    def do(world: World) -> None:
        filled = address.format(name=newest_backup().name)
        if method == "page":
            assert world.page(filled) == 302
        else:
            world.api(method, filled)

    return first(a_backup, Act(do, action, "OWNER" if method == "page" else "CLIENT"))


def a_target(_world: World) -> None:
    notifications.add_target("Phone", {"kind": "WEBHOOK", "url": "http://127.0.0.1:9/"})


def a_message(_world: World) -> None:
    a_target(_world)
    now = timezone.now()
    Delivery.objects.create(
        target="Phone", state="FAILED", created_at=now, changed_at=now, ended_at=now
    )


def send_by_page(world: World) -> None:
    assert world.page(f"/notifications/log/{Delivery.objects.get().pk}/send") == 302


def send_by_api(world: World) -> None:
    world.api("post", f"notifications/log/{Delivery.objects.get().pk}/send")


def paused_queue(_world: World) -> None:
    queue.pause()


def exempt_item(_world: World) -> None:
    waiting = DownloadQueueItem.objects.waiting()
    queue.exempt(item_ids=list(waiting.values_list("pk", flat=True)))


def lifted_quiet_hours(_world: World) -> None:
    queue.lift(until=Lift.TODAY)


def running_queue(_world: World) -> None:
    queue.start()


def nobody_yet(world: World) -> None:
    User.objects.all().delete()


def undo_the_removal(call: Callable[[World, int], object]) -> Do:
    def do(world: World) -> None:
        services.remove_series(world.series)
        removed = Entry.objects.get(action="series.removed")
        prepared = list(Entry.objects.values_list("pk", flat=True))
        call(world, removed.pk)
        Entry.objects.filter(pk__in=prepared).delete()

    return do


def of_own_acts(do: Do, *turns: Do) -> Do:
    """Do something, then what takes it back, or does it again; what comes last is looked at."""

    def turned(world: World) -> None:
        for one in (do, *turns[:-1]):
            one(world)
        prepared = list(Entry.objects.values_list("pk", flat=True))
        turns[-1](world)
        Entry.objects.filter(pk__in=prepared).delete()

    return turned


def by_page(address: str, /, **data: str) -> Do:
    return lambda world: world.page(address, **data)


def by_api(method: str, address: str) -> Do:
    return lambda world: world.api(method, address)


REMOVE_BY_PAGE = by_page("/series/show/remove", sure="yes")
REMOVE_BY_API = by_api("delete", "v1/anime/show")
UNDO_BY_PAGE, REDO_BY_PAGE = by_page("/journal/undo"), by_page("/journal/redo")
UNDO_BY_API, REDO_BY_API = by_api("post", "journal/undo"), by_api("post", "journal/redo")

RANGE = {
    "library_season": None,
    "library_first": 1,
    "library_last": 3,
    "provider_season": 1,
    "provider_first": 1,
}
RANGE_FORM = {f"rows-0-{name}": "" if value is None else value for name, value in RANGE.items()}
RANGE_FORM |= {"rows-TOTAL_FORMS": 1, "rows-INITIAL_FORMS": 0}
EPISODE = {"season": 1, "episode": 2}
LINK = {"link": "https://media.example/y.mp4", "language": "German Sub"}

TARGET = {
    "name": "Phone",
    "kind": "WEBHOOK",
    "url": "http://127.0.0.1:9/other",
    "pace": "EACH",
    "enabled": "on",
}

ACTS: dict[tuple[str, str], Act] = {
    ("post", "account"): page(
        "account.password_changed",
        "/account",
        current_password=PASSWORD,
        new_password=NEWER,
        repeated_password=NEWER,
    ),
    ("post", "account-key-create"): page(
        "key.created", "/account/keys", name="a script", scope="queue", lasts_days="30"
    ),
    ("post", "account-key-revoke"): first(a_key, Act(revoke_by_page, "key.revoked", "OWNER")),
    ("delete", "auth-key"): first(a_key, Act(revoke_by_api, "key.revoked", "CLIENT")),
    ("post", "auth-keys"): api("key.created", "post", "auth/keys", name="one", scope="queue"),
    ("post", "calendar-feed-issue"): page("key.feed_issued", "/calendar/feed/issue"),
    ("post", "calendar-feed-revoke"): first(
        a_feed, page("key.feed_revoked", "/calendar/feed/revoke")
    ),
    ("post", "calendar-feed-api"): api("key.feed_issued", "post", "calendar/feed"),
    ("delete", "calendar-feed-api"): first(
        a_feed, api("key.feed_revoked", "delete", "calendar/feed")
    ),
    ("post", "account-sessions-end"): page("session.ended", "/account/sessions/end"),
    ("post", "account-session-end"): first(
        another_session, Act(end_by_page, "session.ended", "OWNER")
    ),
    ("delete", "auth-sessions"): api("session.ended", "delete", "auth/sessions"),
    ("post", "repair-mend"): first(a_hold, Act(mend_by_page, "system.mended", "OWNER")),
    ("post", "cache-clear"): page("system.cache_cleared", "/system/caches/pages/clear"),
    ("delete", "cache-api"): api("system.cache_cleared", "delete", "system/caches/pages"),
    ("post", "cached-site-clear"): page(
        "system.cache_cleared", "/system/caches/pages/aniworld/clear"
    ),
    ("delete", "cached-site-api"): api(
        "system.cache_cleared", "delete", "system/caches/pages/aniworld"
    ),
    ("post", "root-try"): page("system.root_tried", "/system/roots/try", path="{directory}"),
    ("post", "root-try-api"): api(
        "system.root_tried", "post", "system/roots/try", path="{directory}"
    ),
    ("post", "repair-mend-api"): first(a_hold, Act(mend_by_api, "system.mended", "CLIENT")),
    # the pages
    ("post", "setup"): first(
        nobody_yet,
        Act(
            stranger("/setup", master_password=PASSWORD, repeated_password=PASSWORD),
            "account.set_up",
            "OWNER",
        ),
    ),
    ("post", "login"): Act(stranger("/login", password=PASSWORD), "session.opened", "OWNER"),
    ("post", "logout"): page("session.ended", "/logout"),
    ("post", "^admin/logout/?$"): page("session.ended", "/admin/logout/"),
    ("post", "library-folder"): page("config.changed", "/library/folder", directory="/"),
    ("post", "scan-start"): page("scan.started", "/library/scan/start"),
    ("post", "scan-removals"): first(
        held_files, page("scan.started", "/library/scan/removals", files="1")
    ),
    ("post", "library-rename"): page("renaming.started", "/library/rename"),
    ("post", "series-rename"): page("renaming.started", "/series/{key}/rename"),
    ("post", "rename-cancel"): first(
        running_renaming, page("renaming.cancelled", "/library/rename/cancel")
    ),
    ("post", "scan-cancel"): first(running_scan, page("scan.cancelled", "/library/scan/cancel")),
    ("post", "series-bulk"): page(
        "series.changed", "/library/selected", action="unmonitor", keys=["show"]
    ),
    ("post", "add"): page("series.added", "/add", site="{site}", key="other"),
    ("post", "choose-sites"): page("config.changed", "/add/sites", sites=["aniworld"]),
    ("post", "unmatched-confirm"): page("series.added", "/unmatched/confirm", ids=["{folder}"]),
    ("post", "unmatched-keep"): page("series.added", "/unmatched/{folder}/keep", name="Own"),
    ("post", "unmatched-ignore"): page("series.folder_ignored", "/unmatched/{folder}/ignore"),
    ("post", "unmatched-heed"): first(
        ignored, page("series.folder_heeded", "/unmatched/{folder}/heed")
    ),
    ("post", "unmatched-ask"): page("scan.started", "/unmatched/ask"),
    ("post", "series-catalogue"): first(
        without_catalogue,
        page("series.catalogue_given", "/series/{key}/catalogue", site="{site}", key="other"),
    ),
    ("post", "unmatched-match"): page(
        "series.added", "/unmatched/{folder}/match", site="{site}", key="other"
    ),
    ("post", "series-delete"): Act(delete_by_page, "series.files_deleted", "OWNER"),
    ("post", "files-remove"): Act(remove_by_page, "series.files_deleted", "OWNER"),
    ("post", "files-api-delete"): Act(delete_by_api, "series.files_deleted", "CLIENT"),
    ("post", "missing-queue"): page("queue.added", "/missing/queue", keys=["show"]),
    ("post", "missing-queue-api"): api("queue.added", "post", "missing/queue", keys=["show"]),
    ("post", "series-want"): first(binned, page("series.episodes_wanted", "/series/{key}/want")),
    ("post", "bin-restore"): first(binned, page("bin.restored", "/bin/restore", ids=["{binned}"])),
    ("post", "bin-delete"): first(
        binned, page("bin.deleted", "/bin/delete", ids=["{binned}"], sure="1")
    ),
    ("delete", "anime-files"): api("series.files_deleted", "delete", "anime/{key}/files"),
    ("post", "anime-wanted"): first(
        binned, api("series.episodes_wanted", "post", "anime/{key}/wanted", wanted=True)
    ),
    ("post", "bin-api-restore"): first(
        binned, api("bin.restored", "post", "v1/bin/restore", ids=["{binned}"])
    ),
    ("post", "bin-api-delete"): first(
        binned, api("bin.deleted", "post", "v1/bin/delete", ids=["{binned}"])
    ),
    ("post", "bin-api-empty"): first(binned, api("bin.deleted", "post", "v1/bin/empty")),
    ("post", "series-monitor"): page("series.changed", "/series/{key}/monitor", monitored="no"),
    ("post", "series-preferences"): page(
        "series.changed", "/series/{key}/preferences", languages=["German Sub"]
    ),
    ("post", "series-remove"): page("series.removed", "/series/{key}/remove", sure="yes"),
    ("post", "series-unmatch"): page("series.unmatched", "/series/{key}/unmatch", sure="yes"),
    ("post", "series-restore"): page("series.restored", "/series/gone/restore"),
    ("post", "series-numbers"): first(
        held_numbers,
        page("series.numbers_decided", "/series/{key}/numbers", means="AS_LISTED"),
    ),
    ("post", "series-numbering-apply"): first(
        split_cour,
        page("series.renumbered", "/series/{key}/mapping/apply", mark=SPLIT_MARK),
    ),
    ("post", "series-numbering-dismiss"): first(
        split_cour,
        page("series.numbers_dismissed", "/series/{key}/mapping/dismiss", mark=SPLIT_MARK),
    ),
    ("post", "numbering-import"): Act(
        lambda w: w.page(
            "/numbering/import",
            action="apply",
            series=w.series.key,
            **{f"mapping-{w.series.key}": json.dumps({"mapping": [RANGE], "before": []})},
        ),
        "series.renumbered",
        "OWNER",
    ),
    ("post", "numbering-api-import"): Act(
        lambda w: w.api(
            "post",
            "v1/numbering/import",
            {
                "content": json.dumps(
                    [{"site": w.series.site, "key": w.series.site_key, "mapping": [RANGE]}]
                ),
                "apply": True,
            },
        ),
        "series.renumbered",
        "CLIENT",
    ),
    ("post", "series-mapping"): page("series.renumbered", "/series/{key}/mapping", **RANGE_FORM),
    ("post", "series-tie"): page(
        "series.tied", "/series/{key}/sites/tie", site="{site}", key="other"
    ),
    ("post", "series-tie-change"): first(
        tied, page("series.untied", "/series/{key}/sites/{tie}", action="remove")
    ),
    ("post", "episode-own-link-page"): page(
        "series.link_set", "/series/{key}/episodes/1/2/link", **LINK
    ),
    ("post", "series-queue"): page("queue.added", "/series/{key}/queue", episodes=["1-2"]),
    ("post", "series-following"): page("series.changed", "/series/{key}/following", follow="NEW"),
    ("post", "following-queue"): first(followed_series, page("queue.added", "/following/queue")),
    ("post", "settings-following"): page(
        "config.changed", "/settings/following", new_series="NEW", keep="FIRST", episodes_a_day="7"
    ),
    ("post", "settings-quiet-hours"): page(
        "config.changed",
        "/settings/quiet-hours",
        when_quiet_begins="STOP",
        budget_gb_a_day="1",
        budget_gb_a_month="0",
        budget_episodes_a_day="0",
        budget_episodes_a_month="0",
    ),
    ("post", "queue-lift-hold"): first(a_hold, Act(lift_by_page, "site.hold_lifted", "OWNER")),
    ("post", "queue-end-rest"): first(
        a_refusal, page("site.rest_ended", "/queue/rests/end", site="aniworld")
    ),
    ("post", "queue-missing"): page("queue.added", "/queue/missing", keys=["show"]),
    ("post", "queue-retry-all"): page("queue.retried", "/queue/retry"),
    ("post", "queue-clear"): page("queue.cleared", "/queue/clear/failed"),
    ("post", "queue-move"): page("queue.reordered", "/queue/items/{pending}/move", place="1"),
    ("post", "queue-selected"): page(
        "queue.held", "/queue/selected", action="hold", ids=["{pending}"]
    ),
    ("post", "queue-clear-waiting"): page("queue.removed", "/queue/waiting/clear"),
    ("post", "queue-hold"): page("queue.held", "/queue/items/{pending}/hold"),
    ("post", "queue-now"): page("queue.exempted", "/queue/items/{pending}/now"),
    ("post", "queue-later"): first(
        exempt_item, page("queue.bound", "/queue/items/{pending}/later")
    ),
    ("post", "queue-lift"): page("queue.quiet_lifted", "/queue/lift/today"),
    ("post", "queue-lift-end"): first(
        lifted_quiet_hours, page("queue.quiet_kept", "/queue/lift/end")
    ),
    ("post", "queue-release"): page("queue.released", "/queue/items/{paused}/release"),
    ("post", "queue-remove"): page("queue.removed", "/queue/items/{pending}/remove"),
    ("post", "queue-retry"): page("queue.retried", "/queue/items/{failed}/retry"),
    ("post", "queue-take"): page("queue.taken", "/queue/items/{failed}/take"),
    ("post", "queue-discard"): page("queue.discarded", "/queue/items/{failed}/discard"),
    ("post", "queue-control"): page("queue.started", "/queue/start"),
    ("post", "journal-undo"): Act(
        undo_the_removal(lambda w, pk: w.page(f"/journal/{pk}/undo")), "series.restored", "OWNER"
    ),
    ("post", "undo-newest"): Act(
        of_own_acts(REMOVE_BY_PAGE, UNDO_BY_PAGE), "series.restored", "OWNER"
    ),
    ("post", "redo-newest"): Act(
        of_own_acts(REMOVE_BY_PAGE, UNDO_BY_PAGE, REDO_BY_PAGE), "series.removed", "OWNER"
    ),
    ("post", "settings-library"): page(
        "config.changed",
        "/settings/library",
        mass_removal_share="0.4",
        full_look_days="8",
        bin_days="14",
    ),
    ("post", "settings-section"): page(
        "config.changed", "/settings/advanced", audit_days="730", progress_history="7"
    ),
    ("post", "settings-folders-change"): page(
        "config.changed", "/settings/library/change", path="{directory}", action="remove"
    ),
    ("post", "settings-languages"): page(
        "config.changed", "/settings/languages", list="languages", action="", chosen=["German Sub"]
    ),
    ("post", "settings-backup"): page(
        "config.changed",
        "/settings/backup",
        **{"keep": "7", "keep_databases": "5", "every_days": "1", "at_hour": "4"},
    ),
    ("post", "settings-backup-make"): page("config.backed_up", "/settings/backup/make"),
    ("post", "settings-reset"): first(
        other_settings, page("config.reset", "/settings/backup/reset")
    ),
    ("post", "settings-import"): page(
        "config.imported",
        "/settings/backup/import",
        content=json.dumps(OTHER).replace("{", "{{").replace("}", "}}"),
    ),
    ("post", "settings-restore"): first(
        other_settings,
        Act(
            lambda w: w.page(f"/settings/backup/{config.backups()[0].name}/restore"),
            "config.restored",
            "OWNER",
        ),
    ),
    ("post", "settings-backup-delete"): first(
        other_settings,
        Act(
            lambda w: w.page(f"/settings/backup/{config.backups()[0].name}/delete", sure="yes"),
            "config.backup_deleted",
            "OWNER",
        ),
    ),
    ("post", "settings-naming"): page(
        "config.changed", "/settings/naming", naming_template="{{name}}/S{{season}}E{{episode}}"
    ),
    ("post", "settings-providers-health"): page(
        "config.changed",
        "/settings/providers/health",
        failures_until_rest="7",
        rest_seconds="60",
        refused_rest_seconds="900",
        degraded_below_percent="90",
        down_below_percent="50",
    ),
    ("post", "settings-providers-ask"): first(
        a_rest, page("site.rest_ended", "/settings/providers/health/ask", name="hoster:voe")
    ),
    ("post", "settings-provider"): page(
        "config.changed", "/settings/providers/aniworld", requests_per_second="2"
    ),
    ("post", "settings-provider-change"): page(
        "config.changed", "/settings/providers/aniworld/change", action="on"
    ),
    ("post", "settings-provider-add"): Act(add_by_page, "config.changed", "OWNER"),
    ("post", "settings-provider-definition"): first(
        a_described_site, Act(describe_by_page, "config.changed", "OWNER")
    ),
    ("post", "settings-provider-remove"): first(
        a_described_site, page("config.changed", "/settings/providers/cards/remove")
    ),
    ("post", "settings-media-servers"): page(
        "config.changed", "/settings/media-servers", wait_seconds="90", nfo="OFF", poster="OFF"
    ),
    ("post", "settings-media-server-add"): page(
        "config.changed", "/settings/media-servers/add", kind="KODI", name="attic"
    ),
    ("post", "settings-media-server"): first(
        a_media_server,
        page("config.changed", "/settings/media-servers/attic", kind="PLEX", enabled="on"),
    ),
    ("post", "settings-media-server-change"): first(
        a_media_server,
        page("config.changed", "/settings/media-servers/attic/change", action="off"),
    ),
    ("post", "settings-media-server-remove"): first(
        a_media_server, page("config.changed", "/settings/media-servers/attic/remove")
    ),
    ("post", "job"): page("config.changed", "/jobs/rescan", enabled="on", when="every day at 4"),
    ("post", "job-run"): page("job.wanted", "/jobs/rescan/run"),
    ("post", "job-pause"): page("job.paused", "/jobs/rescan/pause"),
    ("post", "job-resume"): first(
        lambda w: w.page("/jobs/rescan/pause"), page("job.resumed", "/jobs/rescan/resume")
    ),
    ("post", "backup-create"): page("backup.created", "/system/backups/create"),
    ("post", "backup-upload"): first(a_backup, Act(upload_by_page, "backup.taken_in", "OWNER")),
    ("post", "backup-delete"): of_backup("backup.deleted", "page", "/system/backups/{name}/delete"),
    ("post", "backup-restore"): of_backup(
        "backup.restored", "page", "/system/backups/{name}/restore"
    ),
    # the API
    ("post", "settings-notifications"): page(
        "config.changed",
        "/settings/notifications",
        language="de",
        digest_minutes="60",
        give_up_hours="48",
    ),
    ("post", "target-add"): page("config.changed", "/settings/notifications/add", **TARGET),
    ("post", "target"): first(
        a_target, page("config.changed", "/settings/notifications/target/Phone", **TARGET)
    ),
    ("post", "target-switch"): first(
        a_target,
        page("config.changed", "/settings/notifications/target/Phone/switch", action="off"),
    ),
    ("post", "target-remove"): first(
        a_target, page("config.changed", "/settings/notifications/target/Phone/remove")
    ),
    ("post", "target-test"): first(
        a_target, page("notification.tested", "/settings/notifications/target/Phone/test")
    ),
    ("post", "delivery-send"): first(
        a_message, Act(send_by_page, "notification.sent_again", "OWNER")
    ),
    ("post", "targets-api"): api(
        "config.changed",
        "post",
        "notifications/targets",
        name="Phone",
        kind="WEBHOOK",
        url="http://127.0.0.1:9/",
    ),
    ("patch", "target-api"): first(
        a_target,
        api("config.changed", "patch", "notifications/targets/Phone", quiet_hours="22:00-07:00"),
    ),
    ("delete", "target-api"): first(
        a_target, api("config.changed", "delete", "notifications/targets/Phone")
    ),
    ("post", "target-test-api"): first(
        a_target, api("notification.tested", "post", "notifications/targets/Phone/test")
    ),
    ("post", "delivery-send-api"): first(
        a_message, Act(send_by_api, "notification.sent_again", "CLIENT")
    ),
    ("patch", "job-api"): api("config.changed", "patch", "jobs/rescan", enabled=True),
    ("post", "job-run-api"): api("job.wanted", "post", "jobs/rescan/run"),
    ("post", "job-pause-api"): api("job.paused", "post", "jobs/rescan/pause"),
    ("post", "job-resume-api"): first(
        lambda w: w.api("post", "jobs/rescan/pause"),
        api("job.resumed", "post", "jobs/rescan/resume"),
    ),
    ("post", "scheduler-config"): api("config.changed", "post", "scheduler/config", enabled=True),
    ("post", "scheduler-trigger-rescan"): api("job.wanted", "post", "scheduler/trigger-rescan"),
    ("post", "backups-api"): api("backup.created", "post", "backups"),
    ("post", "backup-upload-api"): first(a_backup, Act(upload_by_api, "backup.taken_in", "CLIENT")),
    ("delete", "backup-api"): of_backup("backup.deleted", "delete", "backups/{name}"),
    ("post", "backup-restore-api"): of_backup("backup.restored", "post", "backups/{name}/restore"),
    ("post", "auth-setup"): first(
        nobody_yet,
        Act(
            stranger("/api/auth/setup", master_password=PASSWORD),
            "account.set_up",
            "CLIENT",
        ),
    ),
    ("post", "setup-api"): first(
        nobody_yet,
        Act(
            stranger("/api/setup", master_password=PASSWORD),
            "account.set_up",
            "CLIENT",
        ),
    ),
    ("post", "auth-login"): Act(
        stranger("/api/auth/login", password=PASSWORD),
        "session.opened",
        "CLIENT",
    ),
    ("post", "auth-logout"): api("session.ended", "post", "auth/logout"),
    ("post", "auth-password"): api(
        "account.password_changed",
        "post",
        "auth/password",
        current_password=PASSWORD,
        new_password=f"{PASSWORD}-new",
    ),
    ("delete", "auth-session"): first(another_session, Act(end_it, "session.ended", "CLIENT")),
    ("delete", "rest"): first(a_rest, api("site.rest_ended", "delete", "rests/hoster:voe")),
    ("delete", "hold"): first(a_hold, Act(lift_by_api, "site.hold_lifted", "CLIENT")),
    ("put", "config"): api("config.changed", "put", "config", downloads={"max_retries": 4}),
    ("post", "config-section"): api(
        "config.changed", "post", "config/section/downloads", max_retries=4
    ),
    ("post", "config-directory"): first(
        no_folder, api("config.changed", "post", "config/directory", directory="{directory}")
    ),
    ("post", "config-import"): api("config.imported", "post", "config/import", config=OTHER),
    ("post", "config-reset"): first(other_settings, api("config.reset", "post", "config/reset")),
    ("post", "config-backups"): api("config.backed_up", "post", "config/backups"),
    ("post", "config-restore"): first(
        other_settings, Act(restore_by_api, "config.restored", "CLIENT")
    ),
    ("delete", "config-backup"): first(
        other_settings, Act(delete_backup_by_api, "config.backup_deleted", "CLIENT")
    ),
    ("post", "providers"): Act(add_by_api, "config.changed", "CLIENT"),
    ("delete", "provider"): first(
        a_described_site, api("config.changed", "delete", "providers/cards")
    ),
    ("put", "provider-definition"): first(
        a_described_site, Act(describe_by_api, "config.changed", "CLIENT")
    ),
    ("post", "media-servers-api"): api("config.changed", "post", "media-servers", kind="KODI"),
    ("patch", "media-server-api"): first(
        a_media_server, api("config.changed", "patch", "media-servers/attic", enabled=False)
    ),
    ("delete", "media-server-api"): first(
        a_media_server, api("config.changed", "delete", "media-servers/attic")
    ),
    ("patch", "provider"): api("config.changed", "patch", "providers/aniworld", enabled=True),
    ("post", "anime"): api("series.added", "post", "v1/anime", site="{site}", key="other"),
    ("patch", "anime-series"): api("series.changed", "patch", "v1/anime/{key}", monitored=False),
    ("delete", "anime-series"): api("series.removed", "delete", "v1/anime/{key}"),
    ("post", "anime-restore"): api("series.restored", "post", "v1/anime/gone/restore"),
    ("post", "anime-numbers"): first(
        held_numbers,
        api("series.numbers_decided", "post", "v1/anime/{key}/numbers", means="AS_LISTED"),
    ),
    ("post", "anime-unmatch"): api("series.unmatched", "post", "v1/anime/{key}/unmatch"),
    ("post", "anime-suggestion-apply"): first(
        split_cour,
        api(
            "series.renumbered",
            "post",
            "v1/anime/{key}/mapping/suggestions/apply",
            mark=SPLIT_MARK,
        ),
    ),
    ("post", "anime-suggestion-dismiss"): first(
        split_cour,
        api(
            "series.numbers_dismissed",
            "post",
            "v1/anime/{key}/mapping/suggestions/dismiss",
            mark=SPLIT_MARK,
        ),
    ),
    ("put", "anime-mapping"): api(
        "series.renumbered", "put", "v1/anime/{key}/mapping", mapping=[RANGE]
    ),
    ("post", "anime-ties"): api(
        "series.tied", "post", "v1/anime/{key}/ties", site="{site}", key="other"
    ),
    ("delete", "anime-tie"): first(
        tied, api("series.untied", "delete", "v1/anime/{key}/ties/{tie}")
    ),
    ("post", "anime-tie-move"): first(
        tied, api("series.ties_moved", "post", "v1/anime/{key}/ties/{tie}/move", step=1)
    ),
    ("put", "episode-own-link"): api(
        "series.link_set", "put", "v1/anime/{key}/episodes/1/2/link", **LINK
    ),
    ("delete", "episode-own-link"): first(
        linked, api("series.link_removed", "delete", "v1/anime/{key}/episodes/1/2/link")
    ),
    ("post", "renaming"): api("renaming.started", "post", "v1/rename"),
    ("post", "anime-rename"): api("renaming.started", "post", "v1/anime/{key}/rename"),
    ("post", "renaming-cancel"): first(
        running_renaming, api("renaming.cancelled", "post", "v1/rename/cancel")
    ),
    ("post", "rescan"): api("scan.started", "post", "v1/anime/rescan"),
    ("post", "rescan-cancel"): first(
        running_scan, api("scan.cancelled", "post", "v1/anime/rescan/cancel")
    ),
    ("post", "unmatched-keep-api"): api(
        "series.added", "post", "v1/anime/unmatched/{folder}/keep", name="Own"
    ),
    ("post", "unmatched-ignore-api"): api(
        "series.folder_ignored", "post", "v1/anime/unmatched/{folder}/ignore"
    ),
    ("post", "unmatched-heed-api"): first(
        ignored, api("series.folder_heeded", "post", "v1/anime/unmatched/{folder}/heed")
    ),
    ("post", "unmatched-ask-api"): api("scan.started", "post", "v1/anime/unmatched/ask"),
    ("post", "anime-catalogue"): first(
        without_catalogue,
        api(
            "series.catalogue_given", "post", "v1/anime/{key}/catalogue", site="{site}", key="other"
        ),
    ),
    ("delete", "anime-catalogue"): api("series.released", "delete", "v1/anime/{key}/catalogue"),
    ("post", "unmatched-match-api"): api(
        "series.added", "post", "v1/anime/unmatched/{folder}/match", site="{site}", key="other"
    ),
    ("post", "unmatched-bulk"): api(
        "series.added",
        "post",
        "v1/anime/unmatched/match",
        matches=[{"id": "{folder}", "site": "{site}", "key": "other"}],
    ),
    ("post", "api-series-download"): api(
        "queue.added", "post", "v1/anime/{key}/download", episodes=[EPISODE]
    ),
    ("post", "api-following-plan"): first(
        followed_series, api("queue.added", "post", "v1/following/plan")
    ),
    ("post", "api-queue-add"): api(
        "queue.added",
        "post",
        "queue/add",
        serie_id="{key}",
        serie_folder="Show (2013)",
        episodes=[EPISODE],
    ),
    ("post", "api-queue-remove"): api(
        "queue.removed", "post", "queue/remove", item_ids=["{pending}"]
    ),
    ("delete", "api-queue"): api("queue.removed", "delete", "queue/", item_ids=["{pending}"]),
    ("delete", "api-queue-item"): api("queue.removed", "delete", "queue/{pending}"),
    ("post", "api-queue-undo"): Act(undo_of_the_queue, "queue.restored", "CLIENT"),
    ("post", "api-queue-start"): api("queue.started", "post", "queue/start", limit=1),
    ("post", "api-queue-stop"): first(running_queue, api("queue.stopped", "post", "queue/stop")),
    ("post", "api-queue-pause"): api("queue.paused", "post", "queue/pause"),
    ("post", "api-queue-resume"): first(paused_queue, api("queue.resumed", "post", "queue/resume")),
    ("post", "api-queue-reorder"): api(
        "queue.reordered", "post", "queue/reorder", item_id="{pending}", new_position=1
    ),
    ("post", "api-queue-move"): api(
        "queue.reordered", "post", "queue/move", item_ids=["{pending}"], to="BOTTOM"
    ),
    ("delete", "api-queue-clear-waiting"): api("queue.removed", "delete", "queue/waiting"),
    ("post", "api-queue-hold"): api("queue.held", "post", "queue/hold", item_ids=["{pending}"]),
    ("post", "api-queue-now"): api("queue.exempted", "post", "queue/now", item_ids=["{pending}"]),
    ("post", "api-queue-later"): first(
        exempt_item, api("queue.bound", "post", "queue/later", item_ids=["{pending}"])
    ),
    ("post", "api-queue-lift"): api("queue.quiet_lifted", "post", "queue/lift", until="TODAY"),
    ("delete", "api-queue-lift"): first(
        lifted_quiet_hours, api("queue.quiet_kept", "delete", "queue/lift")
    ),
    ("post", "api-queue-release"): api(
        "queue.released", "post", "queue/release", item_ids=["{paused}"]
    ),
    ("delete", "api-queue-clear-completed"): api("queue.cleared", "delete", "queue/completed"),
    ("delete", "api-queue-clear-failed"): api("queue.cleared", "delete", "queue/failed"),
    ("post", "api-queue-retry"): api("queue.retried", "post", "queue/retry"),
    ("post", "api-queue-retry-one"): api("queue.retried", "post", "queue/retry/{failed}"),
    ("post", "api-queue-take"): api("queue.taken", "post", "queue/take/{failed}"),
    ("post", "api-queue-discard"): api("queue.discarded", "post", "queue/discard/{failed}"),
    ("post", "api-undo-newest"): Act(
        of_own_acts(REMOVE_BY_API, UNDO_BY_API), "series.restored", "CLIENT"
    ),
    ("post", "api-redo-newest"): Act(
        of_own_acts(REMOVE_BY_API, UNDO_BY_API, REDO_BY_API), "series.removed", "CLIENT"
    ),
    ("post", "api-journal-undo"): Act(
        undo_the_removal(lambda w, pk: w.api("post", f"journal/{pk}/undo")),
        "series.restored",
        "CLIENT",
    ),
}

CATALOGUE = "what a catalogue lists is nobody's act here"
READ = "what is read is no act on anything; the same page takes it back"
NO_ACT = {
    ("post", "account-language"): "in which language one user reads",
    ("post", "account-shortcuts"): "which keys one user wants",
    ("post", "series-refresh"): CATALOGUE,
    ("post", "anime-refresh"): CATALOGUE,
    ("post", "anime-search"): "asks the sites",
    ("post", "anime-ties-compare"): "asks a site, and only says what speaks for a tie",
    ("post", "files-selected"): "leads on to where it is shown before it is done",
    ("post", "catalogue-details"): CATALOGUE,
    ("post", "catalogue-details-api"): CATALOGUE,
    ("post", "config-validate"): "only says what would be",
    ("post", "config-export"): "only reads",
    ("post", "scheduler-preview"): "only says when that would be",
    ("post", "settings-export"): "only reads",
    ("post", "provider-test"): "asks the site",
    ("post", "definition-trial"): "asks the site",
    ("post", "settings-provider-test"): "asks the site",
    ("post", "inbox-mark"): READ,
    ("post", "inbox-read-api"): READ,
    ("post", "inbox-unread-api"): READ,
    ("post", "media-server-test-api"): "asks the server",
    ("post", "settings-media-server-test"): "asks the server",
    ("post", "^admin/login/?$"): "leads on: there is one login",
}


def addresses() -> Iterator[tuple[str, str]]:
    """Method and name of every route that takes more than questions, but of the administration:
    ``test_admin`` walks that."""
    for name, route in routes(get_resolver()):
        key = name.rpartition(":")[2] or str(route.pattern)
        if name.startswith("admin:") or name.endswith("-short"):  # the second spelling
            continue
        for method in METHODS:
            if _takes(method, route):
                yield method, key


def _takes(method: str, route: URLPattern) -> bool:
    view = getattr(route.callback, "cls", None) or getattr(route.callback, "view_class", None)
    if view is not None:
        return method in view.http_method_names and hasattr(view, method)
    # What Django's decorators allow; a function without one takes everything, as it takes POST.
    said = inspect.getclosurevars(route.callback).nonlocals.get("request_method_list", ["POST"])
    return method.upper() in said


def test_every_address_that_changes_something_is_here() -> None:
    assert set(addresses()) == ACTS.keys() | NO_ACT.keys()
    assert not ACTS.keys() & NO_ACT.keys()


@pytest.mark.parametrize("address", ACTS, ids=" ".join)
def test_an_act_is_journalled_as_that_of_whoever_sent_it(
    world: World, address: tuple[str, str]
) -> None:
    act = ACTS[address]
    act.do(world)
    entries = list(Entry.objects.order_by("id"))
    assert act.action in [entry.action for entry in entries]
    assert {(entry.actor_kind, entry.actor_name) for entry in entries} == {(act.kind, "admin")}
    owner = User.objects.get(username="admin")
    assert {entry.actor_id for entry in entries} == {str(owner.pk)}


BARE = [address for address, why in NO_ACT.items() if why != CATALOGUE]


@pytest.mark.parametrize("address", BARE, ids=" ".join)
def test_what_is_no_act_leaves_nothing(world: World, address: tuple[str, str]) -> None:
    """These are asked as bare as can be; what they do, their own tests say."""
    _, name = address
    of_one = "provider-test", "media-server-test", "media-server-test-api"
    parts = {"name": "aniworld"} if name.endswith(of_one) else {}
    if name == "anime-ties-compare":
        parts = {"key": "show"}
    world.browser.post(NAMELESS.get(name) or reverse(name, kwargs=parts))
    assert not Entry.objects.exists()
