"""Log lines and terminal lines: one thing said is one line, whatever names it holds."""

from __future__ import annotations

import logging
import re

# Line ends and terminal commands, and what turns the reading direction round.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """``text`` with what a terminal or a log would obey instead of show spelt out."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class LineFormatter(logging.Formatter):
    """File names and titles are other people's words: they must not write lines of their own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the base's name
        record.message = printable(record.message)
        return super().formatMessage(record)
