"""`manage.py parsenames`: names on standard input, one JSON object a line on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand

from aniworld.console.output import abandon
from library.names import read


def parse_names(source: Iterable[bytes], target: BinaryIO) -> None:
    """Answer every line of `source` on `target`, each as soon as it came.

    Bytes that are no UTF-8 are shown as U+FFFD, so that every answer is valid JSON.
    """
    for line in source:
        name = line.rstrip(b"\r\n").decode("utf-8", "replace")
        target.write(json.dumps(read(name).as_json()).encode("ascii") + b"\n")
        target.flush()


class Command(BaseCommand):
    help = (
        "Reads file names or root-relative paths from standard input, one a line, and prints "
        "one JSON object a line: what the name reader sees in them. Needs no database."
    )
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        if sys.stdin.isatty():
            sys.stderr.write("Names or paths, one a line; Ctrl-D ends.\n")
        try:
            parse_names(sys.stdin.buffer, sys.stdout.buffer)
        except BrokenPipeError:
            abandon(sys.stdout)
