"""The log page, its API, and the support bundle."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from aniworld.console import secrets
from aniworld.system import logs
from aniworld.system.logs import Wanted
from library.models import LibraryRoot
from tests.factories import make_series
from tests.unit.aniworld.system.well import Installation, furnish
from tests.unit.reading import get

pytestmark = pytest.mark.django_db
MARK = "MARKER-of-a-secret"
LINES = (
    "2026-11-01 10:00:00,001 INFO library.scanner.run scan ended process=7",
    "2026-11-01 10:00:01,001 ERROR downloads.worker.worker item=4 failed item=4 process=8",
    "Traceback (most recent call last):",
    "ValueError: why",
    '{"at": "2026-11-01T10:00:02+00:00", "level": "WARNING", "room": "aniworld.sites", '
    '"message": "<b>slow</b>", "item": "5"}',
    "2026-11-01 10:00:03,001 DEBUG library.x details process=7",
)


@pytest.fixture
def here(
    visitor: Client, library: LibraryRoot, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> Installation:
    settings.LOG_DIR = settings.DATA_DIR / "logs"
    settings.LOG_DIR.mkdir()
    (settings.LOG_DIR / "app.log").write_text("\n".join(LINES) + "\n")
    return furnish(library, monkeypatch)


def messages(**wanted: object) -> list[str]:
    return [line["message"] for line in logs.newest(Wanted(**wanted))]  # type: ignore[arg-type]


def test_lines_are_read_in_both_forms(here: Installation) -> None:
    assert messages() == [
        "scan ended process=7",
        "item=4 failed item=4 process=8\nTraceback (most recent call last):\nValueError: why",
        "<b>slow</b> item=5",
        "details process=7",
    ]
    assert messages(level="WARNING", room="aniworld") == ["<b>slow</b> item=5"]
    assert messages(text="VALUEERROR")[0].startswith("item=4 failed")
    assert messages(lines=1) == ["details process=7"]
    assert messages(file="error") == []


def test_only_the_end_of_a_large_file_is_read(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "MOST_BYTES", 100)
    assert messages() == ["details process=7"]


def test_lines_of_the_file_before_come_first(here: Installation) -> None:
    older = "2026-10-31 10:00:00,001 INFO library.x older process=7\n"
    (here.data / "logs" / "app.log.1").write_text(older)
    assert messages()[0] == "older process=7"


def test_the_api_tells_the_same_and_refuses_what_is_none(
    visitor: Client, here: Installation
) -> None:
    told = visitor.get("/api/logs", {"level": "ERROR"}).json()
    assert [line["level"] for line in told] == ["ERROR"]
    for wrong in ({"file": "../config"}, {"lines": "0"}, {"level": "LOUD"}):
        assert visitor.get("/api/logs", wrong).status_code == 400


def test_the_page_shows_words_and_no_markup(visitor: Client, here: Installation) -> None:
    page = get(visitor, "/logs?level=WARNING")
    shown = [one.get_text() for one in page.select(".log-message")]
    assert shown[0] == "<b>slow</b> item=5"
    assert len(shown) == 2
    assert page.select_one("#lines[hx-trigger]") is None
    assert get(visitor, "/logs?follow=on").select_one("#lines[hx-trigger]") is not None
    assert get(visitor, "/logs?file=../../etc/passwd&level=x").select_one("#lines") is not None


def test_the_bundle_holds_no_secret_and_no_path_of_ours(
    visitor: Client, here: Installation
) -> None:
    secrets.keep_secret([MARK])
    with (here.data / "logs" / "app.log").open("a") as log:
        log.write(f"2026-11-01 10:00:04,001 ERROR x {MARK} {here.library}/Show token={MARK}2\n")
    make_series("Broken", error_code="site_down", error_params={"reason": f"password={MARK}3"})
    here.configure(providers={"sites": {"aniworld": {"base_url": f"https://u:{MARK}@a.example"}}})
    here.configure(library={"directories": [str(here.library)]})
    phone = {"url": f"tgram://{MARK}4/{MARK}5", "signing_key": f"{MARK}6"}
    here.configure(notifications={"targets": {"Phone": phone}})
    answer = visitor.get("/system/bundle/file")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        parts = {Path(name).name: archive.read(name).decode() for name in archive.namelist()}
    assert parts.keys() == {
        *("doctor.json", "system.json", "config.json", "errors.json"),
        *("app.log", "download.log", "error.log"),
    }
    whole = "".join(parts.values())
    assert MARK not in whole
    assert str(here.library) not in whole
    assert str(here.data) not in whole
    assert "<library 1>/Show" in parts["app.log"]
    told = json.loads(parts["config.json"])["notifications"]["targets"]["Phone"]
    assert (told["url"], told["signing_key"]) == ("•••", "•••")
    for name in ("doctor.json", "system.json", "config.json", "errors.json"):
        assert json.loads(parts[name])
    page = get(visitor, "/system/bundle")
    assert MARK not in page.get_text()
    assert {one.get_text().split()[0] for one in page.select("summary") if "." in one.get_text()}
    secrets._known.discard(MARK)
