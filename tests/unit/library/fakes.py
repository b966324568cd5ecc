"""A catalogue in memory that keeps the contract of ``providers.base.Site``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection

from providers.base import EpisodeInfo, SearchResult, SeriesInfo, Source
from providers.errors import NotFound, ProviderError


@dataclass
class FakeSite:
    """``shows`` by key. ``failure`` is raised by every call while it is set."""

    name: str
    shows: dict[str, tuple[SeriesInfo, list[EpisodeInfo]]] = field(default_factory=dict)
    failure: ProviderError | None = None
    failures: dict[str, ProviderError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    asked_in_transaction: bool = False

    def add(
        self,
        key: str,
        name: str,
        seasons: dict[int, int],
        *,
        announced: tuple[tuple[int, int], ...] = (),
        year: int | None = None,
        ids: dict[str, str] | None = None,
        others: tuple[str, ...] = (),
    ) -> None:
        info = SeriesInfo(
            key=key,
            name=name,
            link=f"https://{self.name}.example/{key}",
            year=year,
            ids=ids or {},
            alternative_names=others,
            genres=("Action",),
        )
        episodes = [
            EpisodeInfo(
                season,
                number,
                title=f"Title {number}",
                languages=() if (season, number) in announced else ("German Sub",),
                hosters=() if (season, number) in announced else ("VOE",),
            )
            for season, count in seasons.items()
            for number in range(1, count + 1)
        ]
        self.shows[key] = (info, episodes)

    def search(self, query: str) -> list[SearchResult]:
        self._called(f"search {query}")
        words = query.casefold().split()
        return [
            SearchResult(info.key, info.name, info.link, alternative_names=info.alternative_names)
            for info, _ in self.shows.values()
            if any(word in info.name.casefold() for word in words)
        ]

    def series(self, key: str) -> SeriesInfo:
        self._called(f"series {key}", key)
        return self._show(key)[0]

    def episodes(self, key: str) -> list[EpisodeInfo]:
        self._called(f"episodes {key}", key)
        return self._show(key)[1]

    def sources(self, key: str, season: int, episode: int) -> list[Source]:
        raise NotFound(why="as_told", text=f"no sources of {key} {season}x{episode}")

    def locate(self, source: Source) -> str:
        return source.link

    def key_from_link(self, link: str) -> str | None:
        prefix = f"https://{self.name}.example/"
        return link.removeprefix(prefix) if link.startswith(prefix) else None

    def _show(self, key: str) -> tuple[SeriesInfo, list[EpisodeInfo]]:
        if key not in self.shows:
            raise NotFound(why="as_told", text=f"{self.name} has no {key}")
        return self.shows[key]

    def _called(self, what: str, key: str = "") -> None:
        self.asked.append(what)
        self.asked_in_transaction |= connection.in_atomic_block
        if failure := self.failures.get(key) or self.failure:
            raise failure


@dataclass
class ListingSite(FakeSite):
    """A catalogue that hands out the list of all its series; ``list_failure`` ends it midway."""

    listed: list[SearchResult] | None = field(default_factory=list)
    list_failure: ProviderError | None = None

    def lists(self, *names: str) -> None:
        """The list is these series and no others, in this order."""
        self.listed = [self.result(name) for name in names]

    def result(self, name: str, *others: str) -> SearchResult:
        key = "".join(char for char in name.casefold() if char.isascii() and char.isalnum())
        key = key[:200] or f"series-{sum(name.encode())}"
        link = f"https://{self.name}.example/{key}"
        return SearchResult(key, name, link, alternative_names=others)

    def list_series(self) -> Iterator[SearchResult] | None:
        self._called("list")
        return None if self.listed is None else self._page_by_page(self.listed)

    def _page_by_page(self, listed: list[SearchResult]) -> Iterator[SearchResult]:
        yield from listed
        if self.list_failure is not None:
            raise self.list_failure
