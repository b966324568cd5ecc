"""What every table of the product shares. Abstract only: this package is no app."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from functools import reduce

from django.db import models
from django.utils import timezone


def is_one_of(field: str, values: Iterable[str]) -> models.Q:
    """The condition that a column holds one of these, the likeliest first, as comparisons.

    SQLite builds a table in memory for an ``IN`` of three or more, a quarter of what it takes to
    insert an episode.
    """
    return reduce(operator.or_, (models.Q(**{field: value}) for value in values))


class TimestampMixin(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class SoftDeleteMixin(models.Model):
    """A row that can be taken away and brought back."""

    deleted_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        abstract = True

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    def soft_delete(self) -> None:
        """Mark the row as deleted and save that one field."""
        self.deleted_at = timezone.now()
        self.save(update_fields=["deleted_at"])

    def restore(self) -> None:
        """Take the mark away again."""
        self.deleted_at = None
        self.save(update_fields=["deleted_at"])
