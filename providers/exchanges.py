"""From a request to the next, and from an answer to what is kept of it."""

from __future__ import annotations

from dataclasses import replace

from providers.addresses import target_of
from providers.cache import CachedPage
from providers.errors import SiteResting
from providers.watching import Rest
from providers.wire import Answer, Request


def resting(site: str, rest: Rest, url: str) -> SiteResting:
    """The error of who asks a site that rests."""
    left = max(1, round(rest.seconds))
    if rest.reason is None:
        return SiteResting(site=site, seconds=left, retry_after=rest.seconds, url=url)
    return SiteResting(
        why="refused", reason=rest.reason, seconds=left, retry_after=rest.seconds, url=url
    )


def conditional(plain: Request, cached: CachedPage | None) -> Request:
    """The request with headers that let the site say "not modified"; as it is without any."""
    if cached is None:
        return plain
    conditions = {"If-None-Match": cached.etag, "If-Modified-Since": cached.last_modified}
    told = {name: value for name, value in conditions.items() if value}
    if not told:
        return plain
    return replace(plain, headers={**plain.headers, **told})


def cacheable(answer: Answer, text: str, *, now: float, lifetime: float) -> CachedPage:
    """What is kept of a page. Args: now: Unix seconds; lifetime: seconds."""
    return CachedPage(
        url=answer.url,
        text=text,
        content_type=content_type(answer),
        etag=answer.headers.get("ETag", ""),
        last_modified=answer.headers.get("Last-Modified", ""),
        stored_at=now,
        lifetime=lifetime,
    )


def content_type(answer: Answer) -> str:
    """The media type that an answer names, without its parameters."""
    return answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def redirected(request: Request, answer: Answer) -> Request:
    """The request for the next hop: a form is posted again only for 307 and 308."""
    headers = {
        name: value
        for name, value in request.headers.items()
        if name not in {"If-None-Match", "If-Modified-Since"}
    }
    target = target_of(answer.url, answer.location)
    if answer.status in {307, 308}:
        return replace(request, url=target, headers=headers)
    headers.pop("Content-Type", None)
    return replace(request, url=target, headers=headers, method="GET", form=None, body=None)
