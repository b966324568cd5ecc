"""Ties to other sites, and links of single episodes, when a catalogue gives new numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from aniworld.journal.services import record
from library.entries import LibraryAction, about
from library.models import AnimeSeries, OwnLink, SeriesTie
from library.services.moving_rows import move_rows
from library.services.numbering import (
    MAX_NUMBER,
    MAX_RANGES,
    MappingRange,
    Number,
    Range,
    ranges_from_json,
)


def follow(
    series: AnimeSeries,
    known: Collection[Number],
    moves: Mapping[Number, Number],
    gone: Collection[Number],
) -> None:
    """Let ties and links lead to the same episodes as before. Call inside ``atomic()``.

    Args:
        known: the old numbers, of all episodes there were.
        moves: old number by new number.
        gone: old numbers whose episodes are no more.
    """
    move_rows(OwnLink.objects.filter(series=series), moves, gone)
    ties = list(SeriesTie.objects.filter(series=series).order_by("pk"))
    kept = []
    for tie in ties:
        ranges = renumbered(ranges_from_json(tie.numbering), known, moves, gone)
        if ranges:
            tie.numbering = [one.as_json() for one in ranges]
            kept.append(tie)
        else:  # without any range it would say that all numbers are the same
            _end(series, tie)
    SeriesTie.objects.bulk_update(kept, ["numbering"])


def _end(series: AnimeSeries, tie: SeriesTie) -> None:
    """None of the episodes that the tie was about is left."""
    facts = {"site": tie.site, "site_key": tie.site_key, "numbering": tie.numbering}
    record(LibraryAction.SERIES_UNTIED, on=about(series), before=facts)
    tie.delete()


def renumbered(
    ranges: Iterable[Range],
    known: Collection[Number],
    moves: Mapping[Number, Number],
    gone: Collection[Number],
) -> list[Range]:
    """The ranges by which each episode is the same at the other site as before.

    A tie without ranges had the same numbers on both sides: now it needs some. Those that ended its
    seasons go on for what is still to come; what came in between is in none, as nobody has said
    what that is there. What cannot be told in as many ranges as there may be is left out.
    """
    before = list(ranges)
    taken = set(moves.values())
    pairs = {
        moves.get(number, number): there
        for number in known
        if number not in gone
        and (number in moves or number not in taken)
        and (there := number_there(before, number)) is not None
    }
    return _open_ended(_in_runs(pairs)[:MAX_RANGES], before, known)


def _open_ended(
    runs: list[Range], before: Sequence[Range], known: Collection[Number]
) -> list[Range]:
    """The last run of a season reaches as far as the tie did, where nothing lies behind it on
    either side."""
    last_known: dict[int, int] = {}
    for season, number in known:
        last_known[season] = max(number, last_known.get(season, 0))
    found = []
    for run in runs:
        reached = _was_open(before, run, last_known)
        behind = any(
            other is not run
            and (
                (other.library_season, other.library_first > run.library_first)
                == (run.library_season, True)
                or (other.provider_season, other.provider_first > run.provider_first)
                == (run.provider_season, True)
            )
            for other in runs
        )
        found.append(replace(run, library_last=MAX_NUMBER) if reached and not behind else run)
    return found


def _was_open(before: Sequence[Range], run: Range, last_known: Mapping[int, int]) -> bool:
    """Whether the tie said something of episodes behind the last one of that season there."""
    if not before:
        return True
    return any(
        one.provider_season == run.provider_season
        and one.library_season is not None
        and one.library_last > last_known.get(one.library_season, 0)
        for one in before
    )


def number_there(numbering: Sequence[Range], number: Number) -> Number | None:
    """What an episode of the series' own catalogue is at the other site.

    Args:
        numbering: of the tie; none: both have the same numbers.

    Returns:
        None where the tie says nothing of the episode: it is not served there.
    """
    if not numbering:
        return number
    found = (entry.to_provider(*number) for entry in numbering)
    return next((there for there in found if there is not None), None)


def _in_runs(pairs: Mapping[Number, Number]) -> list[Range]:
    """Pairs as ranges: numbers that follow each other on both sides are one."""
    runs: list[MappingRange] = []
    for (season, number), (there_season, there) in sorted(pairs.items()):
        last = runs[-1] if runs else None
        if (
            last is not None
            and last["library_season"] == season
            and last["provider_season"] == there_season
            and number == last["library_last"] + 1
            and there == last["provider_first"] + number - last["library_first"]
        ):
            last["library_last"] = number
            continue
        runs.append(
            {
                "library_season": season,
                "library_first": number,
                "library_last": number,
                "provider_season": there_season,
                "provider_first": there,
            }
        )
    return [Range(**run) for run in runs]
