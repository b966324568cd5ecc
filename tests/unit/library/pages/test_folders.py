"""The page of the library folders, and the same over the API."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from aniworld.config import mounts
from aniworld.config.mounts import Mount
from library.models import LibraryRoot
from library.models.files import StoredMount
from library.scanner.trust import MountTrust, _Part
from providers.coded import coded
from tests.factories import make_file, make_series
from tests.unit.reading import get, texts


def stored(kind: str, **known: Any) -> StoredMount:
    part = _Part(MountTrust(Mount("/mnt/caf\udce9", kind, "x"), **known), directories=3)
    return part.as_json()


def test_what_is_believed_is_told_for_each_file_system(
    visitor: Client, library: LibraryRoot
) -> None:
    library.mounts = [
        stored("ext4"),
        stored("fuse.mergerfs"),
        stored("xfs", lied="/anime/Show"),
        stored(""),
        stored("strange", kept=30),
    ]
    looked = timezone.now() - timedelta(days=1)
    library.full_look_at = library.last_scanned_at = looked
    library.file_count = 7  # as the last scan has counted
    series = make_series("Show", root=library)
    for n in range(6):
        make_file(series, f"Show/{n}.mkv")
    paths = ["Show/a.strm", "Show/caf\\xe9.strm"]
    library.passed = [{"reason": coded("passed_stream", count=2), "first": paths}]
    library.save()
    page = get(visitor, "/library/folders")
    assert texts(page, "h2") == [library.path]
    assert "Files6" in texts(page, ".facts")[0]
    assert texts(page, ".facts .chip") == [
        "times are trusted",
        "names are read",
        "names are read",
        "names are read",
        "times are trusted",
    ]
    assert texts(page, ".facts dt")[3:] == ["ext4", "fuse.mergerfs", "xfs", "Disk", "strange"]
    assert texts(page, ".facts dd code") == ["/mnt/caf\ufffd"] * 5
    assert [reason.split(",")[0].split(":")[0] for reason in texts(page, ".facts dd .small")] == [
        "ext4 moves a folder's time with every change in it",
        "fuse.mergerfs does not always move a folder's time when something in it changes",
        "/anime/Show changed and its time did not move",
        "It is not known whether this file system moves a folder's time when something in it "
        "changes",
        "The last 30 folders that changed have all moved their time",
    ]
    assert texts(page, "details li code") == ["Show/a.strm", "Show/caf\ufffd.strm"]
    answer = visitor.get("/api/v1/roots").json()
    assert answer == [
        {
            "path": library.path,
            "files": 6,
            "error": None,
            "last_scanned_at": answer[0]["last_scanned_at"],
            "full_look_at": answer[0]["full_look_at"],
            "mounts": answer[0]["mounts"],
            "passed": [
                {
                    "reason": {
                        "code": "passed_stream",
                        "params": {"count": 2},
                        "text": "files that only name an address (.strm); no video is on disk: 2",
                    },
                    "first": ["Show/a.strm", "Show/caf\\xe9.strm"],
                }
            ],
        }
    ]
    assert datetime.fromisoformat(answer[0]["full_look_at"]) == looked.astimezone(UTC)
    assert answer[0]["mounts"][1] == {
        "path": "/mnt/caf\\xe9",
        "kind": "fuse.mergerfs",
        "directories": 3,
        "times_trusted": False,
        "reason": {
            "code": "times_of_kind",
            "params": {"kind": "fuse.mergerfs"},
            "text": texts(page, ".facts dd .small")[1],
        },
    }


def test_folder_that_was_never_scanned_is_shown_and_gets_no_row(
    visitor: Client,
    settings: Settings,
    tmp_path: Path,
) -> None:
    page = get(visitor, "/library/folders")
    assert "No library folder is set yet" in page.text
    settings.ANIME_DIRECTORY = str(tmp_path / "new")
    (tmp_path / "new").mkdir()
    page = get(visitor, "/library/folders")
    assert texts(page, ".facts dd") == ["0", "not yet"]
    assert visitor.get("/api/v1/roots").json()[0]["mounts"] == []
    assert not LibraryRoot.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_rescan_says_which_times_are_not_believed(
    library: LibraryRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    believed = {"ext4": True, "fuse.rclone": False}
    for kind, is_believed in believed.items():
        monkeypatch.setattr(mounts.Mounts, "of", lambda *_, kind=kind: Mount("/mnt", kind, "x"))
        out = io.StringIO()
        with pytest.raises(SystemExit):
            call_command("rescan", "--no-provider", stdout=out)
        said = f"{library.path}: {kind} does not always move"
        assert (said not in out.getvalue()) is is_believed
