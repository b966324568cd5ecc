"""Which seasons and episodes a described site has of a series, and what is filled in of each."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from providers.base import EpisodeInfo, EpisodeKind
from providers.errors import DefinitionMismatch, NotFound
from providers.sites.described.definition import Definition, Step
from providers.sites.described.reading import Row, Run
from providers.sites.described.trace import MOST_SEASONS
from providers.sites.described.values import place_in
from providers.sites.described.words import hoster_of, languages_of

logger = logging.getLogger(__name__)

_KINDS = {
    **{kind.value.casefold(): kind for kind in EpisodeKind},
    "movie": EpisodeKind.FILM,
    "ova": EpisodeKind.SPECIAL,
}
_OF_EPISODES = frozenset({"episode_id", "episode_link"})
_OF_SEASONS = frozenset({"season_id", "season_link"})
_OF_SERIES = frozenset({"series_id", "series_link"})
HIGHEST_SEASON = 999  # as high as the border lets one be
_UNAVAILABLE = frozenset({"", "0", "false", "no", "null"})


@dataclass(frozen=True, slots=True)
class Listed:
    """An episode, and what the steps that follow fill in of it."""

    info: EpisodeInfo
    names: Mapping[str, str]


class Lister:
    """Reads the episodes of a series. ``name`` and ``label`` are the site's."""

    def __init__(
        self, definition: Definition, *, name: str, label: str, known_hosters: Collection[str]
    ) -> None:
        self._definition = definition
        self._name = name
        self._label = label
        self._known_hosters = known_hosters

    def head(self, run: Run, key: str) -> Row:
        rows = run.rows(self._definition.steps["series"], {"key": key})
        if not rows:
            raise NotFound(why="disabled", site=self._label)
        return rows[0]

    def _series_names(self, run: Run, key: str, steps: Sequence[Step]) -> dict[str, str]:
        """What is filled in of a series; it is asked only where a step wants that."""
        names = {"key": key}
        if any(step.names & _OF_SERIES for step in steps):
            row = self.head(run, key)
            names |= {"series_id": row.text("id"), "series_link": row.link("link")}
        return names

    def listing(self, run: Run, key: str) -> list[Listed]:
        steps = self._definition.steps
        wanted = [steps[name] for name in ("seasons", "episodes", "films") if name in steps]
        names = self._series_names(run, key, wanted)
        found: list[Listed] = []
        if "episodes" in steps:
            for season in self.seasons(run, names):
                found += self._of_season(run, steps["episodes"], names, season)
        if "films" in steps:
            found += map(_as_film, self._films(run, steps["films"], names))
        return _together(found)

    def _films(self, run: Run, step: Step, names: Mapping[str, str]) -> list[Listed]:
        try:
            return self._episodes_of(run, step, {**names, "season": "0"})
        except NotFound:
            if "episodes" not in self._definition.steps:
                raise
            # The episodes were there just now: the series has no page of films, as many have none.
            return []

    def _of_season(
        self, run: Run, step: Step, names: Mapping[str, str], season: Mapping[str, str]
    ) -> list[Listed]:
        try:
            return self._episodes_of(run, step, {**names, **season})
        except NotFound as error:
            if not season:
                raise
            # It is listed, so that the series is there: this says nothing of that.
            missing = f"the page of season {season['season']}"
            raise DefinitionMismatch(step.name, missing, url=error.url) from error

    def seasons(self, run: Run, names: Mapping[str, str]) -> list[dict[str, str]]:
        """What is filled in of each season; of a site that lists none, one with nothing in it."""
        step = self._definition.steps.get("seasons")
        if step is None:
            return [{}]
        used = self._definition.steps["episodes"].names & (_OF_SEASONS | {"season"})
        seasons: dict[tuple[str, ...], dict[str, str]] = {}
        for row in run.rows(step, names):
            number = row.number("number")
            if number is None or number > HIGHEST_SEASON:
                logger.info("site=%s season without a usable number left out", self._name)
                continue
            season = {"season": str(number), "season_id": row.text("id")}
            season["season_link"] = row.link("link")
            # The same page may be listed above the episodes and below them.
            page = tuple(season[name] for name in sorted(used | {"season"})) if used else ()
            seasons.setdefault(page, season)
        if not seasons:
            raise DefinitionMismatch("seasons", f"number ({step.fields['number'].words})")
        listed = list(seasons.values())
        return listed[:MOST_SEASONS] if run.is_trial else listed

    def _episodes_of(self, run: Run, step: Step, names: Mapping[str, str]) -> list[Listed]:
        """The episodes of one season, over all editions of the page."""
        found: list[Listed] = []
        counted: dict[int, int] = {}
        rows = self.in_editions(run, step, names)
        for language, row in rows:
            season, number = self.place(row, self._names_of(row, names))
            if number is None and not {"number", "place"} & set(step.fields):
                counted[season] = counted.get(season, 0) + 1
                number = counted[season]
            if number is not None:
                found.append(self._listed(step, row, (season, number), names, language))
        if rows and not found:
            told = step.fields.get("number") or step.fields["place"]
            raise DefinitionMismatch(step.name, f"number ({told.words})")
        return found

    def _names_of(self, row: Row, names: Mapping[str, str]) -> Mapping[str, str]:
        """A film or special among the episodes is one of season 0, where nothing says another."""
        kind = _KINDS.get(row.text("kind").casefold(), EpisodeKind.EPISODE)
        is_apart = kind is not EpisodeKind.EPISODE and "season" not in names
        return {**names, "season": "0"} if is_apart else names

    def in_editions(self, run: Run, step: Step, names: Mapping[str, str]) -> list[tuple[str, Row]]:
        """The rows with the language of the edition they come from; empty of no edition.

        Raises:
            NotFound: there is no edition of the page.
        """
        if not (self._definition.editions and "edition" in step.names):
            return [("", row) for row in run.rows(step, names)]
        rows: list[tuple[str, Row]] = []
        missing: list[NotFound] = []
        for edition in self._definition.editions:
            try:
                found = run.rows(step, {**names, "edition": edition.value})
            except NotFound as error:
                missing.append(error)
                continue
            rows += [(edition.language, row) for row in found]
        if len(missing) == len(self._definition.editions):
            raise missing[0]
        return rows

    def place(self, row: Row, names: Mapping[str, str]) -> tuple[int, int | None]:
        """Season and number of a row; no number where there is none in it."""
        place = place_in(row.text("place")) or (None, None)
        season = row.number("season")
        if season is None:
            season = place[0]
        if season is None:
            season = int(names["season"]) if "season" in names else self._definition.season
        number = row.number("number")
        return season, place[1] if number is None else number

    def _listed(
        self, step: Step, row: Row, place: tuple[int, int], names: Mapping[str, str], language: str
    ) -> Listed:
        kind = _KINDS.get(row.text("kind").casefold(), EpisodeKind.EPISODE)
        info = EpisodeInfo(
            season=place[0],
            number=place[1],
            title=row.text("title"),
            original_title=row.text("original_title"),
            kind=kind,
            languages=self._languages(step, row, language),
            hosters=self._hosters(step, row),
        )
        told = {"episode_id": row.text("id"), "episode_link": row.link("link")}
        seasonal = {name: names[name] for name in _OF_SEASONS if name in names}
        return Listed(info, {**seasonal, **told})

    def _languages(self, step: Step, row: Row, language: str) -> tuple[str, ...]:
        if "languages" in step.fields:
            return languages_of(row.all("languages"), self._definition)
        told = language or self._definition.language
        return (told,) if told else ()

    def _hosters(self, step: Step, row: Row) -> tuple[str, ...]:
        """Who serves an episode, as far as its row tells: nobody where it is only announced."""
        if "available" in step.fields and row.text("available").casefold() in _UNAVAILABLE:
            return ()
        if "hosters" not in step.fields:
            return tuple(dict.fromkeys(self._definition.hosters.values())) or ("direct",)
        told = (
            hoster_of(word, "", self._definition, self._known_hosters)
            for word in row.all("hosters")
        )
        return tuple(dict.fromkeys(told))

    def needed_names(
        self, run: Run, step: Step, key: str, season: int, episode: int
    ) -> dict[str, str]:
        """What the step of an episode's sources fills in of it; asked for only where it does.

        Raises:
            NotFound: there is no such episode.
        """
        names = self._series_names(run, key, [step])
        if step.names & _OF_EPISODES:
            for one in self.listing(run, key):
                if (one.info.season, one.info.number) == (season, episode):
                    return {**names, **one.names}
            raise NotFound(why="episode", site=self._label)
        if step.names & _OF_SEASONS:
            for one_season in self.seasons(run, names):
                if one_season.get("season") == str(season):
                    return {**names, **one_season}
            raise NotFound(why="episode", site=self._label)
        return names


def _as_film(one: Listed) -> Listed:
    kind = EpisodeKind.FILM if one.info.kind is EpisodeKind.EPISODE else one.info.kind
    return replace(one, info=replace(one.info, season=0, kind=kind))


def _together(found: Sequence[Listed]) -> list[Listed]:
    """Each episode once, in their order, with the languages and hosters of all of its rows."""
    known: dict[tuple[int, int], Listed] = {}
    for one in found:
        place = (one.info.season, one.info.number)
        before = known.get(place)
        if before is None:
            known[place] = one
            continue
        info = replace(
            before.info,
            languages=tuple(dict.fromkeys((*before.info.languages, *one.info.languages))),
            hosters=tuple(dict.fromkeys((*before.info.hosters, *one.info.hosters))),
        )
        known[place] = replace(before, info=info)
    return [known[place] for place in sorted(known)]
