"""The list of shortcuts, and the page, the docs and the script that follow it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import resolve, reverse

from accounts import services as accounts
from accounts.credentials import COOKIE
from accounts.errors import Unacceptable
from accounts.models import Preferences, ShortcutKeys, shortcuts_of_user
from accounts.preferences import choose_shortcuts
from accounts.rights import grant
from aniworld.pages.keyboard.commands import OTHER_PAGES, commands_for
from aniworld.pages.keyboard.shortcuts import SHORTCUTS, Shortcut, shortcuts_for
from aniworld.web.permissions import needs_of
from aniworld.web.rights import Right
from downloads.models import QueueState
from library.models import LibraryRoot
from tests.unit.reading import get, texts

ROOT = Path(__file__).parents[5]
SCRIPT = Path(ROOT, "static/js/components/key-bindings.js")
DOCS = Path(ROOT, "docs/keyboard.md")
TO_UNDO = {"undo", "redo", "rescan"}


def row(one: Shortcut) -> str:
    keys = " then ".join("+".join(f"`{cap}`" for cap in caps) for caps in one.caps)
    return f"| {keys} | {one.words} | {one.group} | {one.takes.word} |"


def test_the_docs_have_the_same_table() -> None:
    table = re.findall(r"^\| `.*$", DOCS.read_text(), re.MULTILINE)
    assert table == [row(one) for one in SHORTCUTS]


def test_no_keys_have_two_meanings() -> None:
    keys = [one.keys for one in SHORTCUTS]
    assert len(set(keys)) == len(keys)
    firsts = {one.split(" ")[0] for one in keys if " " in one}
    assert firsts.isdisjoint(keys)  # a key that begins two is none by itself


def test_the_script_does_what_the_list_says_and_no_more() -> None:
    block = SCRIPT.read_text().partition("#does = {")[2].partition("};")[0]
    assert set(re.findall(r"^\s+(\w+): \(\)", block, re.MULTILINE)) == {
        one.does for one in SHORTCUTS if one.does
    }


@pytest.mark.parametrize("one", [one for one in SHORTCUTS if one.to], ids=lambda one: one.keys)
def test_a_page_has_keys_for_whoever_may_read_it(one: Shortcut) -> None:
    said = needs_of(resolve(reverse(one.to)))
    assert said is not None
    assert said.reading is not None
    assert said.reading <= one.takes


@pytest.mark.parametrize(("words", "name", "takes"), OTHER_PAGES)
def test_so_has_the_palette(words: str, name: str, takes: Right) -> None:
    said = needs_of(resolve(reverse(name)))
    assert said is not None
    assert said.reading is not None
    assert said.reading <= takes, words


def test_who_has_which() -> None:
    every = {one.keys for one in shortcuts_for(Right.OWN, ShortcutKeys.ALL)}
    assert every == {one.keys for one in SHORTCUTS}
    viewer = shortcuts_for(Right.VIEW, ShortcutKeys.ALL)
    assert not TO_UNDO & {one.does for one in viewer}
    assert not {"settings", "add"} & {one.to for one in viewer}
    with_control = shortcuts_for(Right.OWN, ShortcutKeys.CONTROL)
    assert {one.does for one in with_control} == {"palette", "undo", "redo", "rescan"}
    assert shortcuts_for(Right.OWN, ShortcutKeys.NONE) == []
    assert shortcuts_for(None, ShortcutKeys.ALL) == []


def bound(client: Client) -> set[str]:
    """The keys that the frame of a page gives to its script."""
    return set(re.findall(r'data-keys="([^"]+)"', client.get("/queue").content.decode()))


def logged_in(user: User) -> Client:
    client = Client()
    client.cookies[COOKIE] = accounts.open_session(user).token
    return client


def test_each_visitor_gets_their_own(visitor: Client, library: LibraryRoot) -> None:
    assert bound(visitor) == {one.keys for one in SHORTCUTS if one.to or one.does}
    viewer = User.objects.create(username="viewer", password="!")
    assert "Control+z" not in bound(logged_in(viewer))
    grant(viewer, Right.OPERATE)
    assert "Control+z" in bound(logged_in(viewer))


def test_they_are_chosen_on_the_account_page(visitor: Client, library: LibraryRoot) -> None:
    owner = User.objects.get()
    assert shortcuts_of_user(owner) == ShortcutKeys.ALL
    answer = visitor.post("/account/shortcuts", {"shortcuts": "control"}, follow=True)
    assert "The shortcuts are as you chose." in answer.content.decode()
    assert bound(visitor) == {"Control+k", "Control+z", "Control+y", "Control+Shift+z", "Control+r"}
    visitor.post("/account/language", {"language": ""})  # the one does not undo the other
    assert Preferences.objects.get().shortcuts == "control"
    visitor.post("/account/shortcuts", {"shortcuts": "none"})
    assert bound(visitor) == set()
    assert "You have switched them off" in get(visitor, "/keyboard").get_text()
    assert visitor.post("/account/shortcuts", {"shortcuts": "some"}).status_code == 422
    with pytest.raises(Unacceptable):
        choose_shortcuts(owner, "some")
    assert Preferences.objects.get().shortcuts == "none"


def test_the_page_and_the_overlay_show_them(visitor: Client, library: LibraryRoot) -> None:
    page = get(visitor, "/keyboard")
    assert len(page.select("main dl.keys > div")) == len(SHORTCUTS)
    assert texts(page, "main dl.keys kbd")[:3] == ["?", "Ctrl", "K"]
    headers = {"HX-Request": "true", "HX-Target": "key-sheet"}
    sheet = visitor.get("/keyboard", headers=headers).content.decode()
    assert 'id="key-sheet-title"' in sheet
    assert "<main" not in sheet


@pytest.mark.django_db
def test_the_palette_offers_what_can_be_done_now() -> None:
    def actions(right: Right = Right.OPERATE) -> set[str]:
        return {one.text for one in commands_for(right) if one.is_action}

    assert actions(Right.VIEW) == set()
    assert {"Scan the library", "Start the queue"} <= actions()
    QueueState.objects.update_or_create(pk=1, defaults={"is_running": True})
    assert "Start the queue" not in actions()
    assert {"Pause the queue", "Stop the queue"} <= actions()
    QueueState.objects.update(is_paused=True)
    assert "Resume the queue" in actions()


@pytest.mark.django_db
def test_the_palette_offers_no_page_that_is_not_theirs(visitor: Client) -> None:
    addresses = {one.address for one in commands_for(Right.VIEW)}
    assert "/queue" in addresses
    assert not [one for one in addresses if one.startswith(("/settings", "/system", "/add"))]
    assert "/settings/downloads" in {one.address for one in commands_for(Right.OWN)}
    viewer = User.objects.create(username="viewer", password="!")
    lines = get(logged_in(viewer), "/keyboard/commands").select("[role=option]")
    assert lines
    assert not [one for one in lines if one.has_attr("data-post")]
    assert {str(one["data-go"]) for one in lines} == addresses


def test_no_script_asks_by_the_browser() -> None:
    """``confirm`` and its like can be switched off, and have no words of ours."""
    for script in Path(ROOT, "static/js").rglob("*.js"):
        assert not re.search(
            r"(?<![\w.#])(?:window\.)?(confirm|alert|prompt)\(", script.read_text()
        )
