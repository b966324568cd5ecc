"""Log lines and terminal lines: one thing said is one line, whatever names it holds, and no secret
is in it."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from aniworld.console.context import current
from aniworld.console.secrets import scrubbed

FORMATS = ("text", "json")
LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"
TEXT = f"{LINE} process=%(process)d"
# What messages call an id that is told beside them, too.
_ALSO = {"series": ("series", "key")}
_ENDS = ".,:;"

# Line ends and terminal commands, and what turns the reading direction round.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """``text`` with what a terminal or a log would obey instead of show spelt out."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class LineFormatter(logging.Formatter):
    """File names and titles are other people's words: they must not write lines of their own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the base's name
        message = printable(record.message)
        words = {word.rstrip(_ENDS) for word in message.split(" ")}
        ids = "".join(
            f" {name}={printable(value)}"
            for name, value in current().items()
            if words.isdisjoint(f"{one}={value}" for one in _ALSO.get(name, (name,)))
        )
        record.message = f"{message}{ids}"
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        return scrubbed(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: when, how bad, which room, what, and the ids it is about."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "room": record.name,
            "message": scrubbed(record.getMessage()),
            "process": record.process,
            **current(),
        }
        if record.exc_info:
            said["traceback"] = scrubbed(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)


def formatter(name: str) -> logging.Formatter:
    """What writes the lines of the log files: one of ``FORMATS``."""
    return JsonFormatter() if name == "json" else LineFormatter(TEXT)
