"""Running a transfer and keeping what it reports."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from django.utils import timezone

from aniworld.sites.health.monitor import watch
from aniworld.sites.pace import rate_store
from downloads.choices import Stage
from downloads.errors import TransferDied
from downloads.models import DownloadQueueItem
from downloads.transfer.messages import (
    Attempt,
    Delivered,
    Failure,
    FetchJob,
    Message,
    Reading,
    called,
)
from downloads.worker import claims
from downloads.worker.counting import Counting
from downloads.worker.pace import WINDOW_SECONDS, Pace
from downloads.worker.pipe import TransferProcess
from downloads.worker.spare import Spare
from providers.coded import Coded
from providers.watching import Fault

logger = logging.getLogger(__name__)

# Stages may take their time silently (a site's Retry-After, a large file); how long a download may
# says ``pace``.
LONGEST_WORK = 3600.0
# After so many seconds, and again after as many more, it is asked whether something else is why.
SUSPICIOUS_SILENCE = 15.0
LARGEST_SPEED = 2**62  # bytes a second that the column holds


class Interrupted(Exception):
    """The worker has to end."""


class TransferFailed(Exception):
    """A try has failed; ``failure`` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


class SourceGivenUp(Exception):
    """A source brings next to nothing, or ends the child again and again.

    What failed is kept on the item already.

    Args:
        source: its identity, for the next job to leave it out.
    """

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.source = source


class Watch(Protocol):
    """Called several times a second; ends the transfer by what it raises.

    ``force``: the state has changed, so the progress is told whatever the pace.
    """

    def __call__(self, force: bool) -> None: ...


class Transfer:
    """The children of one try. Each is gone when ``run`` returns or raises.

    Args:
        when_silent: called where a child has not said a word for long; may raise to end it.
        on_source: called with the language of each source before anything is fetched from it; may
            raise to end the child.
        limit: how many bytes a second may be taken now; 0 for any number.
        spare: where children come from.
    """

    def __init__(
        self,
        item: DownloadQueueItem,
        worker: str,
        watch: Watch,
        when_silent: Callable[[], None],
        on_source: Callable[[str], None],
        *,
        limit: Callable[[], int],
        spare: Spare,
    ) -> None:
        self._item = item
        self._worker = worker
        self._watch = watch
        self._when_silent = when_silent
        self._on_source = on_source
        self._limit = limit
        self._kept_to = 0
        self._counting = Counting()
        self._spare = spare
        self._asked_why = 0.0  # of the silence, in seconds
        self._source: Mapping[str, Any] = {}  # the one that is, or was last, downloaded from
        self._pace = Pace()

    def run(self, job: FetchJob) -> Delivered:
        """Do ``job`` in a child and return what it brought.

        Raises:
            TransferFailed: the child says so.
            TransferDied: it ended, or fell silent, without saying.
            SourceGivenUp: the source in use brings nothing, or ends the child; another one may do.
            ClaimLost, Interrupted: from the watch.
            Exception: what ``when_silent`` raises.
        """
        self._source = {}
        self._counting.begin()
        process = self._spare.take()
        try:
            process.begin(job)
            self._keep_to(job.limit_bytes)
            result = self._follow(process)
        finally:
            code = process.end()
            self._counting.write()
        if result is None:
            raise self._died(TransferDied(why="ended", exit_code=code))
        if result.kind == "error":
            raise TransferFailed(Failure(**result.body))
        return Delivered(**result.body)

    def _note(self, stage: str, said: Coded, *, hoster: str, language: str) -> None:
        attempt = Attempt(
            at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            stage=stage,
            code=said["code"],
            params=said["params"],
            hoster=hoster,
            language=language,
            provider=self._source.get("provider") or self._item.series.site,
        )
        claims.keep_attempt(self._item, self._worker, attempt)

    def _follow(self, process: TransferProcess) -> Message | None:
        last: Message | None = None
        for message in process.messages():
            if message is None:
                self._watch(False)
                self._counting.write_now_and_then()
                if (limit := self._limit()) != self._kept_to:
                    process.limit(limit)
                    self._keep_to(limit)
                self._refuse_standstill()
                self._bear_silence(process.silent_for)
            elif message.kind in ("result", "error"):
                last = message
            else:
                self._take(message.kind, message.body, process)
        return last

    def _take(self, kind: str, body: Mapping[str, Any], process: TransferProcess) -> None:
        if kind == "progress":
            _take_reading(self._item, Reading(**body))
        elif kind == "received":
            self._counting.note(body["total"])
        elif kind in _SHARED:
            _SHARED[kind](body, process)
        elif kind == "waiting":
            self._pace.wait(body["seconds"])
            self._item.waiting_until = _after(body["seconds"])
            self._watch(True)
        elif kind == "stage":
            self._item.stage = Stage(body["stage"])
            self._watch(True)
        elif kind == "source":
            url, language = body["url"], body["language"]
            self._source = body
            self._pace.begin(self._item.downloaded_bytes)
            _begin_anew(self._item)
            claims.keep_source(
                self._item,
                self._worker,
                url=url,
                hoster=body["hoster"],
                language=language,
                provider=body["provider"],
            )
            self._on_source(language)
        elif kind == "attempt":
            claims.keep_attempt(self._item, self._worker, Attempt(**body))
        else:
            raise ValueError(f"unknown message {kind!r}")

    def _keep_to(self, limit: int) -> None:
        self._kept_to = limit
        self._pace.keep_to(limit, self._item.downloaded_bytes)

    def _refuse_standstill(self) -> None:
        if not self._source or self._item.stage != Stage.DOWNLOADING:
            return
        rate = self._pace.too_slow(self._item.downloaded_bytes)
        if rate is None:
            return
        raise self._gives_up(TransferDied(why="slow", rate=rate, seconds=round(WINDOW_SECONDS)))

    def _died(self, error: TransferDied) -> TransferDied | SourceGivenUp:
        """Once is chance; a second time what this source sends may be what the child dies of."""
        if not self._source:
            return error
        given_up = self._gives_up(error)
        same = ("hoster", "language", "code")
        *before, last = self._item.attempts
        is_again = any(all(one[name] == last[name] for name in same) for one in before)
        return given_up if is_again else error

    def _gives_up(self, error: TransferDied) -> SourceGivenUp:
        hoster, language = self._source["hoster"], self._source["language"]
        logger.warning("item=%s hoster=%s is given up: %s", self._item.pk, hoster, error)
        stage = "check" if self._item.stage == Stage.CHECKING else "download"
        self._note(stage, error.as_json(), hoster=hoster, language=language)
        return SourceGivenUp(self._source["source"])

    def _bear_silence(self, seconds: float) -> None:
        if seconds > LONGEST_WORK:
            raise self._died(TransferDied(why="silent", seconds=round(seconds)))
        if seconds < self._asked_why:
            self._asked_why = 0.0
        if seconds - self._asked_why > SUSPICIOUS_SILENCE:
            self._asked_why = seconds
            self._when_silent()


def _after(seconds: float) -> datetime | None:
    """The moment until which a hoster has asked us to wait; None where it has not, or no longer."""
    return timezone.now() + timedelta(seconds=seconds) if seconds > 0 else None


def _begin_anew(item: DownloadQueueItem) -> None:
    """Another source begins: what the one before it had come to says nothing of it."""
    item.waiting_until = None
    item.downloaded_bytes, item.progress_percent = 0, 0.0
    item.total_bytes = item.download_speed = item.eta = None


def _take_reading(item: DownloadQueueItem, reading: Reading) -> None:
    """Set a reading of the child on the object; nothing is written yet."""
    item.downloaded_bytes = max(reading.downloaded, 0)
    item.total_bytes = reading.total
    item.is_total_estimated = reading.is_estimate
    item.progress_percent = min(max(reading.percent, 0.0), 100.0)
    item.download_speed = min(int(reading.speed), LARGEST_SPEED) if reading.speed else None
    item.eta = min(max(reading.eta, 0), 2**31 - 1) if reading.eta is not None else None


def _give_slot(body: Mapping[str, Any], process: TransferProcess) -> None:
    process.answer({"wait": rate_store().reserve(body["site"], interval=body["interval"])})


def _hold(body: Mapping[str, Any], process: TransferProcess) -> None:
    rate_store().hold(body["site"], seconds=body["seconds"])
    process.answer({})


def _say_rest(body: Mapping[str, Any], process: TransferProcess) -> None:
    process.answer(watch().rest(body["service"], body["host"]))


def _note_call(body: Mapping[str, Any], _process: TransferProcess) -> None:
    watch().note(called(body))


def _note_misread(body: Mapping[str, Any], _process: TransferProcess) -> None:
    watch().misread(body["service"], Fault(**body["error"]))


# What the child asks and tells that all processes share.
_SHARED: Mapping[str, Callable[[Mapping[str, Any], TransferProcess], None]] = {
    "slot": _give_slot,
    "hold": _hold,
    "rest": _say_rest,
    "called": _note_call,
    "misread": _note_misread,
}
