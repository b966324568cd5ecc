"""Telling what a reading of a catalogue has brought: episodes, and languages of those that were
out."""

from __future__ import annotations

from collections import defaultdict

from library import events
from library.models import AnimeSeries
from library.services.availability import Changes
from library.services.numbering import Number


def tell(series: AnimeSeries, changes: Changes) -> None:
    """In the transaction that writes them. Of a series that nobody monitors, and of one whose
    catalogue is read for the first time, there is nothing to tell."""
    if not series.monitored or series.first_read_at is None:
        return
    if changes.first:
        events.episodes_appeared(series, sorted(changes.first))
    languages: dict[str, list[Number]] = defaultdict(list)
    for number, language in changes.new:
        if number not in changes.first:
            languages[language].append(number)
    for language, numbers in sorted(languages.items()):
        events.language_arrived(series, language, sorted(numbers))
