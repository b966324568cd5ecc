"""Suggested numberings of series: looked for where they are shown, applied or dismissed by a word.

Nothing is kept but what was dismissed: files and catalogue say at each look what there is to
suggest, so that no scan takes longer for it and nothing that is told is out of date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from aniworld.journal.services import Undo, record
from library.entries import LibraryAction, about
from library.errors import SuggestionGone
from library.models import AnimeSeries, Episode, MediaFile
from library.models.series import LOCAL, AnimeSeriesQuerySet
from library.services.numbering import Number, ranges_from_json
from library.services.numbering_guesses import Seen, Sight
from library.services.numbering_review import Suggestion, TitleFinder, review
from library.services.remapped import Named
from library.services.series import set_mapping

HEED = "series.heed_numbers"  # the function behind the handle
MOST_DISMISSED = 50  # of one series; the oldest are forgotten

_OF_EPISODE = ("series_id", "season", "episode_number", "title", "original_title", "listed")
_OF_FILE = ("series_id", "pk", "path", "season", "episodes", "absolute", "problem")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A series whose files and catalogue may not fit. ``astray`` files stand for no listed
    episode."""

    series: AnimeSeries
    astray: int
    suggestions: tuple[Suggestion, ...]


def suggestions_of(
    series: AnimeSeries,
    *,
    episodes: Iterable[Episode] | None = None,
    files: Iterable[MediaFile] | None = None,
) -> tuple[Suggestion, ...]:
    """The numberings that may be meant, but for those that were dismissed.

    Args:
        episodes, files: all of the series, where they are at hand already.
    """
    if not _may_be_reviewed(series):
        return ()
    if episodes is None:
        episodes = series.episodes.filter(listed=True)
    if files is None:
        files = series.files.filter(problem="")
    return _reviewed(series, list(episodes), list(files)).suggestions


def review_all(rows: Sequence[AnimeSeries]) -> list[Reviewed]:
    """What may be meant for each of some series, in two queries."""
    found: dict[int, tuple[list[Episode], list[MediaFile]]] = {row.pk: ([], []) for row in rows}
    episodes = Episode.objects.filter(series__in=found, listed=True).only(*_OF_EPISODE)
    for episode in episodes.order_by():
        found[episode.series_id][0].append(episode)
    for file in MediaFile.objects.filter(series__in=found, problem="").only(*_OF_FILE):
        if file.series_id is not None:
            found[file.series_id][1].append(file)
    return [_reviewed(row, *found[row.pk]) for row in rows]


def waiting() -> AnimeSeriesQuerySet:
    """Series with files that stand for no listed episode, by what the tables say: an episode that
    is there and not listed, or a file that counts over all and has none."""
    own = {"series": OuterRef("pk")}
    unlisted = Episode.objects.filter(**own, listed=False, file__isnull=False)
    unplaced = MediaFile.objects.filter(
        **own, problem="", season=None, episodes_here=None
    ).order_by()
    active = AnimeSeries.objects.active().filter(refreshed_at__isnull=False, catalogue_held=False)
    return active.exclude(site=LOCAL).filter(Q(Exists(unlisted)) | Q(Exists(unplaced)))


def apply_suggestion(series: AnimeSeries, mark: str) -> AnimeSeries:
    """Add a suggested numbering to the series' own.

    Args:
        mark: of the suggestion.

    Raises:
        SuggestionGone: it is suggested no more.
    """
    with transaction.atomic():
        row = AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
        suggestion = _suggested(row, mark)
        return set_mapping(row, [*row.mapping, *suggestion.mapping])


def dismiss_suggestion(series: AnimeSeries, mark: str) -> AnimeSeries:
    """Suggest this numbering no more; one with other ranges, or better founded, is suggested.

    Args:
        mark: of the suggestion.

    Raises:
        SuggestionGone: it is suggested no more.
    """
    with transaction.atomic():
        row = AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
        suggestion = _suggested(row, mark)
        record(
            LibraryAction.NUMBERS_DISMISSED,
            on=about(row),
            before={"suggested": suggestion.mapping},
            undo=Undo(HEED, {"key": row.key, "mark": mark}),
        )
        row.dismissed_numbers = [*row.dismissed_numbers, mark][-MOST_DISMISSED:]
        row.save(update_fields=["dismissed_numbers", "updated_at"])
    series.dismissed_numbers = row.dismissed_numbers
    return series


def heed_suggestion(series: AnimeSeries, mark: str) -> None:
    """Suggest again what was dismissed."""
    with transaction.atomic():
        row = AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
        if mark not in row.dismissed_numbers:
            return
        record(LibraryAction.NUMBERS_HEEDED, on=about(row))
        row.dismissed_numbers = [one for one in row.dismissed_numbers if one != mark]
        row.save(update_fields=["dismissed_numbers", "updated_at"])


def _suggested(series: AnimeSeries, mark: str) -> Suggestion:
    for suggestion in suggestions_of(series):
        if suggestion.mark == mark:
            return suggestion
    raise SuggestionGone(name=series.name)


def _may_be_reviewed(series: AnimeSeries) -> bool:
    """Whether there is a catalogue that is believed."""
    is_read = not series.is_local and series.refreshed_at is not None
    return is_read and not series.catalogue_held and not series.is_deleted


def _reviewed(
    series: AnimeSeries, episodes: Sequence[Episode], files: Sequence[MediaFile]
) -> Reviewed:
    sight = _sight(series, episodes, files)
    if not _may_be_reviewed(series):
        return Reviewed(series, len(sight.astray), ())
    dismissed = set(series.dismissed_numbers)
    found = tuple(one for one in review(sight) if one.mark not in dismissed)
    return Reviewed(series, len(sight.astray), found)


def _sight(series: AnimeSeries, episodes: Sequence[Episode], files: Sequence[MediaFile]) -> Sight:
    titles: Mapping[Number, Sequence[str]] = {
        (one.season, one.episode_number): (one.title, one.original_title)
        for one in episodes
        if one.listed
    }
    finder = TitleFinder(titles.items(), (series.name, *series.alternative_names))
    seen = [
        Seen(
            one.pk,
            one.path,
            Named(one.season, tuple(one.episodes), tuple(one.absolute)),
            finder.find(one.path),
        )
        for one in files
        if not one.problem and (one.episodes or one.absolute)
    ]
    return Sight(list(titles), seen, ranges_from_json(series.mapping))
