"""What the queue's codes say where a template alone does not do it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext, gettext_noop, ngettext

from aniworld.web import display
from aniworld.web.texts import Params, Text, text
from providers.base import HOSTER_LABELS, OWN


def _all_sources_failed(params: Params) -> str:
    tried = params.get("tried")
    if not tried:
        return gettext("No source worked.")
    return gettext("No source worked: {reasons}.").format(reasons=_steps(tried))


def _sites_failed(params: Params) -> str:
    tried = params.get("tried")
    if not tried:
        return gettext("No site brings it now.")
    return gettext("No site brings it now: {reasons}.").format(reasons=_steps(tried))


def _steps(tried: Iterable[Mapping[str, Any]]) -> str:
    return "; ".join(map(_step, tried))


def _step(tried: Mapping[str, Any]) -> str:
    """``VOE (German Dub), reading its player: The file is gone``"""
    words = text(tried.get("code", ""), tried.get("params")).rstrip(".")
    place = source_in_words(tried)
    stage = stage_in_words(str(tried.get("stage", "")))
    return f"{place}, {stage}: {words}" if stage else f"{place}: {words}"


def source_in_words(facts: Mapping[str, Any]) -> str:
    """``VOE (German Dub)``; of a step that was made for all hosters of a site, the site."""
    hoster = str(facts.get("hoster") or "")
    if not hoster:
        return provider_in_words(str(facts.get("provider") or "…"))
    shown = HOSTER_LABELS.get(hoster.casefold(), hoster)
    language = display.language(str(facts.get("language") or ""))
    return f"{shown} ({language})" if language else shown


def provider_in_words(provider: str) -> str:
    """The site that has named a source; of a link of the owner's own that it is one."""
    return gettext("your link") if provider == OWN else provider


def total_in_words(count: int | None, *, is_estimated: bool) -> str:
    """Bytes as "364 MB", or "about 364 MB" where they are guessed; empty where unknown."""
    total = display.size(count)
    return gettext("about %s") % total if total and is_estimated else total


def stage_in_words(stage: str) -> str:
    """At what an attempt failed; empty where that says nothing."""
    return gettext(_STAGES[stage]) if stage in _STAGES else ""


# What ``providers.failover`` and the transfer call the steps of a try.
_STAGES = {
    "site": gettext_noop("asking the site"),
    "locate": gettext_noop("looking for its link"),
    "resolve": gettext_noop("reading its player"),
    "probe": gettext_noop("asking for the beginning"),
    "download": gettext_noop("downloading"),
    "downloading": gettext_noop("downloading"),
    "remux": gettext_noop("joining the streams"),
    "check": gettext_noop("checking the file"),
}


def _queue_done(params: Params) -> str:
    completed, failed = params["completed"], params["failed"]
    words = (
        ngettext(
            "The queue is done: %d episode downloaded",
            "The queue is done: %d episodes downloaded",
            completed,
        )
        % completed
    )
    if not failed:
        return f"{words}."
    also = ngettext("%d failed", "%d failed", failed) % failed
    return f"{words}, {also}."


TEXTS: dict[str, Text] = {
    "queue_done": _queue_done,
    "queue_stopped": gettext_noop("The queue was stopped before all was done."),
    "all_sources_failed": _all_sources_failed,
    "sites_failed": _sites_failed,
    "out_of_range.to_queue": gettext_noop("{name} must be from {least} to {most}, not {value}."),
}
