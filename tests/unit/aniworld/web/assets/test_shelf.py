"""Each version finds its own files, whatever lies there and whoever else starts."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from aniworld.web.assets import shelf
from aniworld.web.assets.storage import SHEET, assets
from tests.unit.aniworld.web.assets.conftest import Version, fetched
from tests.unit.reading import get

pytestmark = pytest.mark.django_db

READY = "import django; django.setup(); from aniworld.web.assets import shelf; print(shelf.ready())"


def test_a_page_names_the_sheet_of_its_version_and_an_open_one_still_finds_its_own(
    version: Version,
) -> None:
    before = assets_of(version)
    version.change("css/base.css", "@layer base { .of-today { color: red; } }\n")
    client = version.start()
    today = get(client, "/setup").select_one("link[rel=stylesheet]")
    assert today is not None
    assert today["href"] != before
    assert b"of-today" in fetched(client, str(today["href"]))[1]
    old, text = fetched(client, before)
    assert old.status_code == 200
    assert b"of-today" not in text
    assert "immutable" in old["Cache-Control"]


def assets_of(version: Version) -> str:
    version.start()
    return str(assets().url(SHEET))


def test_the_version_before_is_kept_and_older_ones_go(version: Version) -> None:
    versions: list[set[str]] = []
    for number in range(3):
        version.change("js/theme.js", f"// {number}\n")
        version.start()
        versions.append(version.folders())
    first = versions[0]
    assert len(first) == 1
    assert first < versions[1]
    assert len(versions[2]) == 2
    assert not first & versions[2]


def test_nothing_is_made_a_second_time(version: Version) -> None:
    version.start()
    (name,) = version.folders()
    made = (version.root / name).stat().st_ino
    version.start()
    assert (version.root / name).stat().st_ino == made


@pytest.mark.parametrize("harm", ["cut", "gone", "list"])
def test_what_is_not_whole_is_made_anew(version: Version, harm: str) -> None:
    client = version.start()
    sheet = version.root / next(iter(version.folders())) / assets().stored_name(SHEET)
    whole = sheet.read_bytes()
    if harm == "cut":  # a power cut, before the disk had it
        sheet.write_bytes(b"")
    elif harm == "gone":
        sheet.unlink()
    else:
        (sheet.parents[1] / shelf.LIST).write_text("{")
    half = version.root / ".new-left"
    half.mkdir()
    client = version.start()
    assert sheet.read_bytes() == whole
    assert fetched(client, assets().url(SHEET))[0].status_code == 200
    assert not half.exists()


def test_where_nothing_can_be_written_pages_are_served_all_the_same(
    version: Version, caplog: pytest.LogCaptureFixture
) -> None:
    version.root.write_text("a file in the place of the folder")
    with caplog.at_level(logging.WARNING):
        client = version.start()
    assert "a temporary folder is used" in caplog.text
    folder = Path(assets().location)
    assert not folder.is_relative_to(version.root)
    assert fetched(client, assets().url(SHEET))[0].status_code == 200


def test_a_process_that_holds_the_folder_holds_nobody_up(
    version: Version, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(shelf, "WAIT_SECONDS", 0.3)
    version.root.mkdir()
    with shelf._alone(version.root):
        client = version.start()
    assert "another process holds it" in caplog.text
    assert fetched(client, assets().url(SHEET))[0].status_code == 200


def test_processes_that_start_together_make_one(tmp_path: Path) -> None:
    environment = {**os.environ, "STATIC_DIR": str(tmp_path / "shelf"), "DATA_DIR": str(tmp_path)}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", READY],
            cwd=settings.PROJECT_DIR,
            env=environment | {"DJANGO_SETTINGS_MODULE": "aniworld.settings"},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = {process.communicate()[0].strip() for process in started}
    assert [process.returncode for process in started] == [0, 0, 0]
    (folder,) = said
    assert Path(folder).parent == tmp_path / "shelf"
    assert [path.name for path in (tmp_path / "shelf").glob("[!.]*")] == [Path(folder).name]


def test_a_package_brings_what_the_command_has_made_and_nothing_is_written_again(
    version: Version, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    shelf.ready.cache_clear()
    call_command("collectstatic", "--noinput")
    (name,) = version.folders()
    assert capsys.readouterr().out.strip() == str(version.root / name)
    made = {path: path.stat().st_mtime_ns for path in version.root.rglob("*")}
    caplog.clear()
    with caplog.at_level(logging.INFO):
        version.start()
    assert {path: path.stat().st_mtime_ns for path in version.root.rglob("*")} == made
    assert caplog.text == ""
