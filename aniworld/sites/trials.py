"""How far the last trial of each site came, step by step and hoster by hoster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from aniworld.sites.choices import TrialStep
from aniworld.sites.models import SiteTrial
from aniworld.web.texts import Told
from providers.coded import Coded

LARGEST = 2**31 - 1  # that the column holds
LONGEST_HOSTER = 64


@dataclass(frozen=True, slots=True)
class Tried:
    """One step of a trial.

    Attributes:
        hoster: "" for a step at the site itself.
        seconds: that it took.
        found: how many things were there, or bytes of a film; None where nothing is counted.
        error: what failed; None where it went well.
    """

    step: TrialStep
    hoster: str = ""
    seconds: float = 0.0
    found: int | None = None
    error: Coded | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A step as it is kept: see :class:`Tried`."""

    site: str
    step: TrialStep
    hoster: str
    at: datetime
    seconds: float
    found: int | None
    error: Told | None


def keep(site: str, steps: Sequence[Tried]) -> None:
    """Write a trial in the place of the one before it."""
    now = timezone.now()
    rows = [
        SiteTrial(
            site=site,
            hoster=one.hoster[:LONGEST_HOSTER],
            step=one.step,
            at=now,
            seconds=one.seconds,
            found=None if one.found is None else min(one.found, LARGEST),
            **SiteTrial.error.values(one.error),
        )
        for one in steps
    ]
    with transaction.atomic():
        SiteTrial.objects.filter(site=site).delete()
        SiteTrial.objects.bulk_create(rows)


def trials() -> list[Shown]:
    """The steps of the last trial of each site, in their order."""
    return [
        Shown(
            site=row.site,
            step=TrialStep(row.step),
            hoster=row.hoster,
            at=row.at,
            seconds=row.seconds,
            found=row.found,
            error=row.error,
        )
        for row in SiteTrial.objects.order_by("site", "pk")
    ]
