"""Everything that is looked at, in the order in which one stands on the other.

Doctor, system page, API, readiness and repairs are all made from this list. A new look is a
function that yields findings and a line here; a new fault is a kind in ``aniworld.system.kinds``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from aniworld.database import troubles
from aniworld.system.examinations import (
    backups,
    configuration,
    data,
    database,
    machine,
    mediaservers,
    notifications,
    roots,
    schedule,
    work,
)
from aniworld.system.findings import RANK, Examination, Finding, Look, Severity
from aniworld.system.kinds import found
from aniworld.web.errors import DatabaseUnusable
from providers.coded import coded, foreign

log = logging.getLogger(__name__)

_BASE = ("database",)
_ALL = ("database", "configuration")

EXAMINATIONS = (
    Examination("data_directory", _("The data directory"), data.data_directory),
    Examination("libraries", _("What has to be installed"), machine.libraries),
    Examination("configuration", _("The configuration"), configuration.configuration),
    Examination("redis", _("Redis"), database.redis),
    Examination("database", _("The database"), database.database, ("data_directory",)),
    Examination("set_up", _("The mark of a setup"), data.set_up_mark, _BASE),
    Examination("clock", _("The clock"), machine.clock, _BASE),
    Examination("web", _("The web server"), machine.web, ("data_directory",)),
    # A worker that cannot read the configuration waits, and gives no sign of life.
    Examination("worker", _("The worker"), machine.worker, _ALL),
    Examination("scan", _("The running scan"), machine.scan, _BASE),
    Examination("roots", _("The library folders"), roots.roots, _ALL),
    Examination("link_targets", _("Targets of links"), roots.link_targets, ("configuration",)),
    Examination("removals", _("Files that have gone"), work.removals, _ALL),
    Examination("catalogues", _("Catalogues with other numbers"), work.catalogues, _BASE),
    Examination("sites", _("The sites"), work.sites, _ALL),
    Examination("answers", _("How sites answer"), work.answers, _ALL),
    Examination("holds", _("Pauses of hosts"), work.holds, _BASE),
    Examination("queue", _("The queue"), work.queue, _BASE),
    Examination("schedule", _("The schedule"), schedule.schedule, _ALL),
    Examination("media_servers", _("The media servers"), mediaservers.media_servers, _ALL),
    Examination("notifications", _("Notifications"), notifications.notifications, _ALL),
    Examination("backups", _("Backups of the database"), backups.backups, _BASE),
)


@dataclass(frozen=True, slots=True)
class Report:
    """What one look found.

    Attributes:
        findings: the worst first; no two of one id.
        left_out: the examinations that had nothing to stand on.
    """

    findings: tuple[Finding, ...]
    left_out: tuple[str, ...] = ()

    @property
    def worst(self) -> Severity | None:
        return self.findings[0].kind.severity if self.findings else None

    @property
    def repairs(self) -> tuple[Finding, ...]:
        """What counts: a note is no fault."""
        return tuple(one for one in self.findings if one.kind.severity is not Severity.NOTE)

    def of_check(self, name: str) -> Finding | None:
        """What keeps a check of ``/health/ready`` from being well."""
        return next((one for one in self.findings if one.kind.check == name), None)


def examine(examinations: Iterable[Examination] = EXAMINATIONS) -> Report:
    """Look at everything, or at some of it, now.

    Nothing that fails stops the rest: an examination that comes to no end is a finding itself.
    """
    look, failed, left_out = Look(), set[str](), []
    for examination in examinations:
        if failed.intersection(examination.stands_on):
            left_out.append(examination.name)
            failed.add(examination.name)
            continue
        before = len(look.found)
        _look(examination, look)
        if any(one.kind.severity is Severity.ERROR for one in look.found[before:]):
            failed.add(examination.name)
    by_id: dict[str, Finding] = {}
    for finding in look.found:
        by_id.setdefault(finding.id, finding)
    ordered = sorted(by_id.values(), key=lambda one: RANK[one.kind.severity])
    return Report(tuple(ordered), tuple(left_out))


def _look(examination: Examination, look: Look) -> None:
    try:
        for finding in examination.look(look):
            look.found.append(finding)
    except (*troubles.DATABASE_ERRORS, DatabaseUnusable) as error:
        trouble = troubles.trouble_of(error) or DatabaseUnusable(why="unreached")
        look.found.append(found(coded("database_unusable_now", trouble=trouble)))
    except Exception as error:
        log.exception("examination=%s came to no end", examination.name)
        said = coded("examination_failed", name=examination.name, reason=foreign(error))
        look.found.append(found(said, about=examination.name))
