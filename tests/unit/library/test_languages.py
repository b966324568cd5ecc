"""What is stored is of no language: the same rows are read in English and in another one, whose
catalogue is one to throw away: each of its texts is marked."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from accounts import services as accounts
from aniworld.events.models import OutboxEvent
from aniworld.web.texts import in_words, text_of
from library.models import AnimeSeries, MediaFile, ScanOperation, UnmatchedFolder
from library.scanner.media import read_pending
from library.services import remove_series
from providers.errors import NotFound, PageBroken
from tests.catalogue import MARK, write_catalogue
from tests.unit.library.conftest import LONG_AGO, Put, rescan, settle_times
from tests.unit.library.fakes import FakeSite
from tests.unit.reading import soup

pytestmark = pytest.mark.django_db(transaction=True)

OURS = {"accounts", "config", "downloads", "events", "journal", "library", "sites", "system"}
# Columns, and keys within JSON, that hold what disks, catalogues and people call things, and what
# a line of the name reader's grammar is called.
NAMES = {
    *("name", "folder", "path", "root", "file_path", "sort_name", "search_text", "title", "rule"),
    *("origin_name", "actor_name", "object_name", "languages", "language", "host"),
}
HEX = "0" * 16
PROBLEMS = "/series/show?tab=problems"


@pytest.fixture
def german(settings: Settings, tmp_path: Path) -> None:
    """A product that speaks German too."""
    write_catalogue(tmp_path / "locale")
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    settings.LOCALE_PATHS = [tmp_path / "locale"]


@pytest.fixture
def troubled(german: None, site: FakeSite, put: Put, library: Path) -> ScanOperation:
    """A library with every kind of trouble, scanned by a process that speaks German."""
    with translation.override("de"):
        _fill(site, put, library)
        rescan()
        remove_series(AnimeSeries.objects.get(key="gone"))
        site.failures["show"] = PageBroken(why="error_status", site=site.name, status=503)
        for number in range(1, 7):
            (library / f"Lost/S01E{number:02}.mkv").unlink()
        put("Gone (2013)/S01E01.mkv", "Show [BD]/S01E02.mkv")
        _give(library, "Gone (2013)/key", "gone")
        _give(library, "Show [BD]/key", "show")
        settle_times(library)
        operation = rescan(full=True)
        read_pending()
    return operation


def _fill(site: FakeSite, put: Put, library: Path) -> None:
    for key, name in (("show", "Show"), ("gone", "Gone"), ("lost", "Lost"), ("right", "Right")):
        site.add(key, name, {1: 6})
    site.failures["unknown"] = NotFound(why="status", site=site.name, status=404)
    site.add("near", "Near By 2", {1: 1}, year=2001)
    site.add("far", "Far Off", {1: 1}, ids={"imdb": "tt9"})
    for n in range(1, 7):
        put(f"Lost/S01E{n:02}.mkv")
    put(
        "Show/S01E01.mkv",
        "Gone/S01E01.mkv",
        "Near By (2013)/S01E01.mkv",
        "Far Off [imdbid-tt1]/S01E01.mkv",
        "Nobody/S01E01.mkv",
    )
    put(*(f"Show/{name}.mkv" for name in ("Holiday", "Show - 05.5", "S01", "S01-S03", "Movie")))
    put(*(f"Show/{name}.mkv" for name in ("Show - 2014-10-31", "NCOP1", "Vol.1 [BD]", 3 * HEX)))
    put("Show/[G] Show - 99.mkv", "Show/nothing.mkv/readme.txt", "Loose.mkv")
    (library / "Show/S01E03.mkv").touch()
    (library / "Show/loop").symlink_to(library)
    (library / "Show/nowhere.mkv").symlink_to(library / "nothing.mkv")
    os.mkfifo(library / "Show/S01E04.mkv")
    Path(os.fsdecode(os.fsencode(library / "Show") + b"/caf\xe9 - S01E05.mkv")).write_bytes(b"x")
    _give(library, "Nobody/data", json.dumps({"key": "unknown", "site": site.name}))
    _give(library, "Nobody/tvshow.nfo", "<!DOCTYPE x [<!ENTITY a 'b'>]><tvshow/>")
    settle_times(library)


def _give(library: Path, name: str, content: str) -> None:
    (library / name).write_text(content)
    os.utime(library / name, (LONG_AGO, LONG_AGO))


def stored() -> Iterator[tuple[str, str, str]]:
    """Every text in every table of ours: where it is, what it is called there, and itself."""
    for model in apps.get_models():
        if model._meta.app_label not in OURS:
            continue
        for row in model._default_manager.values():
            for column in model._meta.concrete_fields:
                if isinstance(column, (models.CharField, models.TextField, models.JSONField)):
                    where = f"{model.__name__}.{column.name}"
                    yield from _strings(where, column.name, row[column.attname])


def _strings(where: str, name: str, value: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, str):
        yield where, name, value
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _strings(where, str(key), entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _strings(where, name, entry)


def codes() -> set[str]:
    return {value for _, name, value in stored() if name == "code" or name.endswith("_code")}


def tables() -> str:
    """Everything that is stored but who was here when."""
    rows = {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.app_label in OURS - {"accounts"}
    }
    return json.dumps(rows, cls=DjangoJSONEncoder)


def test_nothing_stored_is_a_sentence(troubled: ScanOperation) -> None:
    told = [(where, name, value) for where, name, value in stored() if name not in NAMES]
    assert [entry for entry in told if MARK in entry[2]] == [], "put into words before it is kept"
    assert [entry for entry in told if " " in entry[2]] == []


def test_there_was_trouble_of_every_kind(troubled: ScanOperation) -> None:
    """Else the tests beside this one would say little."""
    assert codes() >= {
        *("mass_removal", "site_down", "unreadable_side_file", "key_unknown", "not_found"),
        *("not_utf8", "empty_file", "link_loop", "broken_link", "not_a_file"),
        *("series_elsewhere", "series_removed", "similar_title", "another_year", "another_id"),
    }
    assert set(MediaFile.objects.values_list("problem", flat=True)) >= {
        *("", "name_without_number", "name_with_decimal", "name_of_season", "name_of_film"),
        *("name_of_several_seasons", "name_of_date", "name_of_opening", "name_of_volume"),
        "name_at_random",
    }
    assert "media_no_film" in MediaFile.objects.values_list("media_problem", flat=True)


@pytest.fixture
def program(db: None) -> Client:
    owner = User.objects.create_superuser(accounts.OWNER)
    token = accounts.open_session(owner).token
    return Client(headers={"Authorization": f"Bearer {token}"})


ADDRESSES = (
    *("v1/anime?missing=all", "v1/anime/show", "v1/anime/unmatched"),
    *("v1/anime/rescan/status", "v1/anime/show/episodes/1/1/evidence", "v1/anime/nobody"),
    *("v1/anime/lost/episodes/1/1/evidence", "operations", "journal"),
)


def test_the_same_rows_are_read_in_either_language(
    troubled: ScanOperation, program: Client
) -> None:
    before = tables()
    for address in ADDRESSES:
        german = program.get(f"/api/{address}", headers={"Accept-Language": "de"}).json()
        english = program.get(f"/api/{address}", headers={"Accept-Language": "en"}).json()
        told = list(_told(german))
        assert told, address
        assert [text for text in told if MARK not in text] == []
        assert json.dumps(german).replace(MARK, "") == json.dumps(english)
        assert MARK not in json.dumps(english)
    assert tables() == before


def _told(answer: Any) -> Iterator[str]:
    """Every sentence of an answer."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name in {"text", "detail", "message"} and isinstance(value, str) and value:
                yield value
            yield from _told(value)
    elif isinstance(answer, list):
        for entry in answer:
            yield from _told(entry)


def test_pages_tell_the_rows_in_german(troubled: ScanOperation, program: Client) -> None:
    before = tables()
    shown = {
        path: soup(program.get(path, headers={"Accept-Language": "de"})).get_text(" ")
        for path in ("/", "/unmatched", PROBLEMS, "/series/show/episodes/1/1/why")
    }
    assert f"{MARK}is empty (0 bytes)" in shown["/"]
    assert f"{MARK}names a season, no episode" in shown["/"]
    assert f"{MARK}Show is in the folder Show already." in shown["/unmatched"]
    assert f"{MARK}similar title" in shown["/unmatched"]
    assert f"{MARK}a decimal number" in shown[PROBLEMS]
    assert f"{MARK}A file for it is on disk." in shown["/series/show/episodes/1/1/why"]
    assert tables() == before


def test_events_are_told_in_the_language_of_who_sends_them(troubled: ScanOperation) -> None:
    failed = OutboxEvent.objects.get(type="scan_failed").data
    assert in_words(failed)["error"]["text"] == text_of(failed["error"])
    with translation.override("de"):
        told = in_words(failed)["error"]
    assert told == {**failed["error"], "text": text_of(failed["error"])} | {"text": told["text"]}
    assert told["text"].startswith(MARK)


def test_a_row_of_before_is_told_as_it_was(german: None, library: Path) -> None:
    row = UnmatchedFolder(detail_code="x", detail_params={"why": "as_told", "text": "As it was."})
    with translation.override("de"):
        assert text_of(row.detail) == "As it was."
        assert text_of(NotFound(why="as_told", text="So it was.")) == "So it was."
