"""Links that an owner has given to single episodes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from aniworld.web.mixins import TimestampMixin
from library.models.series import AnimeSeries


class OwnLink(TimestampMixin):
    """Where one episode can be had, by its owner's word: that is asked before any site.

    ``language`` is what is spoken, and read, there.
    """

    # Its index is that of the constraint.
    series = models.ForeignKey(
        AnimeSeries, models.CASCADE, related_name="own_links", db_index=False
    )
    season = models.PositiveIntegerField()
    episode_number = models.PositiveIntegerField()
    link = models.CharField(max_length=2000)
    language = models.CharField(max_length=80)

    class Meta:
        verbose_name = "own link"
        ordering = ["series", "season", "episode_number"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "season", "episode_number"], name="own_link_once"
            ),
            models.CheckConstraint(condition=~Q(link=""), name="own_link_not_empty"),
        ]

    def __str__(self) -> str:
        return f"S{self.season:02}E{self.episode_number:02}"
