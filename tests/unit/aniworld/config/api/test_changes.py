"""Changing, importing, resetting and restoring the configuration over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from accounts import services as accounts
from accounts.credentials import COOKIE
from aniworld.config import backups, store
from aniworld.config.codec import plain
from aniworld.journal.models import Entry

pytestmark = pytest.mark.django_db

SECRET = "https://me:hunter2@a.example/?key=k"
JSON = "application/json"


def send(visitor: Client, method: str, address: str, body: Any = None, **headers: str) -> Any:
    call = getattr(visitor, method)
    return call(f"/api/config{address}", body or {}, content_type=JSON, headers=headers)


def put(visitor: Client, body: Any, **headers: str) -> Any:
    return send(visitor, "put", "", body, **headers)


def test_what_is_given_can_be_sent_back_and_changes_nothing(visitor: Client) -> None:
    put(visitor, {"providers": {"sites": {"aniworld": {"base_url": SECRET}}}})
    given = visitor.get("/api/config")
    assert "hunter2" not in given.content.decode()
    assert given["ETag"] == '"1"'

    answer = put(visitor, given.json())

    assert (answer.status_code, answer.json()["applied"]) == (200, False)
    assert store.load().providers.sites["aniworld"].base_url == SECRET


def test_a_change_says_what_differs_and_is_undone_by_its_entry(visitor: Client) -> None:
    answer = put(visitor, {"downloads": {"max_retries": 7}}).json()

    assert answer["changes"] == [
        {
            "field": "downloads.max_retries",
            "label": "Downloads › Retries",
            "before": 3,
            "after": 7,
        }
    ]
    assert (answer["version"], answer["config"]["downloads"]["max_retries"]) == (1, 7)
    assert visitor.post(f"/api/journal/{answer['entry']}/undo").status_code == 200
    assert store.load().downloads.max_retries == 3


def test_what_is_wrong_is_said_by_field_and_nothing_is_written(visitor: Client) -> None:
    body = {"downloads": {"max_retries": -1, "overwrite": "yes"}, "nothing": {}, "backup": 5}
    answer = put(visitor, body)
    assert answer.status_code == 400
    assert {(error["field"], error["code"]) for error in answer.json()["errors"]} == {
        ("downloads.max_retries", "between"),
        ("downloads.overwrite", "not_a_flag"),
        ("nothing", "unknown_setting"),
        ("backup", "not_an_object"),
    }
    verdict = send(visitor, "post", "/validate", body).json()
    assert verdict["valid"] is False
    assert {error["field"] for error in verdict["errors"]} == {
        error["field"] for error in answer.json()["errors"]
    }
    assert not store.path().exists()


@pytest.mark.parametrize("way", ["header", "weak", "body"])
def test_who_changes_what_has_changed_meanwhile_is_refused(visitor: Client, way: str) -> None:
    put(visitor, {"downloads": {"max_retries": 4}})
    body: dict[str, Any] = {"downloads": {"max_retries": 9}}
    headers = {}
    if way == "body":
        body["version"] = 0
    else:
        headers = {"If-Match": '"0"' if way == "header" else 'W/"0"'}
    stale = put(visitor, body, **headers)
    assert (stale.status_code, stale.json()["code"]) == (409, "config_stale")
    assert store.load().downloads.max_retries == 4
    assert put(visitor, {**body, "version": 1}).status_code == 200 or way != "body"
    assert put(visitor, {"downloads": {"max_retries": 9}}, **{"If-Match": "*"}).status_code == 200
    assert store.load().downloads.max_retries == 9


@pytest.mark.parametrize("mark", ["1", "nonsense", '"-1"', '"99999999999999999999"'])
def test_a_mark_that_is_none_of_ours_matches_nothing(visitor: Client, mark: str) -> None:
    answer = put(visitor, {"downloads": {"max_retries": 4}}, **{"If-Match": mark})
    assert (answer.status_code, answer.json()["code"]) == (409, "config_stale")


def test_one_section(visitor: Client) -> None:
    assert visitor.get("/api/config/section/backup").json() == {
        **{"keep": 10, "keep_databases": 7, "every_days": 1, "at_hour": 4}
    }
    answer = send(visitor, "post", "/section/backup", {"keep": 4, "version": 0})
    assert answer.json()["changes"][0]["field"] == "backup.keep"
    assert visitor.get("/api/config/section/backup")["ETag"] == '"1"'
    wrong = send(visitor, "post", "/section/backup", {"keep": 0})
    assert [error["field"] for error in wrong.json()["errors"]] == ["backup.keep"]
    for method in ("get", "post"):
        unknown = send(visitor, method, "/section/nothing")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "config_section_not_found")


def test_a_new_library_folder_must_be_there_and_an_old_one_may_be_away(
    visitor: Client, tmp_path: Path
) -> None:
    shelf = tmp_path / "shelf"
    wrong = send(visitor, "post", "/directory", {"directory": str(shelf)})
    assert wrong.json()["errors"][0]["field"] == "library.directories.0"
    assert "does not exist" in wrong.json()["errors"][0]["detail"]
    shelf.mkdir()
    (tmp_path / "second").mkdir()
    for directory in ("shelf", "second"):
        answer = send(visitor, "post", "/directory", {"directory": str(tmp_path / directory)})
        assert answer.status_code == 200
    assert store.load().library.directories == (str(tmp_path / "second"), str(shelf))
    shelf.rmdir()
    assert put(visitor, visitor.get("/api/config").json()).status_code == 200


def test_no_library_lies_in_the_system_or_in_our_own_data(
    visitor: Client, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to("/etc")
    own = settings.DATA_DIR / "anime"
    own.mkdir()
    for directory in ("/proc/1", str(tmp_path / "link"), str(own)):
        answer = send(visitor, "post", "/directory", {"directory": directory})
        fault = answer.json()["errors"][0]
        assert (fault["field"], fault["code"]) == ("library.directories.0", "folder_refused")


def test_an_export_is_taken_again_after_its_difference_was_shown(visitor: Client) -> None:
    put(visitor, {"providers": {"sites": {"aniworld": {"base_url": SECRET}}}})
    put(visitor, {"downloads": {"max_retries": 7}})
    answer = send(visitor, "post", "/export")
    assert answer["Content-Disposition"].startswith('attachment; filename="aniworld-config-')
    file = answer.json()
    assert "hunter2" not in answer.content.decode()
    assert file["schema"] == 1
    send(visitor, "post", "/section/downloads", {"max_retries": 2})
    version = store.load().version

    shown = send(visitor, "post", "/import", {"config": file, "dry_run": True}).json()
    assert [change["field"] for change in shown["changes"]] == ["downloads.max_retries"]
    assert (shown["applied"], store.load().version) == (False, version)

    done = send(visitor, "post", "/import", {"config": file}).json()
    assert (done["applied"], done["version"]) == (True, version + 1)
    assert done["changes"] == shown["changes"]
    assert store.load().providers.sites["aniworld"].base_url == SECRET


def test_an_export_with_secrets_fits_an_empty_installation(visitor: Client) -> None:
    put(visitor, {"providers": {"sites": {"aniworld": {"base_url": SECRET}}}})
    whole = send(visitor, "post", "/export", {"secrets": True}).json()
    masked = send(visitor, "post", "/export").json()
    send(visitor, "post", "/reset")
    refused = send(visitor, "post", "/import", {"config": masked})
    assert refused.json()["errors"][0]["field"] == "providers.sites.aniworld.base_url"
    assert send(visitor, "post", "/import", {"config": whole}).status_code == 200
    assert store.load().providers.sites["aniworld"].base_url == SECRET


@pytest.mark.parametrize("schema", [0, "two", None, [], 1.5])
def test_a_file_of_no_version_is_refused(visitor: Client, schema: Any) -> None:
    answer = send(visitor, "post", "/import", {"config": {"schema": schema}})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "schema")


def test_a_file_of_a_later_version_is_refused(visitor: Client) -> None:
    answer = send(visitor, "post", "/import", {"config": {"schema": 99}})
    assert (answer.status_code, answer.json()["code"]) == (503, "config_too_new")


def test_back_to_the_defaults_of_a_section_and_of_all(visitor: Client) -> None:
    put(visitor, {"downloads": {"max_retries": 7}, "backup": {"keep": 5}})
    shown = send(visitor, "post", "/reset", {"sections": ["backup"], "dry_run": True}).json()
    assert [change["field"] for change in shown["changes"]] == ["backup.keep"]
    assert store.load().backup.keep == 5
    send(visitor, "post", "/reset", {"sections": ["backup"]})
    assert (store.load().backup.keep, store.load().downloads.max_retries) == (10, 7)
    send(visitor, "post", "/reset")
    assert plain(store.load()) | {"version": 0} == plain(type(store.load())())
    assert send(visitor, "post", "/reset", {"sections": ["nothing"]}).status_code == 404


def test_backups_are_made_listed_restored_and_deleted(visitor: Client) -> None:
    put(visitor, {"downloads": {"max_retries": 7}})
    made = send(visitor, "post", "/backups")
    assert made.status_code == 201
    name = made.json()["name"]
    put(visitor, {"downloads": {"max_retries": 8}})

    listed = visitor.get("/api/config/backups").json()
    assert name in [one["name"] for one in listed]
    assert all(one["problem"] is None for one in listed)
    shown = send(visitor, "post", f"/backups/{name}/restore", {"dry_run": True}).json()
    assert (shown["changes"][0]["before"], shown["changes"][0]["after"]) == (8, 7)
    assert store.load().downloads.max_retries == 8
    assert send(visitor, "post", f"/backups/{name}/restore").json()["applied"] is True
    assert store.load().downloads.max_retries == 7
    assert send(visitor, "delete", f"/backups/{name}").status_code == 204
    assert send(visitor, "delete", f"/backups/{name}").status_code == 404
    assert not (backups.directory() / name).exists()


def test_ten_are_kept(visitor: Client) -> None:
    for number in range(1, 14):
        put(visitor, {"downloads": {"min_free_mb": number}})
    assert len(visitor.get("/api/config/backups").json()) == 10


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "cannot be read"),
        ('{"downloads": {"max_retries": -1}}', "downloads.max_retries"),
        ('{"schema": 99}', "later version"),
    ],
)
def test_a_bad_backup_is_listed_and_refused(visitor: Client, content: str, words: str) -> None:
    put(visitor, {"downloads": {"max_retries": 7}})
    backups.directory().mkdir(exist_ok=True)
    name = "config-20240101T000000000000Z.json"
    (backups.directory() / name).write_text(content)
    listed = visitor.get("/api/config/backups").json()
    assert words in next(one for one in listed if one["name"] == name)["problem"]["text"]
    answer = send(visitor, "post", f"/backups/{name}/restore")
    assert (answer.status_code, answer.json()["code"]) == (409, "config_backup_unusable")
    assert words in answer.json()["detail"]
    assert store.load().downloads.max_retries == 7


@pytest.mark.parametrize("name", ["..%2Fconfig.json", "config.json", "config-x.json", "%00"])
def test_no_other_file_is_taken_for_a_backup(visitor: Client, name: str) -> None:
    put(visitor, {"downloads": {"max_retries": 7}})
    assert send(visitor, "post", f"/backups/{name}/restore").status_code == 404
    assert send(visitor, "delete", f"/backups/{name}").status_code == 404
    assert store.path().exists()


def test_the_settings_are_told_with_what_the_environment_fixes(
    visitor: Client, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ANIME_DIRECTORY = str(tmp_path)
    monkeypatch.setenv("ANIME_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("REDIS_URL", "redis://:hunter2@localhost")
    settings.REDIS_URL = "redis://:hunter2@localhost"
    told = {one["field"]: one for one in visitor.get("/api/config/settings").json()}
    folders = told["library.directories"]
    assert (folders["locked_by"], folders["locked_value"]) == ("ANIME_DIRECTORY", [str(tmp_path)])
    assert told["backup.keep"]["locked_by"] is None
    assert (told["backup.keep"]["is_default"], told["backup.keep"]["label"]) == (
        *(True, "Backups kept"),
    )
    answer = visitor.get("/api/config/environment")
    fixed = {one["variable"]: one for one in answer.json()}
    assert fixed["REDIS_URL"]["value"] == "redis://•••@localhost"
    assert "hunter2" not in answer.content.decode()
    assert settings.SECRET_KEY not in answer.content.decode()
    put(visitor, {"library": {"directories": [str(tmp_path)]}})
    told = {one["field"]: one for one in visitor.get("/api/config/settings").json()}
    assert told["library.directories"]["locked_by"] is None


def test_who_may_not_set_up_may_look_and_change_nothing(visitor: Client) -> None:
    put(visitor, {"downloads": {"max_retries": 7}})
    Entry.objects.all().delete()
    guest = Client()
    user = User.objects.create(username="guest", password="!")
    guest.cookies[COOKIE] = accounts.open_session(user).token
    Entry.objects.all().delete()
    assert guest.get("/api/config").status_code == 200
    name = guest.get("/api/config/backups").json()
    for method, address in (
        *(("put", ""), ("post", "/section/downloads"), ("post", "/directory")),
        *(("post", "/import"), ("post", "/export"), ("post", "/reset"), ("post", "/backups")),
        *(("post", f"/backups/{json.dumps(name)[:5]}/restore"), ("delete", "/backups/x")),
    ):
        answer = send(guest, method, address, {"downloads": {"max_retries": 1}})
        assert answer.status_code == 403, address
    assert store.load().downloads.max_retries == 7
    assert not Entry.objects.exists()
