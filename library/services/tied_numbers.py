"""Ties to other sites, and links of single episodes, when a catalogue gives new numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from library.models import AnimeSeries, OwnLink, SeriesTie
from library.services.moving_rows import move_rows
from library.services.numbering import MAX_RANGES, MappingRange, Number, Range, ranges_from_json


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
    for tie in ties:
        ranges = ranges_from_json(tie.numbering)
        tie.numbering = [one.as_json() for one in renumbered(ranges, known, moves, gone)]
    SeriesTie.objects.bulk_update(ties, ["numbering"])


def renumbered(
    ranges: Iterable[Range],
    known: Collection[Number],
    moves: Mapping[Number, Number],
    gone: Collection[Number],
) -> list[Range]:
    """The ranges by which each episode is the same at the other site as before.

    A tie without ranges had the same numbers on both sides: now it needs some, and says nothing of
    episodes that are new. What cannot be told in as many ranges as there may be is left out.
    """
    before = list(ranges)
    pairs = {
        moves.get(number, number): there
        for number in known
        if number not in gone and (there := number_there(before, number)) is not None
    }
    return _in_runs(pairs)[:MAX_RANGES]


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
