"""Which sites and hosters there are. A new one is a module and an entry here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from providers.addresses import host_of
from providers.agents import BROWSER_AGENT
from providers.base import (
    HOSTER_LABELS,
    HearTime,
    Hoster,
    Media,
    RateStore,
    Site,
    SiteSettings,
    Source,
)
from providers.border import BorderedHoster, BorderedSite
from providers.cache import PageCache
from providers.errors import (
    AddressRefused,
    DefinitionInvalid,
    UnknownProvider,
    UnsupportedHoster,
)
from providers.guard import AddressGuard
from providers.hosters.direct import DirectHoster
from providers.hosters.vidmoly import VidmolyHoster
from providers.hosters.voe import VoeHoster
from providers.hosters.ytdlp import YtDlpHoster
from providers.http import HttpClient
from providers.readings import Readings, ReadsPages
from providers.sites.aniworld import AniworldSite
from providers.sites.aniworld.other_pages import refuse_other_pages
from providers.sites.archive import ArchiveSite
from providers.sites.archive.answers import LABEL as ARCHIVE_LABEL
from providers.sites.manifest import ManifestSite
from providers.sites.manifest.files import is_file
from providers.tunnels import Proxy
from providers.watching import Watch, hoster_service
from providers.wire import Limits

if TYPE_CHECKING:
    from providers.sites.described.definition import Definition
    from providers.sites.described.site import DescribedSite
    from providers.sites.described.trace import Trace

_HOSTER_INTERVAL = 0.5  # seconds between two requests to one hoster
_ARCHIVE_ANSWER = 24_000_000  # bytes: items of some ten thousand files have so many


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a site is built with, beside its settings."""

    rate_store: RateStore
    guard: AddressGuard
    cache: PageCache | None
    hear_time: HearTime | None
    watch: Watch | None
    manifest_roots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """A site as the setup page lists it, and how it is built.

    ``series_path`` is where a series' page is, with ``{key}``; empty where that is not known. One
    that ``is_many`` is no site by itself: its owner adds as many as he likes, each under a name of
    its own. Where ``takes_files``, its address may be that of a file.
    """

    name: str
    label: str
    description: str  # one sentence
    base_url: str
    factory: Callable[[str, SiteSettings, Surroundings], Site]
    series_path: str = ""
    is_many: bool = False
    takes_files: bool = False
    # Its series follow from pages alone: what was read is kept as long as these are the same.
    is_read_from_pages: bool = False
    # What the settings of an added site say of it, beside its name and label.
    says_of_itself: Callable[[SiteEntry, SiteSettings], SiteEntry] | None = None


@dataclass(frozen=True, slots=True)
class HosterEntry:
    """A hoster as the settings list it, and how it is built."""

    name: str
    label: str
    factory: Callable[[HttpClient], Hoster]


def _aniworld(name: str, chosen: SiteSettings, around: Surroundings) -> Site:
    base = chosen.base_url or SITES[name].base_url
    client = HttpClient(
        name,
        label=SITES[name].label,
        guard=around.guard,
        rate_store=around.rate_store,
        interval=_interval(chosen),
        cache=around.cache,
        hear_time=around.hear_time,
        watch=around.watch,
        hosts={host_of(address) for address in (base, *chosen.mirrors)},
        proxy=proxy_of(chosen, base),
        page_check=refuse_other_pages,
        limits=Limits(read_timeout=60.0, deadline=120.0),  # the whole list is slow to come
    )
    return AniworldSite(
        client,
        base_url=base,
        mirrors=chosen.mirrors,
        known_hosters=HOSTERS,
    )


def _described(name: str, chosen: SiteSettings, around: Surroundings) -> Site:
    return described_site(name, chosen, around)


def described_site(
    name: str,
    chosen: SiteSettings,
    around: Surroundings,
    *,
    trace: Trace | None = None,
    limits: Limits | None = None,
) -> DescribedSite:
    """A site as a definition describes it. Args: trace: of a trial, what it notes.

    Raises:
        DefinitionInvalid: the definition cannot be used.
    """
    # A definition needs RE2, and most processes have none to read.
    from providers.sites.described.site import DescribedSite  # noqa: PLC0415 - see above

    definition = _definition(chosen)
    base, label = chosen.base_url or definition.address, chosen.label or definition.name
    chosen = replace(chosen, base_url=base, label=label)
    return DescribedSite(
        _client(name, chosen, around, limits or Limits()),
        definition,
        name=name,
        label=label,
        base_url=base,
        mirrors=chosen.mirrors,
        known_hosters=HOSTERS,
        trace=trace,
    )


def _definition(chosen: SiteSettings) -> Definition:
    """The definition of a described site. Raises ``DefinitionInvalid``."""
    from providers.sites.described.definition import parse  # noqa: PLC0415 - as above

    if not chosen.definition:
        raise DefinitionInvalid(why="none")
    return parse(chosen.definition)


def _as_described(entry: SiteEntry, chosen: SiteSettings) -> SiteEntry:
    """What a definition says of its site. One that cannot be used says nothing, and is told of
    where the site is asked."""
    try:
        definition = _definition(chosen)
    except DefinitionInvalid:
        return entry
    return replace(
        entry,
        label=chosen.label or definition.name,
        description=definition.description or entry.description,
        base_url=definition.address,
        series_path=definition.series_path,
    )


def _archive(name: str, chosen: SiteSettings, around: Surroundings) -> Site:
    base = chosen.base_url or SITES[name].base_url
    limits = Limits(read_timeout=60.0, deadline=120.0, page_size=_ARCHIVE_ANSWER)
    chosen = replace(chosen, base_url=base, label=ARCHIVE_LABEL)
    client = _client(name, chosen, around, limits)
    return ArchiveSite(client, base_url=base, mirrors=chosen.mirrors)


def _manifest(name: str, chosen: SiteSettings, around: Surroundings) -> Site:
    return ManifestSite(
        _client(name, chosen, around, Limits()),
        name=name,
        label=chosen.label or name,
        addresses=(chosen.base_url, *chosen.mirrors),
        roots=around.manifest_roots,
    )


def _client(name: str, chosen: SiteSettings, around: Surroundings, limits: Limits) -> HttpClient:
    addresses = (chosen.base_url, *chosen.mirrors)
    return HttpClient(
        name,
        label=chosen.label or name,
        guard=around.guard,
        rate_store=around.rate_store,
        interval=_interval(chosen),
        cache=around.cache,
        hear_time=around.hear_time,
        watch=around.watch,
        hosts={host_of(address) for address in addresses if address and not is_file(address)},
        proxy=proxy_of(chosen, chosen.base_url),
        limits=limits,
    )


SITES: dict[str, SiteEntry] = {
    entry.name: entry
    for entry in (
        SiteEntry(
            name="aniworld",
            label="AniWorld",
            description="A German catalogue of anime series and films that links to hosters; "
            "fetch only what you may have.",
            base_url="https://aniworld.to",
            factory=_aniworld,
            is_read_from_pages=True,
            series_path="/anime/stream/{key}",
        ),
        SiteEntry(
            name="archive",
            label=ARCHIVE_LABEL,
            description="Films and series of the Internet Archive, many in the public domain or "
            "under a free licence; see what applies to each where you live.",
            base_url="https://archive.org",
            factory=_archive,
            series_path="/details/{key}",
        ),
        SiteEntry(
            name="manifest",
            label="Feed",
            description="A list of series in JSON, RSS or Atom, at an address or in a file: of "
            "your own server, a friend's, or a podcast.",
            base_url="",
            factory=_manifest,
            is_many=True,
            takes_files=True,
        ),
        SiteEntry(
            name="described",
            label="Described site",
            description="A catalogue that a definition file describes: addresses, selectors and "
            "patterns, without code.",
            base_url="",
            factory=_described,
            is_many=True,
            is_read_from_pages=True,
            says_of_itself=_as_described,
        ),
    )
}

# In the order of preference where the owner has set none.
HOSTERS: dict[str, HosterEntry] = {
    entry.name: entry
    for entry in (
        HosterEntry("voe", HOSTER_LABELS["voe"], VoeHoster),
        HosterEntry("vidmoly", HOSTER_LABELS["vidmoly"], VidmolyHoster),
        HosterEntry("direct", HOSTER_LABELS["direct"], DirectHoster),
        HosterEntry("ytdlp", HOSTER_LABELS["ytdlp"], YtDlpHoster),
    )
}


def site_entries(chosen: Mapping[str, SiteSettings]) -> dict[str, SiteEntry]:
    """Every site there is, by name: the registered ones, then those that their owner has added.

    Args:
        chosen: the settings of sites, by name.
    """
    found = {name: entry for name, entry in SITES.items() if not entry.is_many}
    for name, settings in chosen.items():
        entry = _added(name, settings)
        if entry is not None:
            found.setdefault(name, entry)
    return found


def site_entry(name: str, chosen: SiteSettings) -> SiteEntry:
    """The entry of one site. Raises ``UnknownProvider``."""
    entry = site_entries({name: chosen}).get(name)
    if entry is None:
        raise UnknownProvider(name=name)
    return entry


def _added(name: str, chosen: SiteSettings) -> SiteEntry | None:
    """The entry of a site that its owner has added; None where nothing answers under its name."""
    kind = SITES.get(chosen.provider)
    if kind is None or not kind.is_many:
        return None
    entry = replace(kind, name=name, label=chosen.label or name)
    return kind.says_of_itself(entry, chosen) if kind.says_of_itself is not None else entry


def build_site(
    name: str,
    chosen: SiteSettings,
    *,
    rate_store: RateStore,
    guard: AddressGuard,
    cache: PageCache | None = None,
    hear_time: HearTime | None = None,
    watch: Watch | None = None,
    manifest_roots: Sequence[str] = (),
) -> Site:
    """The site ``name``, set up as ``chosen``.

    Pass one ``cache`` for the life of the process, so that a rebuilt site still has its pages.
    ``manifest_roots`` are full paths of the folders that files of feeds may lie in.

    Raises:
        UnknownProvider: no site of that name.
        AddressRefused: the base URL or a mirror is not http(s), or a private address.
    """
    entry = site_entry(name, chosen)
    for address in filter(None, (chosen.base_url, *chosen.mirrors)):
        if not (entry.takes_files and is_file(address)):
            guard.check_url(address)
    around = Surroundings(rate_store, guard, cache, hear_time, watch, tuple(manifest_roots))
    site = entry.factory(name, chosen, around)
    return BorderedSite(site, watch, _readings(entry, site, chosen, cache))


def _readings(
    entry: SiteEntry, site: Site, chosen: SiteSettings, cache: PageCache | None
) -> Readings | None:
    """What is kept of the readings of a site that reads nothing but pages."""
    if cache is None or not entry.is_read_from_pages:
        return None
    assert isinstance(site, ReadsPages)  # noqa: S101 - the entry says so
    return Readings(site, cache, chosen)


def build_hosters(
    *, rate_store: RateStore, guard: AddressGuard, watch: Watch | None = None
) -> dict[str, Hoster]:
    """Every hoster by name, in the registry's order."""

    def client(name: str) -> HttpClient:
        return build_hoster_client(name, rate_store=rate_store, guard=guard, watch=watch)

    return {
        name: BorderedHoster(entry.factory(client(name)), watch) for name, entry in HOSTERS.items()
    }


def build_hoster_client(
    name: str, *, rate_store: RateStore, guard: AddressGuard, watch: Watch | None = None
) -> HttpClient:
    """A client as hosters want it (a desktop browser's User-Agent), also for probing media."""
    return HttpClient(
        hoster_service(name),
        label=HOSTER_LABELS.get(name, name),
        guard=guard,
        rate_store=rate_store,
        interval=_HOSTER_INTERVAL,
        user_agent=BROWSER_AGENT,
        limits=Limits(retries=2),  # there is a next hoster
        watch=watch,
    )


def find_hoster(hosters: Mapping[str, Hoster], source: Source) -> Hoster:
    """The hoster of ``source``, whatever case the site writes it in.

    Raises:
        UnsupportedHoster: there is no resolver for it.
    """
    hoster = hosters.get(source.hoster.casefold())
    if hoster is None:
        raise UnsupportedHoster(hoster=source.hoster, url=source.link)
    return hoster


def resolve_source(site: Site, hosters: Mapping[str, Hoster], source: Source) -> Media:
    """The media of one source: out of the catalogue, then through its hoster.

    Raises:
        ProviderError: of the site while locating, a HosterError after that.
    """
    hoster = find_hoster(hosters, source)
    return media_of(hoster, site.locate(source), source)


def media_of(hoster: Hoster, link: str, source: Source) -> Media:
    """What a hoster makes of a source whose ``link`` has left the catalogue; with the captions that
    the site lists beside it, before those of the hoster.

    Raises:
        ProviderError.
    """
    media = hoster.resolve(link, referer=source.referer)
    captions = dict.fromkeys((*source.captions, *media.captions))
    return replace(media, captions=tuple(captions)) if source.captions else media


def proxy_of(chosen: SiteSettings, base_url: str) -> Proxy | None:
    """What a site is asked through; None for nothing. Args: base_url: where it is.

    Raises:
        AddressRefused: that is no address of a proxy.
    """
    if not chosen.proxy:
        return None
    try:
        hosts = (urlsplit(address).hostname or "" for address in (base_url, *chosen.mirrors))
        return Proxy.of(chosen.proxy, names=set(hosts))
    except ValueError as error:
        raise AddressRefused(why="proxy") from error


def _interval(chosen: SiteSettings) -> float:
    return 1.0 / chosen.requests_per_second if chosen.requests_per_second > 0 else 1.0
