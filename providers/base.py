"""The contracts between sites, hosters and the rest of the product.

A **site** (catalogue) answers what exists; a **hoster** turns one link into something that can
be fetched. Both are plain objects that get their HTTP client passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable


class Language(StrEnum):
    """Audio and subtitles of a source, in the words users of such sites know."""

    GERMAN_DUB = "German Dub"
    GERMAN_SUB = "German Sub"
    ENGLISH_SUB = "English Sub"
    ENGLISH_DUB = "English Dub"
    JAPANESE = "Japanese"


# The hosters of the registry in its order, for those who need no more of it than what they are
# called: by ourselves, and for people.
HOSTER_LABELS = {
    "voe": "VOE",
    "vidmoly": "Vidmoly",
    "direct": "Direct link",
    "ytdlp": "yt-dlp",
}
HOSTER_NAMES = tuple(HOSTER_LABELS)

# The entries of the registry of which an owner adds as many sites as he likes.
ADDED_KINDS = ("manifest", "described")
LONGEST_DEFINITION = 65_536  # characters

# Who names a source that its owner has given a link to: no site can be called so.
OWN = "@own"


class EpisodeKind(StrEnum):
    EPISODE = "EPISODE"
    FILM = "FILM"
    SPECIAL = "SPECIAL"


class MediaKind(StrEnum):
    HLS = "HLS"
    DASH = "DASH"
    FILE = "FILE"


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One series a site found. ``key`` is the site's own identifier, URL-safe."""

    key: str
    name: str
    link: str
    year: int | None = None
    cover_url: str = ""
    description: str = ""
    alternative_names: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """The head of a series page. ``status`` is ``ongoing``, ``completed`` or empty (unknown)."""

    key: str
    name: str
    link: str
    alternative_names: tuple[str, ...] = ()
    description: str = ""
    year: int | None = None
    end_year: int | None = None
    status: str = ""
    cover_url: str = ""
    genres: tuple[str, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)  # {"imdb": "tt0409591"}


@dataclass(frozen=True, slots=True)
class EpisodeInfo:
    """One row of a catalogue. Season 0 holds films and specials.

    ``languages`` are language names (``Language`` values, or ``unknown-<key>``);
    an episode without hosters is announced, not available.
    """

    season: int
    number: int
    title: str = ""
    original_title: str = ""
    kind: EpisodeKind = EpisodeKind.EPISODE
    languages: tuple[str, ...] = ()
    hosters: tuple[str, ...] = ()

    @property
    def is_available(self) -> bool:
        """Whether the catalogue lists at least one source."""
        return bool(self.hosters)


@dataclass(frozen=True, slots=True)
class NewEpisode:
    """One episode that a site lists as new, of whichever series.

    ``languages`` are those it is new in, as in ``EpisodeInfo``; ``day`` is the site's.
    """

    key: str
    season: int
    number: int
    languages: tuple[str, ...] = ()
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Airing:
    """When a site says that an episode of one of its series comes.

    ``day`` is that of the site's zone; ``at`` is the moment, aware, where it says the time too.
    """

    key: str
    season: int
    number: int
    day: date
    at: datetime | None = None
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Caption:
    """Subtitles that a hoster or a site offers beside media, as a file of their own.

    ``language`` is ISO 639-1, or empty; ``label`` is what the hoster calls them.
    """

    url: str
    language: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One way to get one episode: provider × language × hoster × link.

    ``captions`` are those that the site lists beside it; the hoster may offer others.
    """

    provider: str
    hoster: str  # registry name where we know it ("voe"), else the site's own word
    language: str
    link: str  # absolute; may be a redirect of the site
    referer: str = ""
    captions: tuple[Caption, ...] = ()


@dataclass(frozen=True, slots=True)
class Media:
    """Something that can be fetched now, from this machine, with these headers."""

    url: str
    kind: MediaKind
    headers: Mapping[str, str] = field(default_factory=dict)
    expires_at: datetime | None = None  # aware, UTC
    variant: str = ""  # which decoder read it, for the log
    captions: tuple[Caption, ...] = ()


@runtime_checkable
class Site(Protocol):
    """A catalogue. All methods raise ``ProviderError`` subclasses and never return an empty
    list for a page whose shape they do not know."""

    name: str

    def search(self, query: str) -> list[SearchResult]: ...

    def series(self, key: str) -> SeriesInfo: ...

    def episodes(self, key: str) -> list[EpisodeInfo]: ...

    def sources(self, key: str, season: int, episode: int) -> list[Source]: ...

    def locate(self, source: Source) -> str:
        """The hoster's address behind ``source.link``: where the link leads when it is a
        redirect of the site, else the link itself."""
        ...

    def key_from_link(self, link: str) -> str | None:
        """The series key in an address of this site, or None if it is not one."""
        ...


@runtime_checkable
class ListsSeries(Protocol):
    """What a site can do besides: list all of its series."""

    name: str

    def series_count(self) -> int | None:
        """How many there are, asked for anew; None where the site has no such list.

        Raises:
            ProviderError: as the methods of a site.
        """
        ...


@runtime_checkable
class ListsCatalogue(Protocol):
    """What a site can do besides: hand out the list of all of its series, to be kept."""

    name: str

    def list_series(self) -> Iterable[SearchResult] | None:
        """Each series once, asked for anew, with what the list itself says of it; None where the
        site has no such list. It may come page by page.

        Raises:
            ProviderError: as the methods of a site, also on the way through what it returned.
        """
        ...


@runtime_checkable
class ListsNewEpisodes(Protocol):
    """What a site can do besides: tell on one page what is new in all of its series."""

    name: str

    def new_episodes(self) -> list[NewEpisode] | None:
        """What is new, the newest first; None where the site has no such page.

        Raises:
            ProviderError: as the methods of a site.
        """
        ...


@runtime_checkable
class ListsAirings(Protocol):
    """What a site can do besides: tell which episodes of all of its series come on which day."""

    name: str

    def airings(self) -> list[Airing] | None:
        """What comes, the next first; None where the site has no such page.

        Raises:
            ProviderError: as the methods of a site.
        """
        ...


@runtime_checkable
class Hoster(Protocol):
    """Turns a link into media. ``link`` has left the catalogue already (redirect resolved)."""

    name: str

    def resolve(self, link: str, *, referer: str = "") -> Media: ...


class RateStore(Protocol):
    """Where the next free moment for a site is kept, shared by all processes."""

    def reserve(self, site: str, *, interval: float) -> float:
        """Take the next slot for ``site``, slots lying ``interval`` seconds apart.

        Returns the seconds to wait before the request may go out.
        """
        ...

    def hold(self, site: str, *, seconds: float) -> None:
        """No slot for ``site`` before ``seconds`` from now (Retry-After)."""
        ...


# Is told of each answer whose it is, and the seconds since the epoch by the clock of that host.
HearTime = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """What the owner can change about a site, in the configuration and everywhere else.

    ``position`` is its place among the sites, the lowest first; an empty ``base_url`` stands for
    the provider's own address. ``provider`` is which registered one answers under this name, of a
    site that its owner has added; empty of those that are registered under their own. ``label`` is
    what such a site is called, and ``definition`` how it is read: the JSON of a definition file.
    ``proxy`` is the address of the proxy it is asked through; empty for none.
    """

    enabled: bool = False
    position: int = 0
    base_url: str = ""
    mirrors: tuple[str, ...] = ()
    requests_per_second: float = 1.0
    provider: str = ""
    label: str = ""
    definition: str = ""
    proxy: str = ""
