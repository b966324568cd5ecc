"""Since when an episode can be had in a language."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from library.models.series import AnimeSeries

LONGEST_LANGUAGE = 80


class Availability(models.Model):
    """One episode in one language, as its catalogue has listed it with a hoster.

    It is of a number rather than of an ``Episode``: that row goes when the catalogue withdraws the
    episode, and what is known of its days stays. ``first_seen_at`` is when a reading of the
    catalogue first listed it; of what was there at the first reading of a series, that reading.
    ``gone_at`` is when one listed it no more; null while it does. What comes back keeps its day.
    ``is_news`` tells that it came after the first reading: of the rest nobody knows the day.
    """

    # Its index is that of the unique constraint below.
    series = models.ForeignKey(
        AnimeSeries, models.CASCADE, related_name="availability", db_index=False
    )
    season = models.PositiveIntegerField()
    episode_number = models.PositiveIntegerField()
    language = models.CharField(max_length=LONGEST_LANGUAGE)
    first_seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)
    is_news = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name_plural = "availability"
        ordering = ["series", "season", "episode_number", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "season", "episode_number", "language"],
                name="availability_unique",
            ),
            models.CheckConstraint(condition=~Q(language=""), name="availability_has_language"),
            models.CheckConstraint(
                condition=Q(season__gte=0, episode_number__gte=0),
                name="availability_numbers_not_negative",
            ),
        ]
        indexes = [
            # A first reading has the same day for all that it lists: the days of a calendar must
            # not be looked for among that.
            models.Index(
                fields=["first_seen_at"],
                condition=Q(is_news=True, gone_at=None),
                name="availability_news_by_day",
            ),
        ]

    def __str__(self) -> str:
        return f"S{self.season:02}E{self.episode_number:02} {self.language}"
