"""What the queue refuses: codes, facts and sentences."""

from __future__ import annotations

from typing import Any

import pytest

from aniworld.web.texts import text_of
from downloads import errors
from downloads.errors import QueueError
from providers.coded import text_key

SENTENCES: list[tuple[type[QueueError], dict[str, Any], str]] = [
    (errors.InvalidRequest, {"why": "no_episodes"}, "Name at least one episode."),
    (
        errors.InvalidRequest,
        {"why": "too_many", "most": 10_000},
        "At most 10000 episodes can be added at once.",
    ),
    (errors.InvalidRequest, {"why": "numbers"}, "Some seasons or episodes cannot be."),
    (errors.InvalidRequest, {"why": "limit"}, "The limit must be at least 1."),
    (
        errors.SeriesUnknown,
        {"why": "to_queue", "key": "x"},
        "There is no series 'x' in the library.",
    ),
    (
        errors.SeriesUnknown,
        {"why": "removed", "name": "Frieren"},
        "Frieren has been removed from the library.",
    ),
    (
        errors.OtherFolder,
        {"folder": "A", "name": "Frieren", "right": "B"},
        "The folder of Frieren is “B”, not “A”.",
    ),
    (errors.ItemNotFound, {"item": 5}, "There is no item 5 in the queue."),
    (errors.NotPending, {"item": 5}, "Item 5 does not wait in the queue."),
    (
        errors.NotFailed,
        {"item": 5, "status": "PENDING"},
        "Item 5 has not failed; only a failed one can be retried.",
    ),
    (errors.NothingKept, {"item": 5}, "Item 5 keeps no file aside."),
    (
        errors.EpisodeTaken,
        {"why": "queued"},
        "The episode is in the queue again; take it out there first.",
    ),
    (errors.EpisodeTaken, {"why": "present"}, "The episode is on disk by now."),
    (errors.QuarantineGone, {}, "The file that was kept aside is no longer there."),
    (errors.FileExists, {"path": "/a"}, "There is a file already: /a"),
    (
        errors.OtherDisk,
        {"folder": "/a"},
        "/a lies on another disk than its library folder; make it a library folder of its own.",
    ),
    (
        errors.NameTooLong,
        {"name": "A", "root": "/a", "longest": 143},
        "The name “A” is too long for the file system of /a, which takes 143 bytes. Give the "
        "series a shorter folder.",
    ),
    (
        errors.FolderRefuses,
        {"folder": "/a/b", "errno": "EPERM"},
        "Nothing can be put into /a/b: Operation not permitted. Other folders of the library can "
        "be written to. Nothing was downloaded.",
    ),
    (
        errors.DiskRefuses,
        {"path": "/a", "errno": "EROFS"},
        "Nothing can be written into the library folder /a: Read-only file system.",
    ),
    (
        errors.OutsideLibrary,
        {"folder": "/a/b", "target": "/c"},
        "/a/b leads out of the library, to /c: nothing was written there. If it may be, add to "
        '"library" in config.json: "link_targets": ["/c"]',
    ),
    (
        errors.RootUnavailable,
        {"why": "to_download", "path": "/a"},
        "The library folder /a is not there.",
    ),
    (
        errors.RootUnavailable,
        {"why": "other_disk", "path": "/a"},
        "The library folder /a is not the disk it was: nothing that is known of it is there. "
        "Nothing was written into it. If another one is meant to be there, scan the library.",
    ),
    (
        errors.RootUnavailable,
        {"why": "silent_to_download", "path": "/a"},
        "The library folder /a does not answer: its disk hangs, or the server it lies on is away.",
    ),
    (
        errors.AlreadyOnDisk,
        {"path": "/a"},
        "It is on disk already: /a. Nothing was downloaded.",
    ),
    (
        errors.FileUnavailable,
        {"path": "/a"},
        "Its file /a is known, but its disk is away. Scan when it is back.",
    ),
    (errors.NothingToLift, {}, "No quiet hours hold now that end by themselves."),
    (errors.ClaimLost, {"item": 5}, "Item 5 is no longer this worker's."),
    (errors.ClaimLost, {"why": "healed", "item": 5}, "Item 5 is no longer left over."),
    (errors.ClaimLost, {"why": "lease"}, "The lease is lost."),
    (errors.ProviderOff, {"site": "AniWorld"}, "The provider AniWorld is not enabled."),
    (
        errors.CatalogueHeld,
        {"name": "Moon"},
        "The catalogue of Moon has other numbers, and it is not certain which episode this is now. "
        "It waits until you have said so on the page of the series.",
    ),
    (
        errors.TransferDied,
        {"why": "ended", "exit_code": -9},
        "The transfer's process ended with code -9 without a result.",
    ),
    (
        errors.TransferDied,
        {"why": "slow", "rate": 12, "seconds": 120},
        "It brought no more than 12 bytes a second for 120 seconds.",
    ),
    (errors.TransferDied, {"why": "silent", "seconds": 300}, "Nothing moved for 300 seconds."),
    (errors.Unexpected, {"reason": "KeyError"}, "An unexpected error: KeyError"),
]


@pytest.mark.parametrize(("kind", "facts", "sentence"), SENTENCES)
def test_facts_make_the_sentence_in_the_log_and_at_the_edge(
    kind: type[QueueError], facts: dict[str, Any], sentence: str
) -> None:
    error = kind(**facts)
    assert str(error) == text_of(error) == sentence
    assert error.as_json() == {"code": kind.code, "params": facts}


def test_no_sentence_is_left_out() -> None:
    told = {text_key(kind.code, facts) for kind, facts, _ in SENTENCES}
    assert set(QueueError.all_texts()) == told
