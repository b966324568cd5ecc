"""How a user wants to look at the library again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from aniworld.web.mixins import TimestampMixin

LONGEST_NAME = 60
LONGEST_QUERY = 1_000  # of an address


class SavedView(TimestampMixin):
    """A choice of filters, order and columns under a name. ``query`` is what the address of the
    library says then."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(max_length=LONGEST_NAME)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="savedview_named"),
            models.UniqueConstraint("user", Lower("name"), name="savedview_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name
