"""Giving the rows of a series' episodes other numbers, in whichever table they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import F, QuerySet

from library.services.numbering import MAX_NUMBER, Number

# Rows that change places meet on the way: they go by numbers that no episode has.
_BESIDE = 10 * MAX_NUMBER
_AT_ONCE = 200


def move_rows(
    rows: QuerySet[Any], moves: Mapping[Number, Number], freed: Collection[Number]
) -> None:
    """Renumber rows with the columns ``season`` and ``episode_number``. Call inside ``atomic()``.

    Args:
        rows: all of one series.
        moves: old number by new number.
        freed: numbers whose rows go, as those do that stand where another one goes to.
    """
    taken = {*moves.values(), *freed}
    moving, going = [], []
    for row in rows.only("pk", "season", "episode_number"):
        number = (row.season, row.episode_number)
        if number in moves:
            row.season, row.episode_number = moves[number]
            moving.append(row)
        elif number in taken:
            going.append(row.pk)
    for start in range(0, len(going), _AT_ONCE):
        rows.model._default_manager.filter(pk__in=going[start : start + _AT_ONCE]).delete()
    for start in range(0, len(moving), _AT_ONCE):
        ids = [row.pk for row in moving[start : start + _AT_ONCE]]
        aside = rows.model._default_manager.filter(pk__in=ids)
        aside.update(episode_number=F("episode_number") + _BESIDE)
    rows.model._default_manager.bulk_update(
        moving, ["season", "episode_number"], batch_size=_AT_ONCE
    )
