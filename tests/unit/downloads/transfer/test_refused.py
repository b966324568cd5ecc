"""Sources that were refused are kept in the item's work folder, and nothing else is believed."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from downloads.transfer import refused
from downloads.transfer.refused import Refused


def one(source: str = "voe-1", **facts: Any) -> Refused:
    return Refused(source, "voe", "German Dub", "stream_cut", {"why": "empty", **facts})


def test_what_was_refused_is_read_again(tmp_path: Path) -> None:
    assert refused.read(tmp_path) == ()
    refused.add(tmp_path, one("voe-1"))
    refused.add(tmp_path, one("voe-2"))
    refused.add(tmp_path, one("voe-1", at=7.5))
    assert refused.read(tmp_path) == (one("voe-2"), one("voe-1", at=7.5))
    assert [path.name for path in tmp_path.iterdir()] == [refused.NAME]


def test_only_so_many_are_kept(tmp_path: Path) -> None:
    for number in range(refused.MOST + 2):
        refused.add(tmp_path, one(f"voe-{number}"))
    kept = refused.read(tmp_path)
    assert [kept[0].source, kept[-1].source] == ["voe-2", f"voe-{refused.MOST + 1}"]
    assert len(kept) == refused.MOST


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut"),
        pytest.param(b'{"voe-1": "stream_cut"}', id="no-list"),
        pytest.param(b'["voe-1"]', id="names-alone"),
        pytest.param(b'[{"source": "voe-1"}]', id="half"),
        pytest.param(json.dumps([{**asdict(one()), "more": 1}]).encode(), id="more"),
        pytest.param(json.dumps([{**asdict(one()), "code": 7}]).encode(), id="no-code"),
        pytest.param(json.dumps([{**asdict(one()), "params": 7}]).encode(), id="no-facts"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b" " * refused.LARGEST + b"[]", id="large"),
        pytest.param(b"\xff\xfe[]", id="no-text"),
    ],
)
def test_what_others_have_put_there_says_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / refused.NAME).write_bytes(content)
    assert refused.read(tmp_path) == ()
    refused.add(tmp_path, one())
    assert refused.read(tmp_path) == (one(),)


def test_a_pipe_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / refused.NAME)
    assert refused.read(tmp_path) == ()


def test_a_link_is_neither_read_nor_written_through(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(json.dumps([asdict(one())]))
    work = tmp_path / "work"
    work.mkdir()
    for name in (refused.NAME, f"{refused.NAME}.new"):
        (work / name).symlink_to(secret)
    assert refused.read(work) == ()
    refused.add(work, one("voe-2"))
    assert refused.read(work) == (one("voe-2"),)
    assert secret.read_text() == json.dumps([asdict(one())])


@pytest.mark.timeout(20)
def test_a_pipe_in_the_place_of_a_draft_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / f"{refused.NAME}.new")
    refused.add(tmp_path, one())
    assert refused.read(tmp_path) == (one(),)
