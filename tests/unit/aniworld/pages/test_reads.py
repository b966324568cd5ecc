"""To read writes nothing: every address of the product is asked for, and the database watched."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django import Settings

from accounts import activity
from accounts.models import UserSession
from aniworld.config import store
from aniworld.events.models import Operation
from aniworld.journal.models import Entry
from downloads.choices import Status
from library.choices import FileState
from library.events import scan_tracker
from library.models import AnimeSeries, LibraryRoot, ScanOperation, UnmatchedFolder
from library.services import operations, set_monitored
from providers.coded import coded
from tests.factories import make_file, make_item, make_root, make_scan, make_series, make_unmatched
from tests.unit.reading import get, texts

LONG_AGO = timezone.now() - timedelta(days=2)
# Routes that have no name to ask for them by, and the addresses that lead to them.
NAMELESS = {
    "^admin/login/?$": "/admin/login/",
    "^admin/logout/?$": "/admin/logout/",
    "<path:object_id>/": "/admin/library/animeseries/1/",
    "(?P<url>.*)$": "/admin/nothing",
}
FRAGMENTS = ("live", "more", "scan", "queue")


@pytest.fixture
def stale(visitor: Client, tmp_path: Path, settings: Settings) -> LibraryRoot:
    """What reading used to mend: a session last used long ago, a scan whose process is gone, and
    a root that the configuration, which was edited by hand, has exchanged for another."""
    UserSession.objects.update(last_activity=LONG_AGO)
    activity._used.clear()
    make_scan("RUNNING", pid=4194305, host=f"{os.uname().nodename} 7", heartbeat_at=LONG_AGO)
    wanted = tmp_path / "wanted"
    wanted.mkdir()
    settings.ANIME_DIRECTORY = ""
    store.path().write_text(json.dumps({"schema": 1, "library": {"directories": [str(wanted)]}}))
    return make_root(str(tmp_path / "old"))


@pytest.fixture
def filled(stale: LibraryRoot, tmp_path: Path) -> AnimeSeries:
    """Something of everything, some of it in the old root and some in the one that is wanted."""
    wanted = make_root(str(tmp_path / "wanted"), is_active=False)
    series = make_series("Show", present=2, missing=2, root=wanted, cover_source="https://x/y.jpg")
    file = make_file(series, "Show/S01E01.mkv", folder="Show", root=wanted)
    series.episodes.filter(episode_number=1).update(file=file, file_path=file.path)
    make_file(series, "Show/Holiday.mkv", folder="Show", problem="no number", root=wanted)
    make_file(series, "Show/S01E09.mkv", folder="Show", state=FileState.UNAVAILABLE, root=stale)
    make_series("Gone", present=1, deleted_at=timezone.now(), root=stale)
    facts = {
        "key": "other",
        "name": "Other",
        "site": "aniworld",
        "year": 2013,
        "score": 0.9,
        "reasons": [],
    }
    make_unmatched("Other", facts, root=wanted)
    make_unmatched("", root=stale)
    set_monitored(series, False)  # an entry of the journal
    scan_tracker(ScanOperation.objects.get()).start(
        coded("scan_looking")
    )  # and one of the operations
    for number, status in enumerate(Status.values, 1):
        make_item(series, number, status=status, completed_at=timezone.now())
    return series


def routes(resolver: URLResolver, *spaces: str) -> Iterator[tuple[str, URLPattern]]:
    """Every route with its name, and that of the spaces it lies in."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            below = [entry.namespace] if entry.namespace else []
            yield from routes(entry, *spaces, *below)
        else:
            yield ":".join([*spaces, entry.name or ""]), entry


def addresses() -> list[str]:
    """One address for every route."""
    return sorted({address for address, _ in addressed()})


def addressed() -> list[tuple[str, URLPattern]]:
    """Every route, with an address that leads there. One with a new kind of part needs a sample
    here."""
    series, folder = AnimeSeries.objects.active().first(), UnmatchedFolder.objects.first()
    entry, operation = Entry.objects.first(), Operation.objects.first()
    samples: dict[str, Any] = {
        "key": series.key if series else "nobody",
        "pk": series.pk if series else 1,
        "folder_id": folder.pk if folder else 1,
        "entry_id": entry.pk if entry else 1,
        **{"hold_id": 1, "delivery_id": 1, "tie_id": 1},
        **{"season": 1, "episode": 1, "number": 1, "width": 220, "item_id": 1},
        **{"status": "failed", "action": "start", "name": "aniworld", "app_label": "library"},
        **{"id": 1, "object_id": 1, "content_type_id": 1, "session_id": "nothing", "key_id": 1},
        "operation_id": operation.operation_id if operation else "nothing",
        **{"repair_id": "nothing", "site": "aniworld", "until": "today"},
    }
    found = []
    for name, route in routes(get_resolver()):
        if name.rpartition(":")[2]:
            parts = {part: samples[part] for part in route.pattern.regex.groupindex}
            found.append((reverse(name, kwargs=parts | _row(name, parts)), route))
        else:
            found.append((NAMELESS[str(route.pattern)], route))
    return found


def _row(name: str, parts: dict[str, Any]) -> dict[str, Any]:
    """A row that the admin's page of a model can show."""
    if parts.keys() != {"object_id"}:
        return {}
    app, model, _ = name.partition(":")[2].split("_", 2)
    row = apps.get_model(app, model)._base_manager.first()
    return {"object_id": row.pk} if row else {}


@contextmanager
def watched() -> Iterator[list[str]]:
    """Everything that is more than a question: also what begins a transaction, for on SQLite that
    waits for whoever writes."""
    writes: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not sql.lstrip("( \n").startswith(("SELECT", "PRAGMA quick_check")):
            writes.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield writes


def ask_for_all(client: Client, fragments: Sequence[str] = FRAGMENTS) -> dict[str, int]:
    """Ask as a program, as a browser and as a page's script does; returns the statuses."""
    client.raise_request_exception = False
    statuses: dict[str, int] = {}
    for address in addresses():
        asked: list[dict[str, str]] = [{}]
        if address.startswith("/api/"):
            asked.append({"Accept": "text/html"})  # the API is browsable
        elif not address.startswith("/admin/"):
            asked += [{"HX-Request": "true", "HX-Target": target} for target in fragments]
        for headers in asked:
            with watched() as writes:
                answer = client.get(address, headers=headers)
            assert (address, headers, writes) == (address, headers, [])
            statuses.setdefault(address, answer.status_code)
    return statuses


def test_the_watch_sees_a_write(stale: LibraryRoot) -> None:
    with watched() as writes:
        operations.end_dead_ones()
    assert any(sql.startswith("UPDATE") for sql in writes)
    assert any(sql.startswith("INSERT") for sql in writes)


def test_nothing_is_written_in_a_full_library(visitor: Client, filled: AnimeSeries) -> None:
    statuses = ask_for_all(visitor)
    seen = {address for address, status in statuses.items() if status == 200}
    key = filled.key
    assert seen >= {
        *("/", "/add", "/queue", "/unmatched", f"/series/{key}", f"/series/{key}/mapping"),
        *(f"/series/{key}/episodes/1/1/why", f"/covers/{filled.pk}", "/health", "/ws/status"),
        *("/api/v1/anime", f"/api/v1/anime/{key}", "/api/v1/anime/unmatched", "/api/providers"),
        *("/api/v1/anime/rescan/status", "/api/queue/status", "/api/queue/items"),
        *("/api/auth/status", "/api/auth/sessions", "/api/schema", "/api/docs"),
        *("/admin/", "/admin/library/animeseries/"),
    }
    assert len({address for address in seen if address.endswith("/change/")}) >= 8
    assert {a: s for a, s in statuses.items() if s >= 500} == {"/health/ready": 503}
    assert UserSession.objects.get().last_activity == LONG_AGO
    assert ScanOperation.objects.get().state == "RUNNING"
    active = LibraryRoot.objects.active().values_list("path", flat=True)
    assert [Path(path).name for path in active] == ["old"]


def test_nothing_is_written_in_an_empty_library(visitor: Client, stale: LibraryRoot) -> None:
    statuses = ask_for_all(visitor)
    assert {a: s for a, s in statuses.items() if s >= 500} == {"/health/ready": 503}
    assert statuses["/"] == statuses["/api/v1/anime"] == statuses["/queue"] == 200


@pytest.mark.parametrize("is_set_up", [True, False])
def test_nothing_is_written_for_a_stranger(
    visitor: Client, filled: AnimeSeries, is_set_up: bool
) -> None:
    if not is_set_up:
        UserSession.objects.all().delete()
        apps.get_model("auth", "User").objects.all().delete()
    stranger = Client()
    statuses = ask_for_all(stranger, FRAGMENTS[:1])  # nobody looks at which
    assert statuses["/login"] == (200 if is_set_up else 302)
    assert statuses["/setup"] == (302 if is_set_up else 200)
    assert statuses["/api/v1/anime"] == 401


def test_a_scan_that_died_is_shown_as_ended_everywhere(
    visitor: Client, filled: AnimeSeries
) -> None:
    page = get(visitor, "/")
    assert page.select_one("scan-progress")["data-running"] == "false"  # type: ignore[index]
    assert "ended unexpectedly" in page.select_one("#scan").get_text()  # type: ignore[union-attr]
    status = visitor.get("/api/v1/anime/rescan/status").json()
    assert (status["state"], status["error"]["code"]) == ("FAILED", "scan_process_died")
    assert status["progress"]["phase"] == "FAILED"
    snapshot = operations.snapshot()
    assert (snapshot["state"], snapshot["status"]) == ("FAILED", "failed")
    shown = operations.latest()
    operations.end_dead_ones()
    written = operations.latest()
    assert shown is not None
    assert written is not None
    names = ("state", "phase", "error_code", "error", "finished_at", "result", "problems")
    assert [getattr(shown, name) for name in names] == [getattr(written, name) for name in names]
    assert ScanOperation.objects.get().state == "FAILED"


def test_roots_are_shown_as_the_configuration_names_them_now(
    visitor: Client, filled: AnimeSeries
) -> None:
    assert texts(get(visitor, "/unmatched"), ".folder h2") == ["Other"]
    listed = visitor.get("/api/v1/anime/unmatched").json()["results"]
    assert [entry["folder"] for entry in listed] == ["Other"]
    assert texts(get(visitor, "/"), "#unmatched-badge")[0].startswith("1")
    old = LibraryRoot.objects.active().get()
    store.path().write_text(json.dumps({"schema": 1, "library": {"directories": [old.path]}}))
    listed = visitor.get("/api/v1/anime/unmatched").json()["results"]
    assert [entry["folder"] for entry in listed] == [""]


def test_more_messages_than_their_cookie_holds_are_shown_without_a_write(
    visitor: Client, library: LibraryRoot
) -> None:
    folders = []
    for number in range(40):
        site = secrets.token_hex(40)  # nothing that could be packed any smaller
        facts = {"key": "k", "name": "N", "site": site, "year": 2013, "score": 0.9, "reasons": []}
        folders.append(make_unmatched(f"Folder {number}", facts, root=library).pk)
    told = visitor.post("/unmatched/confirm", {"ids": folders})
    kept = [len(morsel.OutputString()) for morsel in told.cookies.values()]
    assert told.cookies.keys() >= {"messages", "sessionid"}
    assert max(kept) < 4096  # what a browser takes
    with watched() as writes:
        page = get(visitor, "/unmatched")
    assert writes == []
    assert (
        len({text for text in texts(page, "toast-list li, .toast") if "not enabled" in text}) == 40
    )
