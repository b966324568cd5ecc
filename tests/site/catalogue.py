"""What the sample catalogue knows, as data: the pages are drawn from it, and tests compare with it.

Everything is deterministic: the same source tree gives the same series, episodes and links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

HOSTERS = ("VOE", "Doodstream", "Filemoon", "Vidmoly", "Direct")
SUPPORTED_HOSTERS = frozenset({"VOE", "Vidmoly", "Direct"})

GERMAN_DUB, ENGLISH_SUB, GERMAN_SUB, ENGLISH_DUB = 1, 2, 3, 4

_LINK_ID = re.compile(r"^(\d+)(\d{2})(\d{4})(\d)(\d)$")


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language of the site: its flag file and the words the site puts beside it."""

    name: str  # as the product calls it
    flag: str
    table_title: str
    box_title: str


TONGUES: Mapping[int, Tongue] = {
    GERMAN_DUB: Tongue("German Dub", "german.svg", "Deutsch/German", "Deutsch"),
    ENGLISH_SUB: Tongue(
        "English Sub", "japanese-english.svg", "Englisch", "mit Untertitel Englisch"
    ),
    GERMAN_SUB: Tongue(
        "German Sub", "japanese-german.svg", "Mit deutschem Untertitel", "mit Untertitel Deutsch"
    ),
    ENGLISH_DUB: Tongue("English Dub", "english.svg", "Englisch", "Englisch"),
}


@dataclass(frozen=True, slots=True, order=True)
class Offer:
    """One language at one hoster."""

    language: int
    hoster: str


@dataclass(frozen=True, slots=True)
class Episode:
    """One row of the catalogue. Season 0 holds the films; no offers = announced only."""

    season: int
    number: int
    title: str = ""  # German, may be missing
    original_title: str = ""
    tag: str = ""  # "[Movie]", "[OVA]", "[Episode 001]": behind the original title on the page
    offers: tuple[Offer, ...] = ()

    @property
    def is_available(self) -> bool:
        return bool(self.offers)

    @property
    def is_fetchable(self) -> bool:
        """Whether at least one hoster is one the product can read."""
        return any(offer.hoster in SUPPORTED_HOSTERS for offer in self.offers)

    @property
    def languages(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(offer.language for offer in self.offers))

    @property
    def language_names(self) -> tuple[str, ...]:
        return tuple(TONGUES[key].name for key in self.languages)

    @property
    def hosters(self) -> tuple[str, ...]:
        offered = {offer.hoster for offer in self.offers}
        return tuple(hoster for hoster in HOSTERS if hoster in offered)


@dataclass(frozen=True, slots=True)
class Show:
    """One invented series."""

    site_id: int
    key: str
    title: str
    episodes: tuple[Episode, ...]
    alternative_titles: tuple[str, ...] = ()
    description: str = ""
    year: int | None = None
    end_year: int | None = None
    is_running: bool = False
    genres: tuple[str, ...] = ("Abenteuer",)
    fsk: int = 12
    imdb: str = ""
    country: str = "Japan"

    @property
    def seasons(self) -> tuple[int, ...]:
        """The numbered seasons in order, films not among them."""
        return tuple(sorted({e.season for e in self.episodes if e.season > 0}))

    @property
    def has_films(self) -> bool:
        return any(e.season == 0 for e in self.episodes)

    def season(self, number: int) -> tuple[Episode, ...]:
        rows = [e for e in self.episodes if e.season == number]
        return tuple(sorted(rows, key=lambda e: e.number))

    def episode(self, season: int, number: int) -> Episode | None:
        return next((e for e in self.season(season) if e.number == number), None)

    def available(self) -> set[tuple[int, int]]:
        """(season, number) of everything that has at least one source."""
        return {(e.season, e.number) for e in self.episodes if e.is_available}


@dataclass(frozen=True, slots=True)
class Link:
    """What a ``/redirect/<digits>`` of the catalogue and a hoster's file code stand for."""

    site_id: int
    season: int
    number: int
    language: int
    hoster: str

    @property
    def redirect_id(self) -> str:
        place = HOSTERS.index(self.hoster)
        return f"{self.site_id}{self.season:02}{self.number:04}{self.language}{place}"

    @property
    def code(self) -> str:
        """The file code at the hoster: twelve letters and digits."""
        return _base36(int(self.redirect_id)).rjust(12, "0")

    @classmethod
    def from_redirect_id(cls, digits: str) -> Link | None:
        match = _LINK_ID.match(digits)
        if not match:
            return None
        site_id, season, number, language, place = (int(part) for part in match.groups())
        if place >= len(HOSTERS):
            return None
        return cls(site_id, season, number, language, HOSTERS[place])

    @classmethod
    def from_code(cls, code: str) -> Link | None:
        try:
            return cls.from_redirect_id(str(int(code, 36)))
        except ValueError:
            return None


@dataclass
class Catalogue:
    """The series of a running world; rows can be put and removed while it runs."""

    initial: tuple[Show, ...]
    _shows: dict[str, Show] = field(init=False)
    _lock: Lock = field(init=False, default_factory=Lock)

    def __post_init__(self) -> None:
        self.reset()

    def __iter__(self) -> Iterator[Show]:
        return iter(list(self._shows.values()))

    def reset(self) -> None:
        self._shows = {show.key: show for show in self.initial}

    def get(self, key: str) -> Show | None:
        return self._shows.get(key)

    def find(self, link: Link) -> tuple[Show, Episode] | None:
        """The episode behind a link, if the catalogue offers it there."""
        show = next((s for s in self if s.site_id == link.site_id), None)
        episode = show.episode(link.season, link.number) if show else None
        if not show or not episode or Offer(link.language, link.hoster) not in episode.offers:
            return None
        return show, episode

    def put(self, key: str, episode: Episode) -> None:
        """Add an episode, or replace the one of that number."""
        with self._lock:
            show = self._shows[key]
            others = _without(show.episodes, episode.season, episode.number)
            self._shows[key] = replace(show, episodes=(*others, episode))

    def put_series(self, key: str, title: str, names: Iterable[str]) -> None:
        """Add a series of one season; ``names`` are its episodes' titles. Texts go onto the pages
        escaped once, so one that is escaped already is there twice."""
        rows = tuple(Episode(1, n, name, "", offers=offers()) for n, name in enumerate(names, 1))
        with self._lock:
            show = Show(900 + len(self._shows), key, title, rows, year=2020, end_year=2020)
            self._shows[key] = show

    def remove(self, key: str, season: int, number: int) -> None:
        with self._lock:
            show = self._shows[key]
            self._shows[key] = replace(show, episodes=_without(show.episodes, season, number))


def offers(
    languages: Iterable[int] = (GERMAN_DUB, GERMAN_SUB), hosters: Iterable[str] = HOSTERS[:4]
) -> tuple[Offer, ...]:
    """Every hoster in every language."""
    places = tuple(hosters)
    return tuple(Offer(language, hoster) for language in languages for hoster in places)


def episode_to_json(episode: Episode) -> dict[str, Any]:
    return {
        "season": episode.season,
        "number": episode.number,
        "title": episode.title,
        "original_title": episode.original_title,
        "tag": episode.tag,
        "offers": [[offer.language, offer.hoster] for offer in episode.offers],
    }


def episode_from_json(data: Mapping[str, Any]) -> Episode:
    return Episode(
        season=int(data["season"]),
        number=int(data["number"]),
        title=str(data.get("title", "")),
        original_title=str(data.get("original_title", "")),
        tag=str(data.get("tag", "")),
        offers=tuple(Offer(int(lang), str(hoster)) for lang, hoster in data.get("offers", ())),
    )


def _without(rows: tuple[Episode, ...], season: int, number: int) -> tuple[Episode, ...]:
    return tuple(e for e in rows if (e.season, e.number) != (season, number))


def _base36(value: int) -> str:
    digits = ""
    while value:
        value, rest = divmod(value, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits
