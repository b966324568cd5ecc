from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from aniworld.journal import chain
from aniworld.journal.commands import ActingCommand
from aniworld.journal.report import fault_text


class Command(ActingCommand):
    help = (
        "Check that no line of the audit part of the journal was removed or changed. Exit 0: it is "
        "whole, 1: it is not. Note the hash it prints elsewhere, and give it with --known the next "
        "time: then not even somebody who can write the database can write it anew."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--known", default="", help="a hash printed before that must be there")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        report = chain.check(known=options["known"].strip().lower())
        if options["json"]:
            self.stdout.write(json.dumps({**asdict(report), "is_whole": report.is_whole}))
        else:
            for fault in report.faults:
                self.stdout.write(fault_text(fault))
            told = _("{count} audit lines, number {first} to {newest}; the hash of the newest is")
            self.stdout.write(told.format(**asdict(report)))
            self.stdout.write(report.digest)
        if not report.is_whole:
            sys.exit(1)
