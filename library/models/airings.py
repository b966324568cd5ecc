"""When the sites say that episodes come."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from library.models.availability import LONGEST_LANGUAGE
from library.models.series import AnimeSeries


class Airing(models.Model):
    """One episode, in one language where the site says which, and when it is to come.

    It is of a number, as ``Availability`` is: the catalogue may not list the episode yet. ``at`` is
    the moment where the site says a time; without one it is the beginning in UTC of the day that
    the site says, and stands for that day alone, wherever one is.
    """

    series = models.ForeignKey(AnimeSeries, models.CASCADE, related_name="airings", db_index=False)
    season = models.PositiveIntegerField()
    episode_number = models.PositiveIntegerField()
    language = models.CharField(max_length=LONGEST_LANGUAGE, blank=True, default="")
    at = models.DateTimeField(db_index=True)
    has_time = models.BooleanField(default=False)
    noted_at = models.DateTimeField(help_text="When the site first said so.")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "season", "episode_number", "language", "at"],
                name="airing_unique",
            ),
            models.CheckConstraint(
                condition=Q(season__gte=0, episode_number__gte=0),
                name="airing_numbers_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"S{self.season:02}E{self.episode_number:02} {self.at:%Y-%m-%d}"
