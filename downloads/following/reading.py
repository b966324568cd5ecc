"""The facts that decisions are made of, for many series at once.

A fixed number of queries for each portion of series, whatever they hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast

from aniworld.config.schema import Config
from downloads.following.decisions import Facts, Followed
from downloads.following.policy import Policy, at_once, ranks_of
from downloads.models import AutomaticPick, DownloadQueueItem
from library.choices import EpisodeState, KeepFiles
from library.models import AnimeSeries, Availability, Episode, MediaFile
from library.models.series import AnimeSeriesQuerySet
from library.services.numbering import Number
from library.services.settle import numberings_of

SERIES_AT_ONCE = 400  # named twice in a statement; SQLite takes 999 parameters where it is old

Place = tuple[int, int, int]  # series, season, episode
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """A series that is followed, and the episodes there is something to decide about."""

    pk: int
    key: str
    name: str
    folder: str
    followed: Followed
    policy: Policy
    episodes: tuple[Facts, ...] = ()


_COLUMNS = (
    *("pk", "key", "name", "folder", "follow", "follow_season", "follow_since", "first_read_at"),
    *("monitored", "languages", "language_ranks", "keep_files", "catalogue_held"),
)


def read(
    config: Config, series: AnimeSeriesQuerySet | None = None, *, everything: bool = False
) -> Iterator[SeriesFacts]:
    """Read the followed series, a portion at a time.

    Args:
        series: only these; all that are followed where not given.
        everything: also the episodes that are on disk and stay as they are: for whoever asks why.
    """
    chosen = AnimeSeries.objects.followed() if series is None else series
    known = [_head(row, config) for row in chosen.order_by("pk").only(*_COLUMNS)]
    for start in range(0, len(known), SERIES_AT_ONCE):
        yield from _with_episodes(known[start : start + SERIES_AT_ONCE], everything=everything)


def _head(series: AnimeSeries, config: Config) -> SeriesFacts:
    followed = Followed(
        follow=series.follow,
        season=series.follow_season,
        since=series.follow_since,
        first_read=series.first_read_at,
        is_monitored=series.monitored,
        is_held=series.catalogue_held,
    )
    policy = policy_of(series, config)
    return SeriesFacts(series.pk, series.key, series.name, series.folder, followed, policy)


def policy_of(series: AnimeSeries, config: Config) -> Policy:
    """The policy of a series: its own, else that of the settings, else the order of languages."""
    written = series.language_ranks or config.following.ranks
    preferred = series.languages or config.providers.languages
    found = ranks_of(written) if written else at_once(preferred)
    keeps = series.keep_files or config.following.keep
    return Policy(found, keeps_both=keeps == KeepFiles.BOTH, replaces=keeps == KeepFiles.REPLACE)


def _with_episodes(known: Sequence[SeriesFacts], *, everything: bool) -> Iterator[SeriesFacts]:
    ids = [one.pk for one in known]
    both = [one.pk for one in known if one.policy.takes_better]
    wanted = Q() if everything else ~Q(state=EpisodeState.PRESENT) | Q(series_id__in=both)
    rows = _Rows.read(ids, both, wanted)
    for one in known:
        yield replace(one, episodes=tuple(rows.facts(one)))


@dataclass(slots=True)
class _Rows:
    """What the tables hold of a portion of series, by episode."""

    episodes: dict[int, list[tuple[int, int, str, bool, bool]]]
    out: dict[Place, set[str]]
    first: dict[Place, datetime]
    queued: set[Place]
    picked: dict[Place, list[tuple[str, datetime]]]
    on_disk: dict[Place, set[str]]
    shared: set[Place]
    _same: dict[frozenset[str], frozenset[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, ids: Sequence[int], both: Sequence[int], wanted: Q) -> _Rows:
        episodes: dict[int, list[tuple[int, int, str, bool, bool]]] = defaultdict(list)
        listed = Episode.objects.filter(wanted, series_id__in=ids).order_by(
            "series", "season", "episode_number"
        )
        names = ("series_id", "season", "episode_number", "state", "listed", "unwanted")
        for series_id, *episode in listed.values_list(*names):
            episodes[series_id].append(tuple(episode))
        out, first = _availability(ids, wanted)
        unfinished = DownloadQueueItem.objects.unfinished().filter(series_id__in=ids)
        queued = set(unfinished.values_list("series_id", "season", "episode_number"))
        return cls(episodes, out, first, queued, _picked(ids), *_on_disk(both))

    def facts(self, series: SeriesFacts) -> Iterator[Facts]:
        for season, number, state, is_listed, unwanted in self.episodes.get(series.pk, ()):
            place = (series.pk, season, number)
            yield Facts(
                season,
                number,
                state,
                is_listed,
                out=self._known(self.out, place),
                first_out=self.first.get(place),
                is_queued=place in self.queued,
                picked=self._picked_since(place, series.followed.since),
                on_disk=self._known(self.on_disk, place),
                is_wanted=not unwanted,
                is_shared=place in self.shared,
            )

    def _picked_since(self, place: Place, since: datetime | None) -> frozenset[str]:
        if place not in self.picked:
            return _NOTHING
        picked = self.picked[place]
        return frozenset(name for name, at in picked if since is None or at >= since)

    def _known(self, known: Mapping[Place, set[str]], place: Place) -> frozenset[str]:
        """The languages of a place; one set for all episodes that have the same."""
        if place not in known:
            return _NOTHING
        found = frozenset(known[place])
        return self._same.setdefault(found, found)


def _availability(
    ids: Sequence[int], wanted: Q
) -> tuple[dict[Place, set[str]], dict[Place, datetime]]:
    """The languages each episode is out in, and when it first had a source."""
    same = {name: OuterRef(name) for name in ("series_id", "season", "episode_number")}
    rows = Availability.objects.filter(series_id__in=ids)
    rows = rows.filter(Exists(Episode.objects.filter(wanted, **same))).order_by()
    # As text: one reading of a catalogue gives all its episodes the same moment, which need not be
    # made of it a hundred thousand times.
    rows = rows.annotate(seen=Cast("first_seen_at", TextField()), gone=Cast("gone_at", TextField()))
    moments = _Moments()
    out: dict[Place, set[str]] = {}
    first: dict[Place, datetime] = {}
    for series_id, season, number, language, seen, gone in rows.values_list(
        "series_id", "season", "episode_number", "language", "seen", "gone"
    ):
        place = (series_id, season, number)
        moment = moments[seen]
        known = first.get(place)
        if known is None or moment < known:
            first[place] = moment
        if gone is None:
            if place in out:
                out[place].add(language)
            else:
                out[place] = {language}
    return out, first


class _Moments(dict[str, datetime]):
    """Moments by how a database writes them: SQLite without their zone, which is UTC."""

    def __missing__(self, written: str) -> datetime:
        moment = datetime.fromisoformat(written)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        self[written] = moment
        return moment


def _picked(ids: Sequence[int]) -> dict[Place, list[tuple[str, datetime]]]:
    picked: dict[Place, list[tuple[str, datetime]]] = defaultdict(list)
    rows = AutomaticPick.objects.filter(series_id__in=ids)
    for series_id, season, number, language, at in rows.values_list(
        "series_id", "season", "episode_number", "language", "picked_at"
    ):
        picked[series_id, season, number].append((language, at))
    return picked


def _on_disk(ids: Sequence[int]) -> tuple[dict[Place, set[str]], set[Place]]:
    """The languages of the files of each episode of these series, and those that share one."""
    if not ids:
        return {}, set()
    numberings = numberings_of(ids)
    found: dict[Place, set[str]] = defaultdict(set)
    shared: set[Place] = set()
    files = MediaFile.objects.present().filter(series_id__in=ids, problem="").order_by()
    for series_id, season, episodes, absolute, language in files.values_list(
        "series_id", "season", "episodes", "absolute", "language"
    ):
        numbers: Sequence[Number] = numberings[series_id].place(season, episodes, absolute).numbers
        for number in numbers:
            found[series_id, *number].add(language)
            if len(numbers) > 1:
                shared.add((series_id, *number))
    return found, shared
