"""Which faults stand, kept over restarts and shared by all who look: each is told once, when it has
stood for a minute, and once more when it has been gone for one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from aniworld.events.publish import publish
from aniworld.system.events import RepairMended, RepairRaised
from aniworld.system.findings import Finding, Severity
from aniworld.system.notifications.items import small
from aniworld.system.notifications.models import KnownRepair

# A worker that is started anew is no fault, nor is a disk that wakes up.
STANDS_AFTER = timedelta(minutes=1)
MOST = 200  # faults that are followed at a time


def follow(findings: Iterable[Finding], now: datetime, *, is_whole: bool) -> None:
    """Compare what a look has found with what is known, and tell what is to be told.

    Args:
        is_whole: nothing was left out: what was not found is gone.
    """
    found = {one.id: one for one in findings if one.kind.severity is not Severity.NOTE}
    known = {row.finding: row for row in KnownRepair.objects.filter(mended_at=None)[:MOST]}
    for id, finding in found.items():
        if (row := known.get(id)) is not None:
            _still(row, now)
        elif len(known) < MOST:
            _first(finding, now)
    if is_whole:
        for id, row in known.items():
            if id not in found:
                _missing(row, now)


def _first(finding: Finding, now: datetime) -> None:
    new = KnownRepair(
        finding=finding.id,
        code=finding.said["code"],
        params=small(finding.said["params"]),
        severity=finding.kind.severity.value,
        first_seen_at=now,
    )
    KnownRepair.objects.bulk_create([new], ignore_conflicts=True)  # another process may look too


def _still(row: KnownRepair, now: datetime) -> None:
    if row.gone_at is not None:
        _update(row, {"gone_at": None}, gone_at=row.gone_at)
    if row.told_at is not None or now - row.first_seen_at < STANDS_AFTER:
        return
    with transaction.atomic():
        if _update(row, {"told_at": now}, told_at=None):
            publish(RepairRaised(repair=str(row.pk), code=row.code, severity=row.severity))


def _missing(row: KnownRepair, now: datetime) -> None:
    if row.told_at is None:
        KnownRepair.objects.filter(pk=row.pk, told_at=None).delete()
    elif row.gone_at is None:
        _update(row, {"gone_at": now}, gone_at=None)
    elif now - row.gone_at >= STANDS_AFTER:
        with transaction.atomic():
            if _update(row, {"mended_at": now}, gone_at=row.gone_at):
                publish(RepairMended(repair=str(row.pk), code=row.code, severity=row.severity))


def _update(row: KnownRepair, values: dict[str, Any], **same: Any) -> bool:
    """Only where no other process was faster."""
    return bool(KnownRepair.objects.filter(pk=row.pk, mended_at=None, **same).update(**values))
