"""What a catalogue has changed, as its readings have shown."""

from __future__ import annotations

from typing import Self, TypedDict

from django.db import models
from django.db.models import Q

from aniworld.web.mixins import is_one_of
from library.choices import CatalogueChangeKind
from library.models.series import AnimeSeries


class StoredEpisode(TypedDict):
    """An episode as a catalogue has listed it."""

    season: int
    episode: int
    title: str


class CatalogueChangeQuerySet(models.QuerySet["CatalogueChange"]):
    def newest_first(self) -> Self:
        return self.order_by("-at", "-id")

    def of_active(self) -> Self:
        """Of the series that the owner has not removed."""
        return self.filter(series__deleted_at=None)


class CatalogueChange(models.Model):
    """One episode that has come, gone, come back, or has another title or number.

    ``season`` and ``episode_number`` are those it has now, or had last. ``was`` and ``now`` are
    each a ``StoredEpisode``; null where it was not there before, or is not any more. Since when it
    is out in which language is not said here: that is ``Availability``.
    """

    # Its index is that by series below.
    series = models.ForeignKey(
        AnimeSeries, models.CASCADE, related_name="catalogue_changes", db_index=False
    )
    at = models.DateTimeField(help_text="When the reading was that has shown it.")
    kind = models.CharField(max_length=16, choices=CatalogueChangeKind)
    season = models.PositiveIntegerField()
    episode_number = models.PositiveIntegerField()
    was = models.JSONField(null=True, blank=True)
    now = models.JSONField(null=True, blank=True)

    objects = CatalogueChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "change of a catalogue"
        verbose_name_plural = "changes of catalogues"
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=is_one_of("kind", CatalogueChangeKind.values), name="change_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(season__gte=0, episode_number__gte=0),
                name="change_numbers_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["series", "-at", "-id"], name="change_of_series"),
            models.Index(fields=["-at", "-id"], name="change_newest_first"),
        ]

    def __str__(self) -> str:
        return f"S{self.season:02}E{self.episode_number:02} {self.kind} {self.at:%Y-%m-%d}"
