"""The system page, its buttons, and who may see it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from accounts import services
from accounts.credentials import COOKIE
from aniworld.config import store
from aniworld.journal.models import Entry
from aniworld.sites import configured
from aniworld.sites.pace import holds, rate_store
from aniworld.system.kinds import KINDS
from library.models import LibraryRoot
from providers.cache import CachedPage, PageKey
from tests.unit.aniworld.system.well import Installation, furnish
from tests.unit.reading import get

pytestmark = pytest.mark.django_db
ADDRESSES = ("/system", "/api/system", "/api/system/repairs")


@pytest.fixture
def here(visitor: Client, library: LibraryRoot, monkeypatch: pytest.MonkeyPatch) -> Installation:
    return furnish(library, monkeypatch)


@pytest.fixture
def another(db: None) -> Client:
    """Somebody who is logged in, and owns nothing."""
    user = User.objects.create(username="guest", password="!")
    client = Client()
    client.cookies[COOKIE] = services.open_session(user).token
    return client


def repairs(client: Client) -> list[str]:
    page = get(client, "/system", status=200)
    return [str(one["id"]) for one in page.select("#repairs article")]


def test_what_is_well_says_so(visitor: Client, here: Installation) -> None:
    page = get(visitor, "/system")
    assert "Nothing needs to be mended" in page.select_one("#repairs").get_text()  # type: ignore[union-attr]
    assert str(here.library) in page.get_text()


def test_a_fault_is_shown_with_what_mends_it(visitor: Client, here: Installation) -> None:
    here.beat(hours=2)
    page = get(visitor, "/system")
    article = page.select_one("article#worker-dead")
    assert article is not None
    assert "No worker is running" in article.get_text()
    assert "manage.py runqueue" in article.get_text()


def test_the_link_of_a_fault_leads_to_what_is_said_of_its_kind(
    visitor: Client, here: Installation
) -> None:
    here.beat(hours=2)
    link = get(visitor, "/system").select_one("article#worker-dead a[href*=faults]")
    assert link is not None
    address, _, code = str(link["href"]).partition("#")
    told = get(visitor, address).find(id=code)
    assert told is not None
    assert "manage.py runqueue" in told.get_text()


def test_every_kind_of_fault_is_told_of(visitor: Client, here: Installation) -> None:
    page = get(visitor, "/system/faults")
    articles = {str(one["id"]): one.get_text() for one in page.select("article[id]")}
    assert list(articles) == list(KINDS)
    assert not [text for text in articles.values() if "{" in text]
    assert "manage.py doctor --fix" in articles["data_dir_open"]


def test_a_button_mends_and_is_journalled(visitor: Client, here: Installation) -> None:
    rate_store().hold("voe voe.example", seconds=900)
    (found,) = repairs(visitor)
    answer = visitor.post(f"/system/repairs/{found}/mend", follow=True)
    assert "Mended." in answer.content.decode()
    assert (repairs(visitor), holds()) == ([], [])
    assert Entry.objects.filter(action="system.mended").count() == 1


def test_what_was_mended_meanwhile_is_said(visitor: Client, here: Installation) -> None:
    answer = visitor.post("/system/repairs/worker-dead/mend", follow=True)
    assert "no such repair any more" in answer.content.decode()


def test_a_folder_is_tried_and_nothing_of_it_stays(visitor: Client, here: Installation) -> None:
    visitor.post("/system/roots/try", {"path": str(here.library)})
    (root,) = visitor.get("/api/system").json()["roots"]
    assert (root["trial"]["refused"], root["trial"]["hard_links"]) == ("", True)
    assert root["trial"]["longest_name"] >= 100
    assert list(here.library.iterdir()) == []


def test_a_folder_that_is_none_of_ours_is_not_tried(
    visitor: Client, here: Installation, tmp_path: Path
) -> None:
    answer = visitor.post("/system/roots/try", {"path": str(tmp_path)}, follow=True)
    assert "is no library folder" in answer.content.decode()


def test_a_cache_is_shown_and_cleared(visitor: Client, here: Installation) -> None:
    kept = here.data / "covers" / "7-220.webp"
    kept.parent.mkdir()
    kept.write_bytes(b"x" * 2000)
    listed = {one["name"]: one for one in visitor.get("/api/system").json()["caches"]}
    assert (listed["covers"]["files"], listed["covers"]["size"]) == (1, 2000)
    visitor.post("/system/caches/covers/clear")
    assert not kept.exists()
    assert (
        "no cache of the name"
        in visitor.post("/system/caches/secret/clear", follow=True).content.decode()
    )


def test_a_link_in_a_cache_is_not_followed(visitor: Client, here: Installation) -> None:
    (here.data / "cache").mkdir()
    outside = here.library / "film.mkv"
    outside.write_bytes(b"x")
    (here.data / "cache" / "link").symlink_to(here.library)
    visitor.post("/system/caches/pages/clear")
    assert outside.exists()
    assert (here.data / "cache" / "link").is_symlink()


def keep_pages(*sites: str) -> None:
    for site in sites:
        key = PageKey(site, "https://site.example/list")
        configured.pages().put(key, CachedPage(key.url, "a page", "", "", "", time.time()))


def test_the_pages_of_a_site_are_shown_and_cleared_by_themselves(
    visitor: Client, here: Installation
) -> None:
    keep_pages("aniworld", "an-older-one")
    listed = {one["name"]: one for one in visitor.get("/api/system").json()["caches"]}["pages"]
    parts = {one["site"]: one for one in listed["sites"]}
    assert {name: (one["label"], one["files"]) for name, one in parts.items()} == {
        "aniworld": ("AniWorld", 1),
        "an-older-one": ("an-older-one", 1),
    }
    assert listed["size"] == sum(one["size"] for one in parts.values()) > 0
    assert listed["oldest_at"] <= parts["aniworld"]["newest_at"] <= listed["newest_at"]
    shown = get(visitor, "/system")
    assert "of them AniWorld" in " ".join(shown.get_text().split())
    (form,) = shown.select('form[action$="/an-older-one/clear"]')
    answer = visitor.post(str(form["action"]), follow=True)
    assert "1 file was deleted." in answer.content.decode()
    assert list(configured.pages().usage()) == ["aniworld"]
    entry = Entry.objects.get(action="system.cache_cleared")
    assert (entry.object_id, entry.after) == ("pages/an-older-one", {"files": 1})


def test_all_pages_are_cleared_at_once_and_none_of_a_site_nobody_knows(
    visitor: Client, here: Installation
) -> None:
    keep_pages("aniworld", "an-older-one")
    answer = visitor.delete("/api/system/caches/pages/nobody")
    assert (answer.status_code, answer.json()["code"]) == (404, "cache_not_found")
    assert visitor.delete("/api/system/caches/pages").json() == {"files": 2}
    assert visitor.delete("/api/system/caches/pages/aniworld").json() == {"files": 0}
    assert configured.pages().usage() == {}


def test_a_broken_configuration_is_told_and_the_page_stands(
    visitor: Client, here: Installation
) -> None:
    for kept in (here.data / "config_backups").glob("*"):
        kept.unlink()
    store.path().write_text("{")
    assert repairs(visitor) == ["config-unusable"]


def test_others_see_nothing_of_it(another: Client, here: Installation) -> None:
    assert [another.get(address).status_code for address in ADDRESSES] == [403, 403, 403]
    assert another.post("/system/caches/pages/clear").status_code == 403
    assert get(another, "/queue").select_one("#repairs-badge") is None


def test_the_doctor_counts_one_as_one(
    here: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    here.beat(hours=2)
    with pytest.raises(SystemExit):
        call_command("doctor")
    assert capsys.readouterr().out.endswith(" examined: 1 error, 0 warnings\n")
