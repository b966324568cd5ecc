"""What was believed to be deleted, and not confirmed by the owner."""

from __future__ import annotations

from django.db import models

from library.models.series import AnimeSeries


class LostEpisode(models.Model):
    """An episode whose last file a scan has found gone, too little to be asked about.

    Kept for a while, so that many small losses are seen as one. It says nothing of the episode as
    it is now; the owner's word ends it.
    """

    # Its index is that of the constraint.
    series = models.ForeignKey(AnimeSeries, models.CASCADE, related_name="+", db_index=False)
    season = models.PositiveIntegerField()
    episode_number = models.PositiveIntegerField()
    lost_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "season", "episode_number"], name="lost_episode_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"S{self.season:02}E{self.episode_number:02}"
