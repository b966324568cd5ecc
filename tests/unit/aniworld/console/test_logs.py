"""Names of files and series come from elsewhere: in a log and on a terminal they stay words."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from aniworld.config import store
from aniworld.console.context import about
from aniworld.console.logs import LineFormatter, printable

FORGED = "Show\n2026-01-01 ERROR forged\x1b[2J\u202e"


def test_a_message_is_one_line() -> None:
    formatters: Any = settings.LOGGING["formatters"]
    assert formatters["line"]["()"].endswith("LineFormatter")
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "folder=%s", (FORGED,), None)
    line = LineFormatter("%(levelname)s %(message)s").format(record)
    assert line == r"INFO folder=Show\n2026-01-01 ERROR forged\x1b[2J\u202e"


def test_an_id_is_told_once() -> None:
    def line(message: str, **ids: str) -> str:
        record = logging.LogRecord("x", logging.INFO, "x.py", 1, message, (), None)
        with about(**ids):
            return LineFormatter("%(message)s").format(record)

    ids = {"item": "5", "series": "abc"}
    assert line("item=5 key=abc started", **ids) == "item=5 key=abc started"
    assert line("item=5: gone", **ids) == "item=5: gone series=abc"
    assert line("item=55 key=abcd started", **ids) == (
        "item=55 key=abcd started item=5 series=abc"
    ), "another one is named as well"
    assert line("done", **ids) == "done item=5 series=abc"


def test_a_traceback_keeps_its_lines() -> None:
    try:
        raise ValueError("why")
    except ValueError as error:
        trace = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "failed", (), trace)
    lines = LineFormatter("%(message)s").format(record).splitlines()
    assert (lines[0], lines[-1]) == ("failed", "ValueError: why")


@pytest.mark.parametrize("text", ["Frieren – 葬送のフリーレン", "Tea & Thunder's Edge", "C:\\x"])
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    assert printable(text) == text


@pytest.mark.django_db
def test_a_scan_lists_an_odd_name_on_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / FORGED
    folder.mkdir()
    (folder / "S01E01.mkv").touch()  # empty: a problem to tell
    store.update(lambda data: data["library"].update(directories=[str(tmp_path)]))
    with pytest.raises(SystemExit):
        call_command("rescan", "--no-provider")
    [line] = [line for line in capsys.readouterr().out.splitlines() if "empty" in line]
    assert line.startswith(r"Show\n2026")
