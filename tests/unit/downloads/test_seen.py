"""What a transfer tells of its file is kept within bounds, whatever the file was made to say."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from downloads.seen import MOST, Beside, kept, may_be_cut, shown

TRACK = {"kind": "audio", "codec": "aac", "language": "deu", "rate": 48_000, "channels": 2}


def test_what_is_known_is_kept() -> None:
    told = {
        "container": "mp4",
        "size": 7,
        "seconds": 1420.12345,
        "tracks": [{**TRACK, "begin": 0.0, "packets": 900}],
        "checks": ["length"],
        "places": [0.0, 7.5],
    }
    assert kept(told) == {
        "container": "mp4",
        "seconds": 1420.123,
        "tracks": [{**TRACK, "width": None, "height": None}],
        "checks": ["length"],
        "beside": None,
    }
    assert kept({}) is None


@pytest.mark.parametrize(
    ("seconds", "shortest", "is_doubted"),
    [(960, 1420, True), (1135, 1420, True), (1137, 1420, False), (1420, 1420, False)],
)
def test_what_is_much_shorter_than_all_others_may_be_cut(
    seconds: float, shortest: float, is_doubted: bool
) -> None:
    found = kept({"container": "mp4", "seconds": seconds}, {"files": 2, "shortest": shortest})
    assert found is not None
    assert may_be_cut(found) is is_doubted


def test_where_nothing_is_known_of_others_nothing_is_doubted() -> None:
    for beside in (None, {"files": 0, "shortest": None}):
        found = kept({"container": "mp4", "seconds": 9}, cast(Beside | None, beside))
        assert found is not None
        assert not may_be_cut(found)
    old = shown({"container": "mp4", "seconds": 9, "tracks": [], "checks": []})
    assert old is not None
    assert (old["beside"], may_be_cut(old)) == (None, False)
    assert shown(None) is None


@pytest.mark.parametrize(
    "told",
    [
        {"container": 7, "seconds": "long", "tracks": "none", "checks": {"a": 1}},
        {"container": "x" * 999, "seconds": float("nan"), "tracks": [TRACK] * 999},
        {"container": "a\0b", "seconds": float("inf"), "checks": ["x" * 999, 7, None] * 999},
        {"container": "mp4", "seconds": -1, "tracks": [7, {}, {"kind": "menu"}]},
        {"tracks": [{**TRACK, "rate": 2**40, "channels": -1, "codec": ["aac"]}]},
    ],
)
def test_nothing_is_believed_of_its_shape(told: dict[str, Any]) -> None:
    found = kept(told)
    assert found is not None
    assert len(found["tracks"]) <= MOST
    assert len(found["checks"]) <= MOST
    assert len(json.dumps(found, allow_nan=False)) < 20_000
    assert "\\u0000" not in json.dumps(found)
