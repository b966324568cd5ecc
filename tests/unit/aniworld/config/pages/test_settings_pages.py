"""The pages of the settings, used as a browser without script uses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts import services as accounts
from accounts.credentials import COOKIE
from aniworld.config import services, store
from aniworld.config.codec import plain
from aniworld.config.listing import listed
from aniworld.config.pages.forms import takes
from aniworld.config.schema import Config
from tests.unit.reading import get, soup, texts

pytestmark = pytest.mark.django_db

PAGES = (
    *("library", "downloads", "following", "logging", "backup", "advanced", "languages"),
    *("media-servers", "notifications"),
)


def form_data(page: BeautifulSoup, **changes: Any) -> dict[str, Any]:
    """What the form of the settings would send, as it is shown and with these changes."""
    form = page.select_one("form[novalidate]")
    assert form is not None
    found: dict[str, Any] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        name, kind = str(field["name"]), field.get("type")
        if field.has_attr("disabled"):
            continue
        if field.name == "select":
            chosen = field.select_one("option[selected]")
            found[name] = str(chosen["value"]) if chosen else ""
        elif kind == "checkbox":
            if field.has_attr("checked"):
                found[name] = "on"
        else:
            found[name] = (
                field.get_text().removeprefix("\n")
                if field.name == "textarea"
                else field.get("value", "")
            )
    found |= changes
    return {name: value for name, value in found.items() if value is not None}


def save(visitor: Client, section: str, **changes: Any) -> Any:
    data = form_data(get(visitor, f"/settings/{section}"), **changes)
    return visitor.post(f"/settings/{section}", data, follow=True)


def toast(answer: Any) -> Tag:
    found = soup(answer).select_one("toast-stack .toast")
    assert found is not None
    return found


def test_every_setting_is_on_a_page(visitor: Client) -> None:
    shown = set()
    for name in PAGES:
        page = get(visitor, f"/settings/{name}")
        for field in page.select("form[novalidate] [name]"):
            shown.add(f"{name.replace('-', '_')}.{field['name']}")
    of_other_pages = {"quiet-hours": "downloads", "providers/health": "providers"}
    for name, section in of_other_pages.items():
        for field in get(visitor, f"/settings/{name}").select("form[novalidate] [name]"):
            shown.add(f"{section}.{field['name']}")
    apart = {
        "downloads.quiet_hours",
        "library.directories",
        "providers.sites",
        "providers.languages",
        "providers.hosters",
    }
    apart |= {"downloads.naming_template", "following.ranks"}
    wanted = {one.field for one in listed(Config()) if takes(one)} - apart
    assert wanted <= shown


def test_the_menu_leads_to_each_and_says_where_one_is(visitor: Client) -> None:
    page = get(visitor, "/settings/downloads")
    links = page.select(".settings-nav a")
    assert [str(link["href"]) for link in links if link.has_attr("aria-current")] == [
        "/settings/downloads"
    ]
    for link in links:
        get(visitor, str(link["href"]))
    below = get(visitor, "/settings/providers/health").select(".settings-nav a[aria-current]")
    assert [str(link["href"]) for link in below] == ["/settings/providers/health"]
    assert page.select_one('.menu-list a[href="/settings"]') is not None


def test_no_two_pages_of_the_menu_look_alike(visitor: Client) -> None:
    icons = [
        str(one["class"]) for one in get(visitor, "/settings/library").select(".settings-link i")
    ]
    assert len(icons) > len(PAGES)
    assert len(set(icons)) == len(icons)


def test_what_the_environment_says_of_the_log_is_locked(
    visitor: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(visitor, "logging", levels="downloads=DEBUG")
    monkeypatch.setenv("LOG_LEVELS", "library=ERROR")
    settings.LOG_LEVELS = {"library": "ERROR"}
    page = get(visitor, "/settings/logging")
    locked = page.select_one('[name="levels"][disabled]')
    assert locked is not None
    assert locked.get_text().strip() == "downloads=DEBUG"
    said = " ".join(texts(page, "main"))
    assert "LOG_LEVELS of the environment counts, whatever is set here: library=ERROR" in said
    assert len(page.select("[disabled]")) == 1
    visitor.post("/settings/logging", form_data(page, level="WARNING", levels="a=INFO"))
    logging = store.load().logging
    assert (logging.level, logging.levels) == ("WARNING", ("downloads=DEBUG",))


def test_choices_are_told_by_what_they_mean(visitor: Client) -> None:
    page = get(visitor, "/settings/following")
    keep = page.select_one('[name="keep"]')
    assert keep is not None
    words = {str(one["value"]): one.get_text() for one in keep.select("option")}
    assert words["FIRST"] == "The file that is there stays the only one"
    said = toast(save(visitor, "following", new_series="GAPS")).get_text()
    assert "New series: Nothing → Everything that is missing" in said


def test_what_is_saved_is_told_and_undone_from_the_message(visitor: Client) -> None:
    answer = save(visitor, "downloads", max_retries="7", overwrite="on")
    said = toast(answer)
    assert "Retries: 3 → 7" in said.get_text()
    assert "Overwrite: off → on" in said.get_text()
    assert store.load().downloads.max_retries == 7
    undo = said.select_one("form")
    assert undo is not None
    visitor.post(str(undo["action"]))
    assert store.load().downloads.max_retries == 3
    assert store.load().downloads.overwrite is False


def test_saving_what_is_there_changes_nothing(visitor: Client) -> None:
    for name in ("library", "downloads", "logging", "backup", "advanced"):
        assert "Nothing was changed." in toast(save(visitor, name)).get_text()
    assert plain(store.load()) == plain(Config())


def test_what_is_wrong_is_said_at_its_field_and_kept_as_typed(visitor: Client) -> None:
    page = get(visitor, "/settings/downloads")
    typed = form_data(page, max_retries="21", connections="many", overwrite="on")
    answer = visitor.post("/settings/downloads", typed)
    assert answer.status_code == 422
    again = soup(answer)
    for name, words in (("max_retries", "between 0 and 20"), ("connections", "whole number")):
        field = again.select_one(f'[name="{name}"]')
        assert field is not None
        assert (field["aria-invalid"], field["value"]) == ("true", typed[name])
        assert words in " ".join(texts(again, f"#id_{name}_error"))
    assert again.select_one('[name="overwrite"][checked]') is not None
    assert len(again.select("[autofocus]")) == 1
    assert not store.path().exists()


def test_back_to_default_saves_what_was_typed_beside_it(visitor: Client) -> None:
    services.edit({"downloads": {"max_retries": 7}})
    page = get(visitor, "/settings/downloads")
    assert len(page.select('button[name="default"]')) == 1
    data = form_data(page, default="max_retries", connections="2")
    visitor.post("/settings/downloads", data)
    downloads = store.load().downloads
    assert (downloads.max_retries, downloads.connections) == (3, 2)


def test_what_somebody_else_changed_meanwhile_is_not_lost(visitor: Client) -> None:
    page = get(visitor, "/settings/downloads")
    services.edit({"downloads": {"max_retries": 9}})
    answer = visitor.post("/settings/downloads", form_data(page, connections="2"))
    assert answer.status_code == 422
    again = soup(answer)
    assert "changed meanwhile" in again.get_text()
    assert "Now: 9" in again.get_text()
    assert store.load().downloads.max_retries == 9
    visitor.post("/settings/downloads", form_data(again))
    assert (store.load().downloads.max_retries, store.load().downloads.connections) == (3, 2)


def test_a_change_elsewhere_stands_in_nobodys_way(visitor: Client) -> None:
    page = get(visitor, "/settings/downloads")
    services.edit({"backup": {"keep": 4}})
    visitor.post("/settings/downloads", form_data(page, connections="2"))
    assert (store.load().downloads.connections, store.load().backup.keep) == (2, 4)


def test_a_list_is_typed_one_a_line(visitor: Client) -> None:
    answer = save(visitor, "library", link_targets="/mnt/a\r\n\r\n/mnt/b")
    assert answer.status_code == 200
    assert store.load().library.link_targets == ("/mnt/a", "/mnt/b")
    page = get(visitor, "/settings/library")
    data = form_data(page, link_targets="/mnt/a\nnothing")
    wrong = visitor.post("/settings/library", data)
    assert "Line 2: Must be a full path" in soup(wrong).get_text()


def test_a_folder_is_picked_added_moved_and_taken_out(visitor: Client, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / "shelves" / name).mkdir(parents=True)
    page = get(visitor, f"/settings/library/folders?path={tmp_path}/shelves")
    links = [str(link["href"]) for link in page.select("a.folder-name")]
    assert len(links) == 2
    for link in links:
        picked = get(visitor, f"/settings/library/folders{link}")
        form = picked.select_one('form[action="/settings/library/change"]')
        assert form is not None
        path = form.select_one('[name="path"]')
        assert path is not None
        visitor.post(str(form["action"]), {"path": path["value"], "action": "add"})
    one, two = (str(tmp_path / "shelves" / name) for name in ("one", "two"))
    assert store.load().library.directories == (one, two)
    assert "can be written" in get(visitor, "/settings/library").get_text()

    visitor.post("/settings/library/change", {"path": two, "action": "up"})
    assert store.load().library.directories == (two, one)
    answer = visitor.post(
        "/settings/library/change", {"path": two, "action": "remove"}, follow=True
    )
    assert store.load().library.directories == (one,)
    assert toast(answer).select_one("form") is not None


def test_a_folder_that_cannot_be_one_is_refused_in_words(visitor: Client, tmp_path: Path) -> None:
    for path in (str(tmp_path / "nothing"), "relative", "/proc/1"):
        answer = visitor.post(
            "/settings/library/change", {"path": path, "action": "add"}, follow=True
        )
        assert toast(answer)["class"] == ["toast", "toast--error"]
    assert get(visitor, "/settings/library/folders?path=/etc", status=404).select("#path-error")
    assert store.load().library.directories == ()


def test_the_folder_of_the_environment_is_shown_as_locked(
    visitor: Client, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ANIME_DIRECTORY = str(tmp_path)
    monkeypatch.setenv("ANIME_DIRECTORY", str(tmp_path))
    words = get(visitor, "/settings/library").get_text()
    assert "ANIME_DIRECTORY" in words
    assert str(tmp_path) in words
    advanced = get(visitor, "/settings/advanced")
    assert "ANIME_DIRECTORY" in texts(advanced, ".settings-fixed code")
    assert settings.SECRET_KEY not in advanced.get_text()


def order(visitor: Client, name: str, order: list[str], **more: str) -> Any:
    data: dict[str, Any] = {"list": name, "order": order, "chosen": order, **more}
    return visitor.post("/settings/languages", data, follow=True)


def test_languages_are_ordered_by_their_buttons_and_by_what_script_sends(visitor: Client) -> None:
    page = get(visitor, "/settings/languages")
    shown = [str(field["value"]) for field in page.select('form [name="order"]')]
    assert "German Dub" in shown
    start = list(store.load().providers.languages)
    order(visitor, "languages", start, action=f"down:{start[0]}")
    assert list(store.load().providers.languages) == [start[1], start[0], *start[2:]]
    order(visitor, "languages", list(reversed(start)))
    assert list(store.load().providers.languages) == list(reversed(start))
    answer = order(visitor, "languages", start[:1], action="default")
    assert list(store.load().providers.languages) == start
    assert toast(answer).select_one("form") is not None


def test_only_what_is_ticked_is_wanted(visitor: Client) -> None:
    data = {"list": "hosters", "order": ["voe", "vidmoly"], "chosen": ["vidmoly"]}
    visitor.post("/settings/languages", data)
    assert store.load().providers.hosters == ("vidmoly",)
    assert order(visitor, "hosters", ["nothing"]).status_code == 200
    assert store.load().providers.hosters == ("vidmoly",)
    assert visitor.post("/settings/languages", {"list": "sites"}).status_code == 404


def test_a_backup_is_looked_at_before_it_is_restored(visitor: Client) -> None:
    services.edit({"downloads": {"max_retries": 7}})
    visitor.post("/settings/backup/make")
    services.edit({"downloads": {"max_retries": 8}})
    page = get(visitor, "/settings/backup")
    link = [str(one["href"]) for one in page.select('a[href$="/restore"]')][-1]
    seen = get(visitor, link)
    assert texts(seen, ".changes td") == ["8", "7"]
    assert store.load().downloads.max_retries == 8
    version = seen.select_one('[name="version"]')
    assert version is not None
    answer = visitor.post(link, {"version": version["value"]}, follow=True)
    assert store.load().downloads.max_retries == 7
    assert toast(answer).select_one("form") is not None


def test_what_was_changed_after_the_look_is_not_restored_over(visitor: Client) -> None:
    services.edit({"downloads": {"max_retries": 7}})
    name = services.back_up().name
    version = store.load().version
    services.edit({"downloads": {"max_retries": 8}})
    link = f"/settings/backup/{name}/restore"
    answer = visitor.post(link, {"version": version}, follow=True)
    assert "changed meanwhile" in toast(answer).get_text()
    assert store.load().downloads.max_retries == 8


def test_an_exported_file_is_imported_after_a_look(visitor: Client) -> None:
    services.edit({"downloads": {"max_retries": 7}})
    file = visitor.post("/settings/backup/export")
    assert file["Content-Disposition"].startswith("attachment")
    assert file["Cache-Control"] == "no-store"
    services.edit({"downloads": {"max_retries": 2}})
    upload = SimpleUploadedFile("config.json", file.content, "application/json")
    seen = soup(visitor.post("/settings/backup/import", {"file": upload}))
    assert texts(seen, ".changes td") == ["2", "7"]
    assert store.load().downloads.max_retries == 2
    hidden = {str(one["name"]): one["value"] for one in seen.select(".settings-page input[name]")}
    visitor.post("/settings/backup/import", {k: hidden[k] for k in ("version", "content")})
    assert store.load().downloads.max_retries == 7


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "holds no configuration"),
        (b"[]", "holds no configuration"),
        (b"\xff\xfe", "is no text"),
        (b"[" * 100_000, "holds no configuration"),
        (json.dumps({"downloads": {"max_retries": -1}}).encode(), "downloads.max_retries"),
        (b'{"schema": 99}', "later version"),
        (b"", "Choose a file"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(
    visitor: Client, content: bytes, words: str
) -> None:
    upload = SimpleUploadedFile("config.json", content)
    answer = visitor.post("/settings/backup/import", {"file": upload})
    assert answer.status_code == 422
    assert words in soup(answer).get_text()
    assert not store.path().exists()


def test_all_goes_back_to_the_defaults_after_a_look(visitor: Client) -> None:
    services.edit({"downloads": {"max_retries": 7}})
    seen = get(visitor, "/settings/backup/reset")
    assert texts(seen, ".changes td") == ["7", "3"]
    visitor.post("/settings/backup/reset", {"version": store.load().version})
    assert store.load().downloads.max_retries == 3


def test_the_settings_are_closed_to_whom_they_do_not_belong(visitor: Client) -> None:
    guest = Client()
    user = User.objects.create(username="guest", password="!")
    guest.cookies[COOKIE] = accounts.open_session(user).token
    for name in (*PAGES, "library/folders", "backup/reset"):
        assert guest.get(f"/settings/{name}").status_code == 403
        assert guest.post(f"/settings/{name}", {"x": "1"}).status_code in (403, 405)
    assert get(guest, "/").select_one('.menu-list a[href="/settings"]') is None


def test_a_section_that_is_none_is_not_found(visitor: Client) -> None:
    get(visitor, "/settings/nothing", status=404)


def test_hosters_are_called_as_people_call_them(visitor: Client) -> None:
    hosters = texts(get(visitor, "/settings/languages"), "[aria-labelledby=hosters-head] label")
    assert hosters == ["VOE", "Vidmoly", "Direct link", "yt-dlp"]
