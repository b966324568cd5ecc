"""Doing what new numbers of a catalogue ask for, and holding a list nobody can be sure of.

Called while a catalogue's answer is written: see ``library.services.refresh``.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from aniworld.journal.services import record
from library import events
from library.choices import NumbersMean
from library.entries import LibraryAction, about
from library.errors import InvalidMapping
from library.leaving import Renumbered, holds, renumbers
from library.models import (
    Airing,
    AnimeSeries,
    Availability,
    BinnedFile,
    Episode,
    LostEpisode,
)
from library.models.series import StoredHeld, StoredPair
from library.services import tied_numbers
from library.services.moving_rows import move_rows
from library.services.numbering import MAX_RANGES, MappingRange, Number, Numbering
from library.services.remapped import Named, Renumbering, remapped
from library.services.renumbered import Compared, Listed, compare
from providers.base import EpisodeInfo

log = logging.getLogger(__name__)

PAIRS_SHOWN = 100
MANY = 20  # episodes; of fewer any may go
NAMED = 100  # moves in an entry of the journal
_AT_ONCE = 200
_LONGEST = 200  # characters of a title, as it is shown


@dataclass(frozen=True)
class Turn:
    """A new list of a series' episodes beside what is known of them."""

    series: AnimeSeries
    known: Mapping[Number, Episode]
    listed: Mapping[Number, EpisodeInfo]
    said: NumbersMean | None = None  # by the owner, of this very list

    @cached_property
    def compared(self) -> Compared:
        old = [
            Listed(
                number,
                one.title,
                one.original_title,
                weighs=one.file_id is not None,
                is_listed=one.listed,
            )
            for number, one in self.known.items()
            if one.listed or one.title or one.original_title
        ]
        new = [Listed(n, one.title, one.original_title) for n, one in self.listed.items()]
        return compare(old, new)

    @cached_property
    def mark(self) -> str:
        """Tells this list from others, by its numbers and titles."""
        told = sorted((n, one.title, one.original_title) for n, one in self.listed.items())
        return sha256(json.dumps(told).encode()).hexdigest()

    @property
    def _word(self) -> NumbersMean | None:
        held = self.series.held
        return self.said if held and held["mark"] == self.mark else None

    @cached_property
    def _pairs(self) -> Mapping[Number, Number]:
        if self._word == NumbersMean.AS_LISTED:
            return {number: number for number in self.known}
        if self._word == NumbersMean.SAME_EPISODES:
            return self.compared.likely
        return self.compared.pairs

    @cached_property
    def moves(self) -> dict[Number, Number]:
        return {old: new for old, new in self._pairs.items() if old != new}

    @cached_property
    def gone(self) -> set[Number]:
        """The numbers whose episodes are no more, and which another one has."""
        targets = set(self.moves.values())
        return {
            number
            for number, one in self.known.items()
            if number not in self._pairs
            and number in {*self.listed, *targets}
            and (one.listed or one.title or one.original_title)
        }

    @cached_property
    def mapping(self) -> list[MappingRange] | None:
        """The numbering by which the files keep their episodes; None where there is none."""
        before = {number for number, one in self.known.items() if one.listed}
        if not (self.moves or self.gone) and before == self.listed.keys():
            return list(self.series.mapping)
        numbering = Numbering.of(before, self.series.mapping)
        known = {n for n, one in self.known.items() if one.listed or one.title}
        change = Renumbering(self.moves, set(self.listed), self.gone, known)
        return remapped(list(_names(self.series)), numbering, change)

    @property
    def is_doubtful(self) -> bool:
        """Whether it is to be held until the owner has said what it means."""
        if self.series.first_read_at is None or self._word is not None:
            return False
        return self.has_lost_much or not self.compared.is_certain or self.mapping is None

    @property
    def has_lost_much(self) -> bool:
        """Whether more than half of a longer list is gone, as where a page came by half."""
        before = [number for number, one in self.known.items() if one.listed]
        kept = {self._pairs.get(number) for number in before} & self.listed.keys()
        return len(before) >= MANY and 2 * len(kept) < len(before)

    @property
    def changes_numbers(self) -> bool:
        if self.series.first_read_at is None:
            return False
        return bool(self.moves or self.gone or self.mapping != list(self.series.mapping))


def _names(series: AnimeSeries) -> Iterable[Named]:
    """The numbers in the names of all files that are the series', also of those in the bin."""
    files = series.files.filter(problem="").order_by("path")
    for season, episodes, absolute in files.values_list("season", "episodes", "absolute"):
        yield Named(season, tuple(episodes), tuple(absolute))
    for facts in BinnedFile.objects.filter(series=series).values_list("facts", flat=True):
        if facts and not facts.get("problem"):
            numbers = tuple(facts.get("episodes") or ()), tuple(facts.get("absolute") or ())
            yield Named(facts.get("season"), *numbers)


def renumber(turn: Turn) -> None:
    """Let everything that hangs on a number follow its episode. Call inside ``atomic()``.

    Raises:
        InvalidMapping: no ranges can say which file is which episode.
    """
    series, mapping = turn.series, turn.mapping
    if mapping is None:
        raise InvalidMapping(why="no_list", most=MAX_RANGES)
    if turn.moves or turn.gone:
        renumbers(series, Renumbered(turn.moves, turn.gone))
        for model in (Episode, Availability, LostEpisode, Airing):
            move_rows(model._default_manager.filter(series=series), turn.moves, turn.gone)
        tied_numbers.follow(series, set(turn.known), turn.moves, turn.gone)
        _follow_bin(turn)
    _record(turn, mapping)
    AnimeSeries.objects.filter(pk=series.pk).update(mapping=mapping)
    series.mapping = mapping
    log.info("series renumbered key=%s episodes=%d", series.key, len(turn.moves))


def _follow_bin(turn: Turn) -> None:
    """What is in the recycle bin is told by the numbers of its episodes."""
    taken = {*turn.gone, *turn.moves.values()}
    changed = []
    for row in BinnedFile.objects.filter(series=turn.series).only("pk", "episodes"):
        numbers = [(season, number) for season, number in row.episodes]
        now = [
            list(turn.moves.get(number, number))
            for number in numbers
            if number in turn.moves or number not in taken
        ]
        if now != row.episodes:
            row.episodes = now
            changed.append(row)
    BinnedFile.objects.bulk_update(changed, ["episodes"], batch_size=_AT_ONCE)


def _record(turn: Turn, mapping: list[MappingRange]) -> None:
    moves = sorted(turn.moves.items())
    is_moved = bool(moves or turn.gone)  # see ``library.services.numbers_then``
    record(
        LibraryAction.CATALOGUE_RENUMBERED if is_moved else LibraryAction.SERIES_RENUMBERED,
        on=about(turn.series),
        before={"mapping": turn.series.mapping},
        after={
            "mapping": mapping,
            "count": len(moves),
            "moves": [list(pair) for pair in moves[:NAMED]],
            "gone": sorted(turn.gone)[:NAMED],
        },
    )


def hold(turn: Turn, now: datetime) -> None:
    """Leave what is known as it is until the owner has said what the new list means. Call inside
    ``atomic()``."""
    series = turn.series
    seen = _seen(turn, now)
    if series.held and series.held["mark"] == seen["mark"]:
        return
    holds(series, is_held=True)
    if not series.catalogue_held:
        record(
            LibraryAction.CATALOGUE_HELD,
            on=about(series),
            after={"count": seen["count"], "doubts": seen["doubts"]},
        )
    _set_held(series, seen)
    events.catalogue_changed(series, {})
    log.warning("catalogue held key=%s doubts=%d", series.key, seen["doubts"])


def release(series: AnimeSeries) -> None:
    """The list is known again, or taken over. Call inside ``atomic()``."""
    if series.catalogue_held:
        holds(series, is_held=False)
        _set_held(series, None)


def _set_held(series: AnimeSeries, held: StoredHeld | None) -> None:
    series.held, series.catalogue_held = held, held is not None
    AnimeSeries.objects.filter(pk=series.pk).update(held=held, catalogue_held=held is not None)


def _seen(turn: Turn, now: datetime) -> StoredHeld:
    compared = turn.compared
    numbers = {n: new for n, new in compared.pairs.items() if n != new} | dict(compared.doubts)
    pairs = [_pair(turn, old, numbers[old]) for old in sorted(numbers)[:PAIRS_SHOWN]]
    return {
        "mark": turn.mark,
        "at": now.isoformat(),
        "count": len(numbers),
        "doubts": len(compared.doubts),
        "episodes": len(turn.listed),
        "pairs": pairs,
    }


def _pair(turn: Turn, old: Number, new: Number | None) -> StoredPair:
    was, now = turn.known[old], turn.listed.get(new) if new else None
    return {
        "was": list(old),
        "title_was": (was.title or was.original_title)[:_LONGEST],
        "now": list(new) if new else None,
        "title_now": (now.title or now.original_title)[:_LONGEST] if now else "",
        "is_sure": old not in turn.compared.doubts,
    }
