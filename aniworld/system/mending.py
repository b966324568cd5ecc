"""What mends a fault at a press: the buttons of repairs, and of these the safe ones for ``doctor
--fix``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext_noop as _

from aniworld.database import mark
from aniworld.journal.services import Subject, record
from aniworld.sites.health.services import end_rest
from aniworld.sites.services import lift_hold
from aniworld.system.entries import SystemAction
from aniworld.system.errors import CannotMend, MendedInVain, RepairNotFound
from aniworld.system.examinations import Report, data
from aniworld.system.findings import Finding
from downloads.services import resume
from library.services.operations import end_dead_ones
from providers.coded import errno_name


@dataclass(frozen=True, slots=True)
class Fix:
    """A mend. ``label`` is that of its button; one that ``is_safe`` is done by ``doctor --fix``."""

    label: str
    mend: Callable[[Finding], object]
    is_safe: bool = True


def _close_data_dir(_finding: Finding) -> None:
    for path in data.open_to_others():
        path.chmod(0o600)


def _checkpoint(_finding: Finding) -> None:
    """Write SQLite's log back, without waiting for anybody."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


FIXES: Mapping[str, Fix] = {
    "close_data_dir": Fix(_("Close it"), _close_data_dir),
    "mark_set_up": Fix(_("Put it there"), lambda _finding: mark.make()),
    "checkpoint": Fix(_("Write it back"), _checkpoint),
    "end_dead_scans": Fix(_("End it"), lambda _finding: end_dead_ones()),
    "resume_queue": Fix(_("Let it go on"), lambda _finding: resume(), is_safe=False),
    "end_rest": Fix(_("Ask it again now"), lambda one: end_rest(one.about), is_safe=False),
    "lift_hold": Fix(_("Ask it again now"), lambda one: lift_hold(int(one.about)), is_safe=False),
}


def fix_of(finding: Finding) -> Fix | None:
    """What mends it; None where its owner has to."""
    return FIXES[finding.kind.fix] if finding.kind.fix else None


def mend(finding: Finding) -> None:
    """Mend it, and journal that.

    Raises:
        CannotMend: nothing here can.
        HoldNotFound, RestNotFound, MendedInVain: it was tried in vain.
    """
    fix = fix_of(finding)
    if fix is None:
        raise CannotMend(id=finding.id)
    try:
        fix.mend(finding)
    except OSError as error:
        raise MendedInVain(id=finding.id, errno=errno_name(error)) from error
    with transaction.atomic():
        record(SystemAction.MENDED, on=Subject("repair", finding.id), after=finding.said["params"])


def mend_one(report: Report, wanted: str) -> Finding:
    """Mend the finding of that id. Raises as :func:`mend`, and ``RepairNotFound``."""
    finding = next((one for one in report.findings if one.id == wanted), None)
    if finding is None:
        raise RepairNotFound(id=wanted)
    mend(finding)
    return finding
