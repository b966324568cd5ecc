"""A catalogue that a definition describes: which steps answer which question."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from providers import asking
from providers.base import (
    Airing,
    EpisodeInfo,
    NewEpisode,
    SearchResult,
    SeriesInfo,
    Source,
)
from providers.errors import (
    DecoderOutdated,
    DefinitionMismatch,
    MediaGone,
    NotFound,
    UnsupportedHoster,
)
from providers.http import HttpClient
from providers.sites.bases import Bases
from providers.sites.catalogue import Catalogue
from providers.sites.described.definition import Definition, Step
from providers.sites.described.keys import key_in, key_of, require_key, site_key
from providers.sites.described.listing import Lister
from providers.sites.described.reading import DAY, Asker, Row, Run
from providers.sites.described.trace import Trace
from providers.sites.described.values import moment_of, time_of
from providers.sites.described.words import hoster_of, language_of, languages_of

logger = logging.getLogger(__name__)

T = TypeVar("T")

# So old may the list be where somebody waits for what it says.
LIST_NOW = 60.0
_STATUSES = {"ongoing": "ongoing", "completed": "completed"}


class DescribedSite:
    """A catalogue that is read as its definition says. The language of definitions:
    ``docs/providers/described.md``.

    Args:
        name: what the site is registered under.
        label: what it is called in messages.
        base_url, mirrors: where it is; the definition's own address where ``base_url`` is empty.
        known_hosters: names (lower case) a resolver exists for; sources of others are skipped.
        trace: keeps what became of each request, for a trial.
    """

    def __init__(
        self,
        client: HttpClient,
        definition: Definition,
        *,
        name: str,
        label: str = "",
        base_url: str = "",
        mirrors: Sequence[str] = (),
        known_hosters: Collection[str],
        trace: Trace | None = None,
    ) -> None:
        self.name = name
        self.definition = definition
        self._label = label or definition.name
        self.client = client
        self._known_hosters = frozenset(known_hosters)
        addresses = (base.rstrip("/") for base in (base_url or definition.address, *mirrors))
        self.bases = Bases(name, self._label, addresses)
        self._lister = Lister(
            definition, name=name, label=self._label, known_hosters=self._known_hosters
        )
        self._asker = Asker(client, definition, self.bases, trace, hosts=definition.hosts)
        self._catalogue: tuple[list[SearchResult], Catalogue] = ([], Catalogue(()))

    def close(self) -> None:
        self.client.close()

    def search(self, query: str) -> list[SearchResult]:
        """Series by title: what the site's search finds, or what is in its whole list.

        Raises:
            ProviderError.
        """
        step = self.definition.steps.get("search")
        if step is not None:
            return list(self._results(Run(self._asker).rows(step, {"query": query.strip()})))
        asked = asking.current()
        ttl = LIST_NOW if asked is not None and asked.of_now_alone else DAY
        return self._whole_catalogue(ttl).search(query)

    def series(self, key: str) -> SeriesInfo:
        """The head of a series. Raises NotFound for an unknown key."""
        require_key(key, self.definition, self._label)
        row = self._lister.head(Run(self._asker), key)
        return SeriesInfo(
            key=key,
            name=row.text("name"),
            link=self._series_link(key),
            alternative_names=tuple(row.all("names")),
            description=row.text("description"),
            year=row.number("year"),
            end_year=row.number("end_year"),
            status=_STATUSES.get(row.text("status").casefold(), ""),
            cover_url=row.link("cover"),
            genres=tuple(row.all("genres")),
            ids={"imdb": row.text("imdb")} if row.text("imdb") else {},
        )

    def episodes(self, key: str) -> list[EpisodeInfo]:
        """Every episode, films as season 0, announced ones without hosters.

        Raises:
            NotFound: unknown key. DefinitionMismatch: a page is not as the definition has it.
        """
        require_key(key, self.definition, self._label)
        return [one.info for one in self._lister.listing(Run(self._asker), key)]

    def sources(self, key: str, season: int, episode: int) -> list[Source]:
        """Who serves an episode, in the page's order; entries we cannot resolve are skipped.

        Raises:
            NotFound: no such episode, or it has no hoster yet.
            UnsupportedHoster: it has hosters, none of which we can resolve.
        """
        require_key(key, self.definition, self._label)
        run, step = Run(self._asker), self.definition.steps["sources"]
        names = {"key": key, "season": str(season), "episode": str(episode)}
        names |= self._lister.needed_names(run, step, key, season, episode)
        found = list(self._sources_of(run, step, names, season, episode))
        if not found:
            raise NotFound(why="no_hoster", site=self._label)
        known = [one for one in found if one.hoster in self._known_hosters]
        if not known:
            hosters = list(dict.fromkeys(one.hoster for one in found))
            raise UnsupportedHoster(why="none_known", hosters=hosters)
        return known

    def locate(self, source: Source) -> str:
        """The hoster's address behind a link of the site, in the way that the definition says.

        Raises:
            NotFound: gone. MediaGone: it leads back to the site. DecoderOutdated: its page names no
                hoster. And what the client raises.
        """
        how = self.definition.locating
        if how == "link" or not self._asker.owns(source.link):
            return source.link
        if how == "redirect":
            target = self.client.get_redirect(source.link, referer=source.referer)
            if self._asker.owns(target):
                raise MediaGone(why="leads_back", url=source.link)
            return target
        step = self.definition.steps["locate"]
        try:
            rows = Run(self._asker).rows(step, {"link": source.link})
        except DefinitionMismatch as error:
            # One page of many: those of the other hosters may well name theirs.
            missing = error.missing
            raise DecoderOutdated(
                why="no_link", site=self._label, missing=missing, url=error.url
            ) from error
        link = next((row.link("link") for row in rows), "")
        if not link:
            missing = f"link ({step.fields['link'].words})"
            raise DecoderOutdated(why="no_link", site=self._label, missing=missing, url=source.link)
        return link

    def key_from_link(self, link: str) -> str | None:
        """The series key in an address of this site, else None."""
        address = link.strip()
        if "://" not in address and not address.startswith("/"):
            address = f"https://{address}"
        if not address.startswith("/") and not self._asker.is_page(address):
            return None
        return key_in(address, self.definition)

    def series_count(self) -> int | None:
        """How many the whole list has; None where the definition names none."""
        if "list" not in self.definition.steps:
            return None
        return len(self._whole_catalogue(LIST_NOW))

    def list_series(self) -> Iterable[SearchResult] | None:
        """Every series of the whole list; None where the definition names none."""
        if "list" not in self.definition.steps:
            return None
        return iter(self._whole_catalogue(LIST_NOW))

    def new_episodes(self) -> list[NewEpisode] | None:
        """What is new, the newest first; None where the definition names no such page."""
        return self._dated("news", self._new_episode)

    def airings(self) -> list[Airing] | None:
        """What comes, the next first; None where the definition names no such page."""
        found = self._dated("calendar", self._airing)
        if found is None:
            return None
        return sorted(found, key=lambda one: (one.day, one.key, one.season, one.number))

    def _whole_catalogue(self, ttl: float) -> Catalogue:
        run = Run(replace(self._asker, list_ttl=ttl))
        results = list(self._results(run.rows(self.definition.steps["list"], {})))
        if results != self._catalogue[0]:  # making it ready takes longer than comparing
            self._catalogue = (results, Catalogue(results))
        return self._catalogue[1]

    def _results(self, rows: Sequence[Row]) -> Iterator[SearchResult]:
        seen = set()
        for row in rows:
            key = self._key(row)
            if key is None or key in seen:
                continue
            seen.add(key)
            yield SearchResult(
                key=key,
                name=row.text("name"),
                link=self._series_link(key),
                year=row.number("year"),
                cover_url=row.link("cover"),
                description=row.text("description"),
                alternative_names=tuple(row.all("names")),
            )
        if rows and not seen:
            raise DefinitionMismatch("search", "key")

    def _key(self, row: Row) -> str | None:
        told = row.text("key")
        return key_of(told, self.definition) if told else key_in(row.link("link"), self.definition)

    def _series_link(self, key: str) -> str:
        page = self.definition.page.replace("{key}", site_key(key, self.definition))
        return page if page.startswith("http") else self.bases.all[0] + page

    def _sources_of(
        self, run: Run, step: Step, names: Mapping[str, str], season: int, episode: int
    ) -> Iterator[Source]:
        is_placed = bool({"season", "number", "place"} & set(step.fields))
        for language, row in self._lister.in_editions(run, step, names):
            if is_placed and not self._is_of(row, step, season, episode):
                continue
            link = row.link("link")
            if not link:
                continue
            told = row.text("language")
            yield Source(
                provider=self.name,
                hoster=hoster_of(
                    row.text("hoster"),
                    "" if self._asker.owns(link) else link,
                    self.definition,
                    self._known_hosters,
                ),
                language=language_of(told, self.definition)
                if told
                else language or self.definition.language or language_of("", self.definition),
                link=link,
                referer=row.address,
            )

    def _is_of(self, row: Row, step: Step, season: int, episode: int) -> bool:
        """Whether a row of a page with several episodes is one of the episode meant."""
        told_season, told_number = self._lister.place(row, {"season": str(season)})
        names_number = bool({"number", "place"} & set(step.fields))
        return told_season == season and (told_number == episode or not names_number)

    def _dated(self, name: str, read: Callable[[Row], T | None]) -> list[T] | None:
        step = self.definition.steps.get(name)
        if step is None:
            return None
        rows = Run(self._asker).rows(step, {})
        found = [one for one in map(read, rows) if one is not None]
        if rows and not found:
            raise DefinitionMismatch(name, "key, number")
        return found

    def _new_episode(self, row: Row) -> NewEpisode | None:
        key, (season, number) = self._key(row), self._lister.place(row, {})
        if key is None or number is None:
            return None
        told = moment_of(row.text("day"))
        day = told.date() if isinstance(told, datetime) else told
        languages = languages_of(row.all("languages"), self.definition)
        return NewEpisode(key, season, number, languages, day)

    def _airing(self, row: Row) -> Airing | None:
        key, (season, number) = self._key(row), self._lister.place(row, {})
        told = moment_of(row.text("day"))
        if key is None or number is None or told is None:
            return None
        at = self._moment(told, row)
        day = at.astimezone(self._zone).date() if at else told
        languages = languages_of(row.all("languages"), self.definition)
        return Airing(key, season, number, day, at.astimezone(UTC) if at else None, languages)

    def _moment(self, told: date, row: Row) -> datetime | None:
        """The moment of an airing; None where only its day is told."""
        if isinstance(told, datetime):
            return told if told.tzinfo else told.replace(tzinfo=self._zone)
        clock = time_of(row.text("time"))
        return datetime.combine(told, clock, tzinfo=self._zone) if clock else None

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.definition.time_zone)
