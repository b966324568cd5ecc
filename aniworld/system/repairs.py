"""What was found, in the one shape in which API, pages and ``manage.py doctor --json`` tell it."""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

from django.urls import reverse
from django.utils.translation import gettext

from aniworld.system import mending
from aniworld.system.examinations import Report
from aniworld.system.findings import Finding, Severity
from aniworld.web.shapes import OneOf


class Repair(TypedDict):
    """Something that its owner can mend."""

    id: Annotated[str, "The same as long as the fault is."]
    severity: Annotated[str, OneOf(Severity), "A note is no fault."]
    code: str
    params: dict[str, Any]
    text: Annotated[str, "What is the matter."]
    mend: Annotated[str, "What is to be done."]
    command: Annotated[str, "What mends it in a shell; empty where no command does."]
    page: Annotated[str, "Where it is mended in the browser; empty where no page does."]
    fix: Annotated[str, "The button that mends it; empty where there is none."]
    docs: Annotated[str, "The page that says more."]


class Diagnosis(TypedDict):
    """What one look at everything found."""

    healthy: Annotated[bool, "Nothing needs to be mended."]
    errors: int
    warnings: int
    repairs: Annotated[list[Repair], "The worst first."]
    left_out: Annotated[list[str], "What was not looked at, since what it stands on is down."]


def repair(finding: Finding) -> Repair:
    """One finding."""
    fix = mending.fix_of(finding)
    return {
        "id": finding.id,
        "severity": finding.kind.severity.value,
        "code": finding.kind.code,
        "params": finding.said["params"],
        "text": finding.text,
        "mend": finding.mend,
        "command": finding.command,
        "page": page_of(finding),
        "fix": gettext(fix.label) if fix else "",
        "docs": f"docs/troubleshooting.md#{finding.kind.code}",
    }


def diagnosis(report: Report) -> Diagnosis:
    """All of them."""
    return {
        "healthy": not report.repairs,
        "errors": number(report, Severity.ERROR),
        "warnings": number(report, Severity.WARNING),
        "repairs": [repair(finding) for finding in report.findings],
        "left_out": list(report.left_out),
    }


def number(report: Report, severity: Severity) -> int:
    """How many of that severity were found."""
    return sum(one.kind.severity is severity for one in report.findings)


def page_of(finding: Finding) -> str:
    """The address of the page where it is mended; empty where none does."""
    if not finding.kind.page:
        return ""
    query = finding.kind.query
    return reverse(finding.kind.page) + (f"?{query}" if query else "")
