"""``manage.py check_manifest``: what is read, what is wrong, and with which exit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from tests.unit.providers.conftest import WebServer

EPISODE = {"season": 1, "number": 1, "sources": [{"url": "http://a.example/1.mp4"}]}
RIGHT = {
    "version": 1,
    "series": [
        {
            "key": "crane",
            "title": "The\u202e Crane",
            "episodes": [EPISODE, {"season": 2, "number": 1}],
        }
    ],
}
WRONG = {**RIGHT, "series": [*RIGHT["series"], {"key": "b"}]}  # type: ignore[misc]


@pytest.fixture
def web() -> Iterator[WebServer]:
    server = WebServer()
    yield server
    server.close()


@pytest.fixture
def feed(tmp_path: Path, settings: Settings) -> Path:
    settings.MANIFEST_ROOTS = [str(tmp_path)]
    path = tmp_path / "feed.json"
    path.write_text(json.dumps(RIGHT))
    return path


def run(*arguments: Any, exits: int = 0) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("check_manifest", *map(str, arguments), stdout=out, stderr=err)
        code: Any = 0
    except SystemExit as error:
        code = error.code
    assert code == exits, out.getvalue() + err.getvalue()
    return out.getvalue(), err.getvalue()


def test_a_right_feed_is_told(feed: Path) -> None:
    for address in (feed, feed.as_uri()):
        out, _ = run(address)
        assert out.splitlines() == [
            "JSON series=1",
            "crane seasons=2 episodes=1 announced=1 The Crane",
            "faults=0",
        ]


def test_a_wrong_one_is_read_and_ends_with_1(feed: Path) -> None:
    feed.write_text(json.dumps(WRONG))
    out, _ = run(feed, exits=1)
    assert out.splitlines()[2:] == [
        "wrong: #/series/1: “title” is missing.",
        "wrong: #/series/1: “episodes” is missing.",
        "faults=2",
    ]


def test_one_that_cannot_be_read_says_why(feed: Path) -> None:
    feed.write_text("{")
    out, _ = run(feed, exits=1)
    assert out.startswith("wrong: The feed cannot be read as JSON (line 1, column 2)")


def test_one_outside_the_folders_of_sites_is_read_with_a_note(
    feed: Path, settings: Settings
) -> None:
    settings.MANIFEST_ROOTS = [str(feed.parent / "elsewhere")]
    out, _ = run(feed)
    assert f"note: it lies in no folder of MANIFEST_ROOTS ({feed.parent}/elsewhere); no site" in out


def test_one_that_is_not_there(feed: Path) -> None:
    _, err = run(feed.parent / "none.json", exits=1)
    assert err == "aniworld: There is no file none.json.\n"
    out, _ = run(feed.parent / "none.json", "--json", exits=1)
    assert json.loads(out)["error"]["code"] == "feed_unreadable"


def test_one_at_an_address(web: WebServer, settings: Settings) -> None:
    settings.ALLOW_PRIVATE_HOSTS = ["127.0.0.0/8"]
    web.on("/feed.json", json.dumps(WRONG))
    out, _ = run(f"{web.url}/feed.json", "--json", exits=1)
    told = json.loads(out)
    assert (told["form"], told["more_faults"]) == ("JSON", 0)
    assert told["series"][0]["episodes"][0] == {
        "season": 1,
        "number": 1,
        "title": "",
        "sources": [{"url": "http://a.example/1.mp4", "language": "unknown-und"}],
    }
    assert told["faults"][0] == {
        "code": "feed_invalid",
        "params": {"why": "missing", "place": "#/series/1", "name": "title"},
        "text": "#/series/1: “title” is missing.",
    }


def test_a_private_address_is_refused(web: WebServer, settings: Settings) -> None:
    settings.ALLOW_PRIVATE_HOSTS = []
    _, err = run(f"{web.url}/feed.json", exits=1)
    assert "private" in err
    assert web.seen == []


def test_the_schema_is_printed() -> None:
    out, _ = run("--schema")
    assert json.loads(out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_it_wants_an_address() -> None:
    with pytest.raises(CommandError):
        run()
