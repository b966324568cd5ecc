"""A transfer: find a source that works, fetch it into one file, and see that it is the episode."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from downloads.transfer import quarantine, refused
from downloads.transfer.channel import Channel, ChannelRateStore, ChannelWatch, Received
from downloads.transfer.errors import (
    AllSourcesFailed,
    ConnectionLost,
    DiskFull,
    Doubtful,
    LinkRefused,
    NoSource,
    SitesFailed,
    SourceFault,
    SourceStumbled,
    TransferError,
)
from downloads.transfer.languages import wanted
from downloads.transfer.media import Muxed, Wanted
from downloads.transfer.messages import Attempt, Delivered, FetchJob, Place, Reading
from downloads.transfer.places import own_folder
from downloads.transfer.refused import Refused
from providers import failover, registry
from providers.base import Hoster, Media, Site, Source
from providers.coded import foreign
from providers.errors import AddressRefused, ProviderError
from providers.guard import AddressGuard, install_socket_guard
from providers.own import OwnLinkSite

if TYPE_CHECKING:  # neither is imported before the site is asked, see child.LATER
    from downloads.transfer.engines import Engines
    from downloads.transfer.gate import Report

logger = logging.getLogger(__name__)

SPACE_CHECK_SECONDS = 1.0
MOST_TOLD = 20  # sources whose failure the item's own error names; all are in its attempts
PATIENCE = 5.0  # seconds for a hoster that only ever asks to wait: now the others come first
MOST_LINKS = 500  # to one source in one try, each of which has brought something
MOST_ANEW = 5  # of these lead to something else than the one before


def fetch(job: FetchJob, channel: Channel) -> Delivered:
    """Try the episode's sources in the owner's order until one has brought it.

    Raises:
        ProviderError: of the site as a whole, or it does not have the episode.
        NoSource: nothing in a wanted language.
        AllSourcesFailed: each was tried.
        SitesFailed: another site than the one that lists the episode may bring it later.
        DiskFull, NotPermitted: no other source would do better.
    """
    guard = AddressGuard(job.allow_private_hosts)
    forbidden = install_socket_guard(guard)
    received = Received(channel)
    try:
        return _Fetch.of(job, channel, guard, forbidden, received).run()
    finally:
        received.finish()


def identity(source: Source) -> str:
    """A name for a source that stays the same between tries, good for a folder."""
    words = "\n".join((source.provider, source.hoster, source.language, source.link))
    return f"{source.hoster.casefold()[:20]}-{hashlib.sha256(words.encode()).hexdigest()[:16]}"


@dataclass
class _Fetch:
    job: FetchJob
    channel: Channel
    build: Callable[[Place], Site]
    hosters: dict[str, Hoster]
    engines: Callable[[], Engines]  # made once
    forbidden: Sequence[AddressRefused]  # where a socket was not let to, growing
    tried: list[failover.Attempt] = field(default_factory=list)
    failures: dict[str, ProviderError | NoSource] = field(default_factory=dict)  # by site
    refused: tuple[Refused, ...] = ()  # in an earlier try
    may_mend: bool = False  # another try may do better
    at: str = ""  # which step of a source is being made
    is_patient: bool = False  # there is no other source left that could be asked meanwhile

    @classmethod
    def of(
        cls,
        job: FetchJob,
        channel: Channel,
        guard: AddressGuard,
        forbidden: Sequence[AddressRefused],
        received: Received,
    ) -> _Fetch:
        store, watch = ChannelRateStore(channel), ChannelWatch(channel)

        def build(place: Place) -> Site:
            if place.link:
                return OwnLinkSite(place.link, place.language)
            return registry.build_site(
                place.site,
                place.site_settings,
                rate_store=store,
                guard=guard,
                watch=watch,
                manifest_roots=job.manifest_roots,
            )

        return cls(
            job,
            channel,
            build,
            registry.build_hosters(rate_store=store, guard=guard, watch=watch),
            cache(partial(_engines, job, channel, guard, store, received)),
            forbidden,
        )

    def run(self) -> Delivered:
        """Ask one site after the other. Those whose hosters ask to wait are waited for at the end:
        another one may do better meanwhile."""
        self.refused = refused.read(Path(self.job.work_dir))
        busy: dict[Place, list[Source]] = {}
        for place in self.job.places:
            delivered = self._from(place, busy)
            if delivered is not None:
                return delivered
        self.is_patient = True
        for place, sources in list(busy.items()):
            delivered = self._from(place, {}, sources)
            if delivered is not None:
                return delivered
        raise self._all_failed()

    def _from(
        self, place: Place, busy: dict[Place, list[Source]], again: Sequence[Source] = ()
    ) -> Delivered | None:
        """What one site brings; None where that is nothing, which is noted.

        Args:
            busy: is added the sources whose hosters ask to wait, again and again.
            again: those of them that are asked now; none: all that the site has.
        """
        self._stage("RESOLVING")
        try:
            site = self.build(place)
            sources = again or self._sources(site, place)
            if not again:
                self.is_patient = len(sources) == 1 and self.is_alone
            delivered, waiting = self._first(site, sources)
        except (ProviderError, NoSource) as error:
            if self.is_alone:
                raise
            self._site_failed(place, error)
            return None
        if waiting:
            busy[place] = waiting
        return delivered

    @property
    def is_alone(self) -> bool:
        """Whether there is no other site to ask."""
        return len(self.job.places) == 1

    def _first(
        self, site: Site, sources: Sequence[Source]
    ) -> tuple[Delivered | None, list[Source]]:
        """What the first source brings that brings anything, and those before it whose hosters
        ask to wait, again and again."""
        busy: list[Source] = []
        found = failover.iterate_media(site, self.hosters, sources, on_attempt=self._note)
        for source, media in found:
            try:
                return self._taken(site, source, media), busy
            except (SourceFault, ProviderError) as error:
                if isinstance(error, ProviderError) and error.whole_site:
                    raise  # a fresh link was asked for, and it is no fault of the source
                if isinstance(error, ConnectionLost) and error.is_busy:
                    busy.append(source)
                self._give_up(source, error)
                self._stage("RESOLVING")
        return None, busy

    def _taken(self, site: Site, source: Source, media: Media) -> Delivered:
        """What one source brings. One that makes our code stumble is no reason not to ask the
        others."""
        try:
            return self._take(site, source, media)
        except (TransferError, ProviderError, OSError):
            raise
        except Exception as error:
            logger.exception("source=%s what it sends was not foreseen", identity(source))
            raise SourceStumbled(reason=foreign(str(error) or type(error).__name__)) from error

    def _stage(self, stage: str) -> None:
        self.channel.send("stage", {"stage": stage})

    def _sources(self, site: Site, place: Place) -> list[Source]:
        listed = site.sources(place.key, place.season, place.episode)
        only = self.job.only_language
        wanted_there = (place.language,) if place.link else self.job.languages
        languages = (only,) if only else wanted_there
        ordered = failover.order_sources(listed, languages=languages, hosters=self.job.hosters)
        if not ordered:
            there = sorted({source.language for source in listed})
            raise NoSource(why="others", languages=there) if there else NoSource(why="none")
        passed_by = {*self.job.skip, *(one.source for one in self.refused)}
        return [source for source in ordered if identity(source) not in passed_by]

    def _take(self, site: Site, source: Source, media: Media) -> Delivered:
        self.at = "download"
        self._stage("DOWNLOADING")
        told = {
            "provider": source.provider,
            "url": source.link,
            "hoster": source.hoster,
            "language": source.language,
        }
        self.channel.send("source", {"source": identity(source), **told})
        folder = own_folder(Path(self.job.work_dir) / identity(source))
        expects = wanted(source.language, self.job.languages)
        try:
            muxed = self._download(site, source, media, folder, expects)
            self.at = "check"
            self._stage("CHECKING")
            report = self._examined(muxed, expects)
        except Doubtful as error:
            self._keep_aside(_delivered(source, muxed, error.report), error)
            self._refuse(source, error, folder)
            raise
        except SourceFault as error:
            if error.permanent:
                self._refuse(source, error, folder)
            raise
        return _delivered(source, muxed, report)

    def _download(
        self, site: Site, source: Source, media: Media, folder: Path, expects: Wanted
    ) -> Muxed:
        """Fetch, with a fresh link as often as one runs out and something has come since.

        Where a link leads to something else, what came before it is thrown away: then there is
        less than before, which may happen a few times.
        """
        watch = _Watch(self.job, lambda reading: self.channel.send("progress", reading))
        had, begun_anew = -1, 0
        for _link in range(MOST_LINKS):
            try:
                return self._run_engine(media, folder, expects, watch)
            except LinkRefused as error:
                have = _size(folder)
                begun_anew += have < had
                if have == had or begun_anew > MOST_ANEW:
                    raise
                had = have
                logger.info("source=%s resolving again: %s", identity(source), error)
                media = registry.resolve_source(site, self.hosters, source)
        raise LinkRefused(status=403)

    def _run_engine(
        self, media: Media, folder: Path, expects: Wanted, watch: Callable[[Reading], None]
    ) -> Muxed:
        before = list(self.forbidden)
        try:
            engines = replace(self.engines(), patience=None if self.is_patient else PATIENCE)
            return engines.fetch(
                media, folder, expects, watch, when_fetched=lambda: self._stage("REMUXING")
            )
        except TransferError as error:
            # What yt-dlp fetches does not pass our client: it only knows that nothing came.
            new = [refusal for refusal in self.forbidden if refusal not in before]
            if new:
                raise new[-1] from error
            raise

    def _examined(self, muxed: Muxed, expects: Wanted) -> Report:
        from downloads.transfer.gate import Expected, examine  # noqa: PLC0415 - see child.LATER

        try:
            report = examine(
                muxed, Expected(wanted=expects, season_lengths=self.job.season_lengths)
            )
        except Doubtful:
            raise
        except TransferError:
            muxed.path.unlink(missing_ok=True)
            raise
        _sync(muxed.path)
        return report

    def _keep_aside(self, file: Delivered, doubt: Doubtful) -> None:
        if self.job.may_quarantine:
            _sync(Path(file.path))
            quarantine.keep(Path(self.job.work_dir), file, doubt.code, doubt.params)

    def _refuse(self, source: Source, error: SourceFault, folder: Path) -> None:
        """What it delivers is no good, and would be none again."""
        shutil.rmtree(folder, ignore_errors=True)
        refused.add(
            Path(self.job.work_dir),
            Refused(
                identity(source), source.hoster, source.language, error.code, dict(error.params)
            ),
        )

    def _give_up(self, source: Source, error: SourceFault | ProviderError) -> None:
        self._note(failover.Attempt.failed(source, self.at, error, datetime.now(UTC)))

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

    def _site_failed(self, place: Place, error: ProviderError | NoSource) -> None:
        """It is on the chain, as what its sources went through is: the next site is asked."""
        logger.warning("site=%s code=%s next site: %s", place.site, error.code, error)
        self.failures[place.site] = error
        self._note(
            failover.Attempt(
                provider=place.site,
                hoster="",
                language="",
                stage="site",
                code=error.code,
                params=error.params,
                at=datetime.now(UTC),
                is_final=error.permanent,
            )
        )

    def _all_failed(self) -> TransferError | ProviderError:
        """Why none of the sites has brought it. Where the one that lists the episode is down as a
        whole, that says more than what the others said: nothing else comes from there either."""
        own = self.failures.get(self.job.home)
        if isinstance(own, ProviderError) and own.whole_site:
            return own
        names = ("provider", "hoster", "language", "stage", "code", "params")
        tried = [one.tried() for one in self.refused]
        tried += [{name: getattr(one, name) for name in names} for one in self.tried]
        if any(isinstance(one, ProviderError) and one.whole_site for one in self.failures.values()):
            return SitesFailed(tried=tried[:MOST_TOLD])
        permanent = not self.may_mend and not self.job.skip
        if not tried:
            return AllSourcesFailed(why="broken", permanent=permanent)
        return AllSourcesFailed(tried=tried[:MOST_TOLD], permanent=permanent)


def _delivered(source: Source, muxed: Muxed, report: Report) -> Delivered:
    return Delivered(
        path=str(muxed.path),
        extension=muxed.extension,
        size=report.size,
        duration=report.seconds,
        source=identity(source),
        url=source.link,
        hoster=source.hoster,
        language=source.language,
        seen=report.as_json(),
    )


def _engines(
    job: FetchJob,
    channel: Channel,
    guard: AddressGuard,
    store: ChannelRateStore,
    received: Received,
) -> Engines:
    from downloads.transfer.engines import Engines  # noqa: PLC0415 - see child.LATER
    from downloads.transfer.wire import HostPauses, Limiter  # noqa: PLC0415 - the same

    limiter = Limiter(job.limit_bytes, on_taken=received.add)
    channel.follow_limit(partial(setattr, limiter, "rate"))
    return Engines(
        guard=guard,
        pauses=HostPauses(
            store, on_wait=lambda seconds: channel.send("waiting", {"seconds": seconds})
        ),
        limiter=limiter,
        connections=job.connections,
        retry_pause=job.retry_pause,
        keep_free=job.min_free_bytes,
    )


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


def _size(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(
        (Path(parent) / name).stat().st_size
        for parent, _folders, names in os.walk(folder)
        for name in names
    )


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
