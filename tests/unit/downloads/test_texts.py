"""The queue's words are made for who reads them, from rows that know no language."""

from __future__ import annotations

import json
from io import StringIO

import pytest

from aniworld.console.output import Output
from aniworld.web import texts
from downloads import snapshots
from downloads.choices import PauseCode, Status
from downloads.models import DownloadQueueItem, QueueState
from downloads.transfer.errors import AllSourcesFailed, DiskFull
from downloads.worker.console import Console
from library.models import AnimeSeries
from providers.base import OWN
from providers.coded import Coded
from providers.errors import MediaGone, NotFound
from tests.factories import make_item

GONE = MediaGone(why="server", cause=NotFound(why="status", site="voe", status=404))
STEP = {"hoster": "voe", "language": "German Dub", "stage": "resolve", **GONE.as_json()}
FAILED = AllSourcesFailed(permanent=True, tried=[STEP])


@pytest.fixture
def item(series: AnimeSeries) -> DownloadQueueItem:
    return make_item(
        series,
        status=Status.FAILED,
        attempts=[STEP],
        **DownloadQueueItem.error.values(FAILED.as_json()),
    )


def in_another_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a catalogue would do it, that holds this one template."""
    ours = {"{site} does not have this ({status}).": "{site} hat das nicht ({status})."}
    monkeypatch.setattr(texts, "gettext", lambda template: ours.get(template, template))


def test_another_language_needs_no_other_rows(
    item: DownloadQueueItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    english = snapshots.serialise(item)
    in_another_language(monkeypatch)
    german = snapshots.serialise(DownloadQueueItem.objects.get())

    told = [(one["error"], one["attempts"][0]) for one in (english, german)]
    step = "VOE (German Dub), reading its player: "
    assert [error["text"] for error, _ in told if error] == [
        f"No source worked: {step}voe does not have this (404).",
        f"No source worked: {step}voe hat das nicht (404).",
    ]
    assert [attempt["text"] for _, attempt in told] == [
        "voe does not have this (404).",
        "voe hat das nicht (404).",
    ]
    for one in (english, german):
        assert one["error"]
        assert {"code": one["error"]["code"], "params": one["error"]["params"]} == FAILED.as_json()


def test_the_console_tells_why_in_words_and_programs_in_code(item: DownloadQueueItem) -> None:
    words, code = StringIO(), StringIO()
    Console(Output(words, words), as_json=False).show(item)
    Console(Output(code, code), as_json=True).show(item)

    assert (
        "failed: No source worked: VOE (German Dub), reading its player: voe does not"
        in words.getvalue()
    )
    told = json.loads(code.getvalue())["item"]
    assert told["error"] == {**FAILED.as_json(), "text": texts.text_of(FAILED)}
    assert told["attempts"] == [{**STEP, "text": str(GONE)}]


def test_no_link_that_may_let_somebody_in_is_shown(item: DownloadQueueItem) -> None:
    item.download_url = "https://me:word@media.example/a.mp4?token=secret#t"
    item.provider = "friend"
    assert snapshots.serialise(item)["source_url"] == "https://media.example/a.mp4"
    item.provider = OWN
    assert snapshots.serialise(item)["source_url"] == ""


def test_a_pause_of_the_owner_has_no_reason(db: None) -> None:
    state = QueueState(is_paused=True, pause_code=PauseCode.OWNER)
    assert state.pause_reason is None
    state.pause_reason = DiskFull().as_json()
    assert (state.pause_reason_code, state.pause_reason_params) == ("disk_full", {})
    assert texts.text_of(state.pause_reason) == "The disk is full."


def test_what_a_later_version_wrote_is_told_as_far_as_it_is_known(item: DownloadQueueItem) -> None:
    flare: Coded = {"code": "solar_flare", "params": {"strength": 5}}
    item.error = flare
    item.attempts = [{"stage": "resolve"}, {"code": "disk_full", "params": {"why": "moved"}}]
    told = snapshots.serialise(item)
    assert told["error"] == {**flare, "text": "solar_flare"}
    assert [one["text"] for one in told["attempts"]] == ["", "The disk is full."]
    item.error = {"code": "all_sources_failed", "params": {"tried": [{"hoster": "voe"}]}}
    assert texts.text_of(item.error) == "No source worked: VOE: ."
