"""The HTTP client of one site or hoster: pages, forms, redirects, covers.

Redirects are followed here, hop by hop, so that each is checked; pages can be cached and asked
for conditionally; answers that are not the page asked for become errors of this package.
"""

from __future__ import annotations

import hashlib
import json
import logging
import random
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from providers import traces
from providers.addresses import host_of, target_of
from providers.agents import NAMED_AGENT
from providers.asking import current
from providers.base import HearTime, RateStore
from providers.cache import CachedPage, PageCache, PageKey
from providers.challenge import challenge_sign
from providers.errors import (
    ChallengeRequired,
    NotFound,
    PageBroken,
    ProviderError,
    UnexpectedAnswer,
)
from providers.exchanges import cacheable, conditional, content_type, redirected, resting
from providers.guard import AddressGuard
from providers.parsing import parsed
from providers.rates import MemoryRateStore
from providers.traces import MISSING, Step, Trace, digest_of
from providers.tunnels import Proxy
from providers.watching import Called, Fault, Unwatched, Watch, is_answer, says_nothing
from providers.wire import Answer, Limits, Request, Wire, decode

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

logger = logging.getLogger(__name__)

_COVER_SIZE = 8_000_000
_LARGEST_KEPT = 400_000  # characters


@dataclass(frozen=True)
class Page:
    """A page as it was read. ``url`` is where it came from in the end, after redirects."""

    url: str
    text: str
    status: int = 200
    content_type: str = ""

    @cached_property
    def soup(self) -> BeautifulSoup:
        return parsed(self.text, url=self.url)


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes as they were read: a cover, or the beginning of a file."""

    url: str
    data: bytes
    content_type: str


PageCheck = Callable[[Page], None]


@dataclass(slots=True)
class _Call:
    """What one call, with all its hops, has taken so far."""

    seconds: float = 0.0
    size: int = 0


class HttpClient:
    """Requests to one site or hoster.

    Args:
        name: its name in the rate store and in the log.
        label: what it is called in messages; the name where not given.
        guard: which addresses may be connected to.
        rate_store: shared by all processes that ask the same site.
        interval: seconds between two requests.
        hear_time: is told what time it is for whoever answers.
        page_check: looks at every page before it is used or cached, and raises when it is one
            of the site's own error pages.
        watch: is told how each call ended, and lets what is down rest.
        hosts: addresses of the service that are watched one by one (the site and its mirrors); the
            others are watched together.
        proxy: what all connections lead through; None for none.
        sleep, clock, wall_clock, jitter: replaced in tests.
    """

    def __init__(
        self,
        name: str,
        *,
        label: str = "",
        guard: AddressGuard,
        rate_store: RateStore | None = None,
        interval: float = 1.0,
        cache: PageCache | None = None,
        hear_time: HearTime | None = None,
        page_check: PageCheck | None = None,
        user_agent: str = NAMED_AGENT,
        limits: Limits | None = None,
        watch: Watch | None = None,
        hosts: Collection[str] = (),
        proxy: Proxy | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.name = name
        self.label = label or name
        self.guard = guard
        self.user_agent = user_agent
        self._cache = cache
        self._page_check = page_check
        self._watch = watch or Unwatched()
        self._hosts = frozenset(hosts)
        self._now = wall_clock
        self._last: Page | None = None  # replaced as a whole, so that threads share it
        self._wire = Wire(
            name,
            label=self.label,
            guard=guard,
            rate_store=rate_store or MemoryRateStore(),
            interval=interval,
            limits=limits or Limits(),
            hear_time=hear_time,
            proxy=proxy,
            headers={"User-Agent": user_agent, "Accept-Language": "de,en;q=0.7"},
            sleep=sleep,
            clock=clock,
            jitter=jitter,
        )

    def close(self) -> None:
        self._wire.close()

    def get_page(
        self,
        url: str,
        *,
        referer: str = "",
        headers: Mapping[str, str] | None = None,
        ttl: float = 0.0,
        lasting: bool = False,
        check: PageCheck | None = None,
        allow_empty: bool = False,
    ) -> Page:
        """Fetch a page, following redirects.

        Args:
            ttl: seconds a cached copy counts as fresh; 0 asks the site without any cache.
            lasting: such a copy counts even where the site is asked now.
            check: raises when the page is not the one meant; such a page is not cached.

        Raises:
            SiteDown, SiteResting, RateLimited, ChallengeRequired, NotFound, AddressRefused,
            ResponseTooLarge, UnexpectedAnswer, and what ``check`` raises.
        """
        self.guard.check_url(url)  # what may not be asked any more is not taken from before either
        plain = self._request("GET", url, referer, headers or {})
        trace = traces.current()
        try:
            page = self._page_at(plain, ttl, lasting=lasting, check=check, allow_empty=allow_empty)
        except ProviderError as error:
            if trace is not None:
                _note_failure(trace, error, plain, ttl)
            raise
        if trace is not None:
            keeps = ttl if page.url == url else 0.0
            trace.note(Step.of(plain, keeps, digest_of(page.text), lasting=lasting))
        return page

    def _page_at(
        self,
        plain: Request,
        ttl: float,
        *,
        lasting: bool,
        check: PageCheck | None,
        allow_empty: bool,
    ) -> Page:
        key = self._key(plain)
        cached = self._cached(key) if ttl > 0 else None
        if cached is not None and self._is_fresh(key, cached, ttl, lasting=lasting):
            return self._page_of(cached)
        trace = traces.current()
        answer = trace.ahead.pop(key, None) if trace is not None else None
        answer = answer or self._asked(plain, cached, allow_empty=allow_empty)
        if cached is not None and answer.status == 304:
            self._keep_longer(key, cached, ttl)
            return self._page_of(cached)
        page = self._page(answer, allow_empty=allow_empty)
        if check is not None:
            check(page)
        if ttl > 0 and answer.url == plain.url:  # a redirect may lead elsewhere tomorrow
            self._store(key, cacheable(answer, page.text, now=self._now(), lifetime=ttl))
            self._keep_parsed(page)
        return page

    def _asked(self, plain: Request, cached: CachedPage | None, *, allow_empty: bool) -> Answer:
        """What the site says: a page, or 304 where what was kept is still the same.

        Raises:
            ProviderError: it is neither; also a 304 that nobody has asked for, or another address
            has given.
        """
        asked = conditional(plain, cached)
        with self._call(plain.url, repeats=True) as call:
            answer = self._follow(asked, call)
            if answer.status == 304 and asked is not plain and answer.url == plain.url:
                return answer
            self._page(answer, allow_empty=allow_empty)
        return answer

    def is_same(self, step: Step, trace: Trace) -> bool:
        """Whether a page is as it was at that step, of this moment as far as one wants it so.

        Args:
            trace: keeps what the site sent in place of it, for whoever reads it anew.

        Raises:
            ProviderError: the site did not answer with a page, where there was one.
        """
        self.guard.check_url(step.url)
        plain = replace(self._request("GET", step.url, "", {}), headers=dict(step.headers))
        if step.is_missing:
            return self._is_still_missing(plain, trace)
        key = self._key(plain)
        cached = self._cached(key)
        if cached is None or digest_of(cached.text) != step.digest:
            return False
        if self._is_fresh(key, cached, step.ttl, lasting=step.lasting):
            return True
        answer = self._asked(plain, cached, allow_empty=False)
        if answer.status == 304:
            self._keep_longer(key, cached, step.ttl)
            return True
        if answer.url == step.url and decode(answer.body) == cached.text:
            now = self._now()
            self._store(key, cacheable(answer, cached.text, now=now, lifetime=step.ttl))
            return True
        trace.ahead[key] = answer
        return False

    def _is_still_missing(self, plain: Request, trace: Trace) -> bool:
        try:
            answer = self._asked(plain, None, allow_empty=False)
        except NotFound:
            return True
        trace.ahead[self._key(plain)] = answer
        return False

    def post_form(
        self,
        url: str,
        form: Mapping[str, str],
        *,
        referer: str = "",
        headers: Mapping[str, str] | None = None,
        allow_empty: bool = False,
    ) -> Page:
        """Post a form; never cached. Raises what :meth:`get_page` raises."""
        request = replace(self._request("POST", url, referer, headers or {}), form=form)
        with self._call(url) as call:
            return self._page(self._follow(request, call), allow_empty=allow_empty)

    def post_json(
        self,
        url: str,
        body: object,
        *,
        referer: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """Post JSON; never cached. Raises what :meth:`get_page` raises."""
        told = {**(headers or {}), "Content-Type": "application/json"}
        posted = json.dumps(body).encode()
        request = replace(self._request("POST", url, referer, told), body=posted)
        with self._call(url) as call:
            return self._page(self._follow(request, call), allow_empty=False)

    def get_redirect(self, url: str, *, referer: str = "") -> str:
        """The absolute address ``url`` redirects to, which is not asked. Never cached.

        Raises:
            ChallengeRequired: it answered with a page instead; a person has to look at it.
            AddressRefused: the target is not http(s) or a private address.
            And the rest of what :meth:`get_page` raises.
        """
        self.guard.check_url(url)
        with self._call(url) as call:
            answer = self._send(self._request("GET", url, referer, {}), call)
            if not answer.location:
                self._page(answer, allow_empty=True)  # the more telling errors first
                raise ChallengeRequired(why="page_for_redirect", site=self.label, url=url)
        target = target_of(answer.url, answer.location)
        self.guard.check_url(target)
        return target

    def get_bytes(self, url: str, *, referer: str = "", max_bytes: int = _COVER_SIZE) -> Blob:
        """Fetch a small file such as a cover.

        Raises:
            ResponseTooLarge: it is larger than ``max_bytes``; and what :meth:`get_page` raises.
        """
        request = replace(self._request("GET", url, referer, {}), size=max_bytes)
        with self._call(url) as call:
            return self._blob(self._follow(request, call))

    def peek(self, url: str, *, size: int, headers: Mapping[str, str] | None = None) -> Blob:
        """The first ``size`` bytes of a file. Raises what :meth:`get_page` raises."""
        ranged = {**(headers or {}), "Range": f"bytes=0-{size - 1}"}
        request = replace(self._request("GET", url, "", ranged), size=size, truncate=True)
        with self._call(url) as call:
            return self._blob(self._follow(request, call))

    @contextmanager
    def asked_by_another(self, url: str) -> Iterator[None]:
        """Something else than this client asks: at the same rate, and counted as a call of it.

        Raises:
            SiteResting, RateLimited: it may not be asked now; and what is raised inside.
        """
        with self._call(url):
            self._wire.await_turn(url)
            yield

    def _request(self, method: str, url: str, referer: str, headers: Mapping[str, str]) -> Request:
        sent = {**headers, **({"Referer": referer} if referer else {})}
        return Request(method, url, size=self._wire.limits.page_size, headers=sent)

    @contextmanager
    def _call(self, url: str, *, repeats: bool = False) -> Iterator[_Call]:
        """One call, of which the watch is told how it ended.

        Args: repeats: that it is for a page, which can be compared with what it was before.

        Raises:
            SiteResting: it is left alone for now, unless somebody wants to see how it is.
        """
        if not repeats:
            traces.spoil()
        host = host_of(url)
        host = host if host in self._hosts else ""
        asking = current()
        if asking is None or not asking.of_now_alone:
            rest = self._watch.rest(self.name, host)
            if rest.seconds > 0:
                raise resting(self.label, rest, url)
        call = _Call()
        try:
            yield call
        except ProviderError as error:
            if not says_nothing(error):
                fault = None if is_answer(error) else Fault.of(error)
                self._watch.note(Called(self.name, host, fault, call.seconds, call.size))
            raise
        self._watch.note(Called(self.name, host, None, call.seconds, call.size))

    def _send(self, request: Request, call: _Call) -> Answer:
        answer = self._wire.send(request)
        call.seconds += answer.seconds
        call.size += len(answer.body)
        return answer

    def _follow(self, request: Request, call: _Call) -> Answer:
        for _hop in range(self._wire.limits.hops + 1):
            self.guard.check_url(request.url)
            answer = self._send(request, call)
            if not answer.location:
                return answer
            request = redirected(request, answer)
        raise UnexpectedAnswer(why="redirects", site=self.label, url=request.url)

    def _page(self, answer: Answer, *, allow_empty: bool) -> Page:
        text = decode(answer.body)
        self._refuse_bad_status(answer, text)
        if not text.strip():
            if allow_empty:
                return Page(answer.url, "", answer.status, content_type(answer))
            raise PageBroken(why="empty_page", site=self.label, url=answer.url)
        page = Page(answer.url, text, answer.status, content_type(answer))
        if self._page_check is not None:
            self._page_check(page)
        return page

    def _blob(self, answer: Answer) -> Blob:
        is_page = content_type(answer) == "text/html"
        self._refuse_bad_status(answer, decode(answer.body) if is_page else "")
        return Blob(answer.url, answer.body, content_type(answer))

    def _refuse_bad_status(self, answer: Answer, text: str) -> None:
        sign = challenge_sign(answer.status, answer.headers, text, url=answer.url)
        if sign:
            raise ChallengeRequired(why="check", site=self.label, sign=sign, url=answer.url)
        status, url = answer.status, answer.url
        if status in {404, 410}:
            raise NotFound(why="status", site=self.label, status=status, url=url)
        if status in {401, 403}:
            raise ChallengeRequired(why="refused", site=self.label, status=status, url=url)
        if not 200 <= status < 300:
            raise UnexpectedAnswer(why="status", site=self.label, status=status, url=url)

    def _key(self, request: Request) -> PageKey:
        sent = sorted({"User-Agent": self.user_agent, **request.headers}.items())
        said = "\n".join(f"{name}: {value}" for name, value in sent)
        digest = hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()
        return PageKey(self.name, request.url, digest[:32])

    def _keep_longer(self, key: PageKey, cached: CachedPage, ttl: float) -> None:
        self._store(key, replace(cached, stored_at=self._now(), lifetime=ttl))

    def _page_of(self, cached: CachedPage) -> Page:
        """The page as it was kept. Of the one that was read last the parsed form is still there:
        who asks for a series asks for its head and its episodes, which stand on one page."""
        last = self._last
        if last is not None and (last.url, last.text) == (cached.url, cached.text):
            return last
        page = Page(cached.url, cached.text, 200, cached.content_type)
        self._keep_parsed(page)
        return page

    def _keep_parsed(self, page: Page) -> None:
        """A list of all series is left out: its parsed form takes fifty times its text."""
        self._last = page if len(page.text) <= _LARGEST_KEPT else None

    def _cached(self, key: PageKey) -> CachedPage | None:
        asking = current()
        fetched = asking.fetched(key) if asking is not None else None
        return fetched or (self._cache.get(key) if self._cache is not None else None)

    def _is_fresh(self, key: PageKey, cached: CachedPage, ttl: float, *, lasting: bool) -> bool:
        asking = current()
        is_of_before = asking is not None and asking.fetched(key) is not cached
        if is_of_before and not (lasting and asking and not asking.of_now_alone):
            return False
        return self._now() - cached.stored_at < ttl

    def _store(self, key: PageKey, page: CachedPage) -> None:
        if self._cache is None:
            return
        self._cache.put(key, page)
        if asking := current():
            asking.note(key, page)


def _note_failure(trace: Trace, error: ProviderError, asked: Request, ttl: float) -> None:
    """Who reads may go on without a page that is not there: that it is not is a part of what was
    read. Of any other failure nobody can say whether it is still the same."""
    if isinstance(error, NotFound) and error.params.get("why") == "status":
        trace.note(Step.of(asked, ttl, MISSING, lasting=False))
    else:
        trace.repeats = False
