"""No secret gets into a log, whoever has put it there."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from aniworld.console import secrets
from aniworld.console.context import about, current
from aniworld.console.files import SharedFile
from aniworld.console.logs import JsonFormatter, LineFormatter
from aniworld.environment import log_levels, passwords_in

MARK = "MARKER-73f1-owl"


@pytest.fixture
def _kept() -> Iterator[None]:
    secrets.keep_secret([MARK])
    yield
    secrets._known.discard(MARK)


@pytest.mark.parametrize(
    "line",
    [
        f"redis://:{MARK}@127.0.0.1:6379/0",
        f"postgres://owner:{MARK}@db/aniworld",
        f"https://{MARK}@cdn.example/a.m3u8",
        f"GET /x?token={MARK}&page=2",
        f"password={MARK} user=owner",
        f"master_password: '{MARK} and more {MARK}'",
        f'{{"access_token": "{MARK}", "n": 1}}',
        f"{{'api_key': '{MARK}'}}",
        f"Authorization: Bearer {MARK}",
        f"X-Api-Key: {MARK}",
        f"Cookie: session={MARK}; csrftoken={MARK}",
        f"set-cookie: a={MARK}; Path=/",
        f"bearer {MARK}",
        f"SECRET_KEY={MARK}",
        f"eyJhbGciOiJIUzI1NiJ9.{MARK}.sig-{MARK}",
        f"aniworld_{MARK}aaaaaaaa",
    ],
)
def test_what_looks_like_a_secret_is_hidden(line: str) -> None:
    assert MARK not in secrets.scrubbed(line)


@pytest.mark.usefixtures("_kept")
def test_a_known_secret_is_hidden_wherever_it_stands() -> None:
    assert secrets.scrubbed(f"the word {MARK}, and{MARK}.") == "the word •••, and•••."


@pytest.mark.parametrize(
    "line",
    [
        "folder=/anime/Show (2013) files=3",
        "https://cdn.example/show/1.m3u8?page=2",
        "The password was changed.",
        "Another token of the template is needed.",
    ],
)
def test_plain_words_stay(line: str) -> None:
    assert secrets.scrubbed(line) == line


def record(message: str, *arguments: object, error: Exception | None = None) -> logging.LogRecord:
    trace = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("library.x", logging.INFO, "x.py", 1, message, arguments, trace)


@pytest.mark.usefixtures("_kept")
@pytest.mark.parametrize("formatter", [LineFormatter("%(message)s"), JsonFormatter()])
def test_no_formatter_lets_one_through(formatter: logging.Formatter) -> None:
    try:
        raise ValueError(f"{MARK} in an error")
    except ValueError as error:
        told = formatter.format(record("word %s", MARK, error=error))
    assert MARK not in told
    assert "ValueError" in told


def test_a_line_carries_what_it_is_about() -> None:
    with about(operation="scan-1"):
        with about(item=7, series="a\nforged"):
            line = LineFormatter("%(message)s").format(record("done"))
            said = json.loads(JsonFormatter().format(record("done")))
        assert current() == {"operation": "scan-1"}
    assert line == r"done operation=scan-1 item=7 series=a\nforged"
    assert (said["item"], said["series"], said["message"]) == ("7", "a\nforged", "done")
    assert current() == {}


def test_a_folder_that_takes_no_file_is_told_once(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path_factory.mktemp("logs") / "a file"
    place.write_text("")
    handler = SharedFile(str(place / "app.log"), locks=str(place))
    for _ in range(3):
        handler.handle(record("x"))
    assert capsys.readouterr().err.count("cannot be written") == 1


def test_levels_of_rooms_are_read() -> None:
    told = ["downloads=debug", " aniworld.sites = ERROR"]
    assert log_levels("X", told) == {"downloads": "DEBUG", "aniworld.sites": "ERROR"}
    for wrong in ("downloads", "downloads=LOUD", "a b=INFO"):
        with pytest.raises(SystemExit, match="X: "):
            log_levels("X", [wrong])


def test_passwords_are_known_in_both_spellings() -> None:
    assert {"a%40b", "a@b"} <= set(passwords_in("postgres://u:a%40b@h/d", ""))


PIECES = ("x", "token", "eyJ-", "aniworld_-", "://", "://a", "bearer ", 'token="', "cookie:", "_")


@pytest.mark.timeout(20)  # where a word is looked at from each of its characters: an hour
@pytest.mark.parametrize("piece", PIECES)
def test_a_long_line_is_read_once(piece: str) -> None:
    assert secrets.scrubbed(piece * (300_000 // len(piece)))
