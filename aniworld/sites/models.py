"""The next free moment of each host, shared by all processes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class SiteSlot(models.Model):
    """Moments are seconds since the epoch: the web and the worker share one clock.

    ``held_until`` is what the host has asked for, ``noted_at`` when this was written.
    """

    site = models.CharField(max_length=255, unique=True)
    next_at = models.FloatField(default=0)
    held_until = models.FloatField(default=0)
    noted_at = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(next_at__gte=0), name="slot_not_negative"),
        ]

    def __str__(self) -> str:
        return self.site
