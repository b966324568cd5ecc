"""The first half of a transfer: find a source that works and download from it."""

from __future__ import annotations

import hashlib
import logging
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from downloads.transfer import refused
from downloads.transfer.channel import Channel, ChannelRateStore
from downloads.transfer.engine import Download, Engine
from downloads.transfer.errors import (
    AllSourcesFailed,
    ConnectionLost,
    DiskFull,
    LinkRefused,
    NoSource,
    SourceFault,
)
from downloads.transfer.messages import Attempt, Fetched, FetchJob, Reading
from downloads.transfer.refused import Refused
from providers import failover, registry
from providers.base import Hoster, Media, Site, Source
from providers.errors import AddressRefused, ProviderError
from providers.guard import AddressGuard, install_socket_guard
from providers.http import BROWSER_AGENT, HttpClient
from providers.probe import probe

logger = logging.getLogger(__name__)

SPACE_CHECK_SECONDS = 1.0
MOST_TOLD = 20  # sources whose failure the item's own error names; all are in its attempts


def fetch(job: FetchJob, channel: Channel) -> Fetched:
    """Try the episode's sources in the owner's order until one is on disk.

    Raises:
        ProviderError: of the site as a whole, or it does not have the episode.
        NoSource: nothing in a wanted language.
        AllSourcesFailed: each was tried.
        DiskFull, NotPermitted: no other source would do better.
    """
    guard = AddressGuard(job.allow_private_hosts)
    forbidden = install_socket_guard(guard)
    return _Fetch.of(job, channel, guard, forbidden).run()


def identity(source: Source) -> str:
    """A name for a source that stays the same between tries, good for a folder."""
    words = "\n".join((source.provider, source.hoster, source.language, source.link))
    return f"{source.hoster.casefold()[:20]}-{hashlib.sha256(words.encode()).hexdigest()[:16]}"


@dataclass
class _Fetch:
    job: FetchJob
    channel: Channel
    site: Site
    hosters: dict[str, Hoster]
    probe: Callable[[Media], None]
    forbidden: Sequence[AddressRefused]  # where a socket was not let to, growing
    tried: list[failover.Attempt] = field(default_factory=list)
    refused: tuple[Refused, ...] = ()  # in an earlier try
    may_mend: bool = False  # another try may do better

    @classmethod
    def of(
        cls,
        job: FetchJob,
        channel: Channel,
        guard: AddressGuard,
        forbidden: Sequence[AddressRefused],
    ) -> _Fetch:
        store = ChannelRateStore(channel)
        # As fast as the download itself would ask, and no slower.
        prober = HttpClient(
            "media", guard=guard, rate_store=store, interval=0.0, user_agent=BROWSER_AGENT
        )
        return cls(
            job,
            channel,
            registry.build_site(job.site, job.site_settings, rate_store=store, guard=guard),
            registry.build_hosters(rate_store=store, guard=guard),
            lambda media: probe(media, prober),
            forbidden,
        )

    def run(self) -> Fetched:
        self.channel.send("stage", {"stage": "RESOLVING"})
        sources = self._sources()
        found = failover.iterate_media(
            self.site, self.hosters, sources, on_attempt=self._note, probe=self.probe
        )
        for source, media in found:
            try:
                return self._take(source, media)
            except (SourceFault, ProviderError) as error:
                self._give_up(source, error)
                self.channel.send("stage", {"stage": "RESOLVING"})
        raise self._all_failed()

    def _sources(self) -> list[Source]:
        listed = self.site.sources(self.job.key, self.job.season, self.job.episode)
        ordered = failover.order_sources(
            listed, languages=self.job.languages, hosters=self.job.hosters
        )
        if not ordered:
            there = sorted({source.language for source in listed})
            raise NoSource(why="others", languages=there) if there else NoSource(why="none")
        self.refused = refused.read(Path(self.job.work_dir))
        passed_by = {*self.job.skip, *(one.source for one in self.refused)}
        return [source for source in ordered if identity(source) not in passed_by]

    def _take(self, source: Source, media: Media) -> Fetched:
        self.channel.send("stage", {"stage": "DOWNLOADING"})
        self.channel.send(
            "source",
            {
                "source": identity(source),
                "url": source.link,
                "hoster": source.hoster,
                "language": source.language,
            },
        )
        folder = Path(self.job.work_dir) / identity(source)
        folder.mkdir(exist_ok=True)  # its parent is there, or the disk has gone
        download = self._download(source, media, folder)
        return Fetched(
            files=tuple(str(file) for file in download.files),
            source=identity(source),
            url=source.link,
            hoster=source.hoster,
            language=source.language,
            duration=download.duration,
            size=download.size,
        )

    def _download(self, source: Source, media: Media, folder: Path) -> Download:
        before = list(self.forbidden)
        try:
            return self._run_engine(source, media, folder)
        except ConnectionLost as error:
            # The engine knows no more than that there was no connection.
            new = [refusal for refusal in self.forbidden if refusal not in before]
            if new:
                raise new[-1] from error
            raise

    def _run_engine(self, source: Source, media: Media, folder: Path) -> Download:
        engine = _engine(self.job)
        watch = _Watch(self.job, lambda reading: self.channel.send("progress", reading))
        try:
            return engine.fetch(media, folder, watch)
        except LinkRefused as error:
            # Signed links run out, also in the middle; a fresh one goes on where this one ended.
            logger.info("source=%s resolving again: %s", identity(source), error)
            fresh = registry.resolve_source(self.site, self.hosters, source)
            return engine.fetch(fresh, folder, watch)

    def _give_up(self, source: Source, error: SourceFault | ProviderError) -> None:
        self._note(failover.Attempt.failed(source, "download", error, datetime.now(UTC)))

    def _note(self, attempt: failover.Attempt) -> None:
        self.tried.append(attempt)
        self.may_mend = self.may_mend or not attempt.is_final
        self.channel.send(
            "attempt",
            Attempt(
                at=attempt.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
                stage=attempt.stage,
                code=attempt.code,
                params=attempt.params,
                provider=attempt.provider,
                hoster=attempt.hoster,
                language=attempt.language,
            ),
        )

    def _all_failed(self) -> AllSourcesFailed:
        permanent = not self.may_mend and not self.job.skip
        names = ("hoster", "language", "stage", "code", "params")
        tried = [one.tried() for one in self.refused]
        tried += [{name: getattr(one, name) for name in names} for one in self.tried]
        if not tried:
            return AllSourcesFailed(why="broken", permanent=permanent)
        return AllSourcesFailed(tried=tried[:MOST_TOLD], permanent=permanent)


@dataclass
class _Watch:
    """Passes readings on and looks at the free space now and then."""

    job: FetchJob
    tell: Callable[[Reading], None]
    looked_at: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, reading: Reading) -> None:
        self.tell(reading)
        with self.lock:
            if time.monotonic() - self.looked_at < SPACE_CHECK_SECONDS:
                return
            self.looked_at = time.monotonic()
        if shutil.disk_usage(self.job.work_dir).free < self.job.min_free_bytes:
            raise DiskFull(why="floor")


def _engine(job: FetchJob) -> Engine:
    # Imported when there is something to fetch: it takes a second and 20 MB.
    from downloads.transfer.ytdlp import YtDlpEngine  # noqa: PLC0415

    return YtDlpEngine(retry_pause=job.retry_pause)
