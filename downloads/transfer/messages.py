"""What worker and child say to each other: one JSON object a line."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from downloads.transfer.errors import TransferError, from_os_error
from providers.base import SiteSettings
from providers.coded import Coded
from providers.errors import ProviderError
from providers.watching import Called, Fault


@dataclass(frozen=True, slots=True)
class Place:
    """Where one site has the episode.

    Attributes:
        site: the provider's name.
        key: the site's own, of the series; ``season`` and ``episode`` are its numbers, too.
        link, language: of an episode that its owner has given a link to: then there is no site.
    """

    site: str
    site_settings: SiteSettings
    key: str
    season: int
    episode: int
    link: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class FetchJob:
    """Resolve and download one episode.

    Attributes:
        home: the provider that lists the episode.
        places: where it may come from, the first one first; never empty.
        languages: wanted ones, the best first; others are not taken.
        only_language: the only one of which sources are taken; empty: any of the wanted.
        hosters: preferred ones, the best first; the rest follow in the site's order.
        skip: identities of sources that were given up already in this try.
        work_dir: where partial data is kept between tries; on the library's file system.
        min_free_bytes: the transfer ends with ``disk_full`` when less is left.
        retry_pause: seconds before a lost connection or piece is first asked for again.
        connections: at most so many to one host.
        limit_bytes: bytes a second over all of them; 0 for no limit.
        season_lengths: seconds of the season's other files.
        may_quarantine: a file that plays but is suspicious is kept aside.
        manifest_roots: folders that files of feeds may lie in.
    """

    home: str
    places: tuple[Place, ...]
    languages: tuple[str, ...]
    only_language: str
    hosters: tuple[str, ...]
    skip: tuple[str, ...]
    work_dir: str
    allow_private_hosts: tuple[str, ...]
    min_free_bytes: int
    retry_pause: float
    connections: int
    limit_bytes: int
    season_lengths: tuple[float, ...]
    may_quarantine: bool
    manifest_roots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file that has passed the gate, synced to disk, ready to be renamed into place.

    Attributes:
        duration: seconds.
        source: identity of the source it came from.
        seen: what the gate saw of it (``gate.Report``), as JSON.
    """

    path: str
    extension: str
    size: int
    duration: float
    source: str
    url: str
    hoster: str
    language: str
    seen: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a download is. ``total`` may be an estimate; None where nothing is known."""

    downloaded: int
    total: int | None
    percent: float
    speed: float | None
    eta: int | None
    is_estimate: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the child gave up: a code and the facts of its sentence.

    ``whole_site``: other episodes of that site are likely to fail too; ``one_page``: but it was
    seen on one page only. ``retry_after``: seconds the site asked us to wait.
    """

    code: str
    params: Mapping[str, Any]
    permanent: bool
    whole_site: bool = False
    one_page: bool = False
    is_sources_fault: bool = False
    retry_after: float | None = None

    @property
    def said(self) -> Coded:
        """The code and its facts alone."""
        return {"code": self.code, "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One step that did not work, for the chain kept on the item. ``at``: UTC, ISO 8601."""

    at: str
    stage: str
    code: str
    params: Mapping[str, Any]
    provider: str = ""
    hoster: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A line with its kind: stage, source, progress, received, attempt, slot, hold, rest, called,
    misread, waiting, result, error; and from the worker answer, limit.

    ``received`` says how many bytes have come from hosters in all (``{"total"}``), ``limit`` how
    many a second may (``{"rate"}``, 0 for any number).

    ``waiting`` is said about once a second while a hoster has asked us to wait: ``{"seconds"}``
    that are left, and 0 when it is over.
    """

    kind: str
    body: Mapping[str, Any] = field(default_factory=dict)


def failure(error: TransferError | ProviderError | OSError) -> Failure:
    """An error as the worker is told of it."""
    if isinstance(error, OSError):
        error = from_os_error(error)
    return Failure(
        code=error.code,
        params=error.params,
        permanent=error.permanent,
        whole_site=getattr(error, "whole_site", False),
        one_page=getattr(error, "one_page", False),
        is_sources_fault=getattr(error, "is_sources_fault", False),
        retry_after=getattr(error, "retry_after", None),
    )


def encode(kind: str, body: Any) -> str:
    fields = dataclasses.asdict(body) if dataclasses.is_dataclass(body) else dict(body)  # type: ignore[arg-type]
    return json.dumps({"kind": kind, **fields}, ensure_ascii=True)


def decode(line: str) -> Message:
    """Raises ValueError for what is no message."""
    fields = json.loads(line)
    if not isinstance(fields, dict) or not isinstance(fields.get("kind"), str):
        raise ValueError("not a message")
    return Message(fields.pop("kind"), fields)


def called(body: Mapping[str, Any]) -> Called:
    """How a call of the child ended."""
    error = body["error"]
    return Called(**{**body, "error": Fault(**error) if error else None})


def fetch_job(body: Mapping[str, Any]) -> FetchJob:
    lists = (
        *("languages", "hosters", "skip", "allow_private_hosts", "season_lengths"),
        "manifest_roots",
    )
    places = tuple(_place(one) for one in body["places"])
    return FetchJob(**{**body, "places": places, **{name: tuple(body[name]) for name in lists}})


def _place(body: Mapping[str, Any]) -> Place:
    chosen = body["site_settings"]
    site = SiteSettings(**{**chosen, "mirrors": tuple(chosen["mirrors"])})
    return Place(**{**body, "site_settings": site})
