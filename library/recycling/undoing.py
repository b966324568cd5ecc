"""Taking back what the journal says was moved into the bin: the functions behind its handles."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction

from aniworld.journal.errors import ChangedSince
from aniworld.journal.services import register_undo
from library.models import BinnedFile, ScanOperation
from library.recycling import restore
from library.recycling.restore import Taken
from library.recycling.write import RESTORE
from library.services.lookup import get_series
from library.services.numbering import Number
from library.services.numbers_then import numbers_now
from library.services.wanting import UNWANT, WANT, set_wanted


def register() -> None:
    register_undo(RESTORE, _restore)
    register_undo(WANT, _want, is_dated=True)
    register_undo(UNWANT, _unwant, is_dated=True)


def _restore(*, act: str, series: str = "") -> None:
    """Give the files of an act, or of one series in it, their places back, when the caller's
    transaction is done; what has replaced one goes into the bin."""
    try:
        rows = BinnedFile.objects.in_bin().filter(act=act)
        rows = rows.filter(series_key=series) if series else rows
        ids = list(rows.values_list("pk", flat=True))
    except ValidationError as error:  # no id at all
        raise ChangedSince from error
    if not ids:
        raise ChangedSince
    transaction.on_commit(partial(_carry_out, restore.begin(ids)))


def _carry_out(operation: ScanOperation) -> None:
    """Raises why nothing has come back."""
    outcome = restore.carry_out(operation, taken=Taken.SWAPPED)
    if outcome.left and not outcome.videos:
        raise outcome.left[0][1]


def _want(
    *, key: str, episodes: Sequence[Number], since: int, ids: Sequence[int] | None = None
) -> None:
    _set(key, episodes, ids, since, wanted=True)


def _unwant(
    *, key: str, episodes: Sequence[Number], since: int, ids: Sequence[int] | None = None
) -> None:
    _set(key, episodes, ids, since, wanted=False)


def _set(
    key: str, episodes: Sequence[Number], ids: Sequence[int] | None, since: int, *, wanted: bool
) -> None:
    series = get_series(key)
    named = [(season, number) for season, number in episodes]
    if not set_wanted(series, numbers_now(series, named, ids, since), wanted=wanted):
        raise ChangedSince
