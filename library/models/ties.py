"""At which other sites a series is served."""

from __future__ import annotations

from django.db import models

from aniworld.web.mixins import TimestampMixin
from library.models.series import AnimeSeries


class SeriesTie(TimestampMixin):
    """The owner's word that a series of another site is this one.

    ``position`` is its place in the order in which its sites are asked, after the series' own.
    ``numbering`` leads from the numbers of the series' own catalogue to those of that site; without
    any both have the same numbers.
    """

    # Its index is that of the constraint.
    series = models.ForeignKey(AnimeSeries, models.CASCADE, related_name="ties", db_index=False)
    site = models.CharField(max_length=64)
    site_key = models.CharField(max_length=255)
    name = models.CharField(max_length=500, help_text="What the series is called there.")
    link = models.CharField(max_length=2000, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    numbering = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = "tie of a series"
        verbose_name_plural = "ties of series"
        ordering = ["series", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["series", "site", "site_key"], name="series_tie_once"),
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.site_key}"
