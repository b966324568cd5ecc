"""What the queue's codes say where a template alone does not do it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_noop

from aniworld.web.texts import Params, Text, text


def _all_sources_failed(params: Params) -> str:
    tried = params.get("tried")
    if not tried:
        return gettext("No source worked.")
    return gettext("No source worked: {reasons}").format(reasons="; ".join(map(_step, tried)))


def _step(tried: Mapping[str, Any]) -> str:
    """``voe (German Dub), resolve: The file is gone.``"""
    names = {name: tried.get(name, "…") for name in ("hoster", "language", "stage")}
    words = text(tried.get("code", ""), tried.get("params"))
    return "{hoster} ({language}), {stage}: {words}".format(**names, words=words)


TEXTS: dict[str, Text] = {
    "all_sources_failed": _all_sources_failed,
    "out_of_range.to_queue": gettext_noop("{name} must be from {least} to {most}, not {value}."),
}
