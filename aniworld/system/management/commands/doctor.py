"""``manage.py doctor``: looks at everything, also with web server and worker dead."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from aniworld import __version__
from aniworld.console.logs import printable
from aniworld.console.output import Output
from aniworld.journal.commands import ActingCommand
from aniworld.system import mending, repairs
from aniworld.system.examinations import EXAMINATIONS, Report, examine
from aniworld.system.findings import Finding, Severity
from aniworld.system.unstarted import EXIT_CODES

_SIGNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


class Command(ActingCommand):
    # Pages and API are no part of what is examined, and would have to be loaded for it.
    requires_system_checks = ()
    help = (
        "Examine the installation. Exit codes: 0 all is well, 1 there are warnings, "
        "2 something does not work."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")
        parser.add_argument(
            "--fix", action="store_true", help="mend what can be mended safely, then look again"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        output = Output(self.stdout, sys.stdout)
        report = examine()
        mended = self._mend(report) if options["fix"] else []
        if mended:
            report = examine()
        if options["json"]:
            told = {"version": __version__, "mended": mended, **repairs.diagnosis(report)}
            output.line(json.dumps(told, ensure_ascii=False, default=str))
        else:
            _tell(output, report, mended)
        sys.exit(EXIT_CODES[report.worst])

    def _mend(self, report: Report) -> list[str]:
        """Mend what is safe; what cannot be mended now is found again by the next look."""
        mended = []
        for finding in report.findings:
            fix = mending.fix_of(finding)
            if fix is None or not fix.is_safe:
                continue
            try:
                mending.mend(finding)
            except Exception as error:  # noqa: BLE001 - one mend in vain must not keep the rest
                self.stderr.write(f"aniworld: {finding.id} was mended in vain: {error}")
            else:
                mended.append(finding.id)
        return mended


def _tell(output: Output, report: Report, mended: list[str]) -> None:
    for finding in report.findings:
        _tell_one(output, finding)
    for one in mended:
        output.line(f"mended   {one}")
    if report.left_out:
        output.line(f"left out {', '.join(report.left_out)}: what they stand on is down")
    errors = repairs.number(report, Severity.ERROR)
    warnings = repairs.number(report, Severity.WARNING)
    looked = len(EXAMINATIONS) - len(report.left_out)
    found = f"{_counted(errors, 'error')}, {_counted(warnings, 'warning')}"
    output.line(f"{_counted(looked, 'thing')} examined: {found}")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _tell_one(output: Output, finding: Finding) -> None:
    output.line(f"{_SIGNS[finding.kind.severity]:8} {printable(finding.text)}")
    output.line(f"         {printable(finding.mend)}")
    if finding.command:
        output.line(f"         $ {printable(finding.command)}")
    output.line(f"         docs/troubleshooting.md#{finding.kind.code}")
