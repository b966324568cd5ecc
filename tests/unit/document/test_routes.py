"""Every address for programs is in the document, and everything it refers to is there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, URLResolver, get_resolver

from aniworld.web.document import ReadableDocumentView
from tests.document import document, operation_of

PROGRAMS = ("/api/", "/ws/", "/ping/", "/health/")
PAGES = {ReadableDocumentView}  # the document as people read it


def _routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern, path)
        elif isinstance(pattern, URLPattern):
            yield simplify_regex(path), pattern.callback


def _methods(view: Any) -> set[str]:
    return set(view.cls().allowed_methods) - {"OPTIONS", "HEAD"}


def test_every_address_for_programs_is_described() -> None:
    routes = [one for one in _routes(get_resolver("aniworld.urls")) if one[0].startswith(PROGRAMS)]
    assert len(routes) > 60
    for path, view in routes:
        if view.cls in PAGES:
            continue
        example = re.sub(r"<\w+>", "1", path)
        for method in _methods(view):
            assert operation_of(method, example), f"{method} {path} is not in the document"


def test_only_the_second_spelling_of_an_address_is_left_out() -> None:
    routes = dict(_routes(get_resolver("aniworld.urls")))
    hidden = {path for path, view in routes.items() if _is_hidden(view)}
    assert len(hidden) > 10
    for path in hidden:
        described = re.sub("^/api/", "/api/v1/", path)
        assert routes[described].cls is routes[path].cls
        assert not _is_hidden(routes[described])


def _is_hidden(view: Any) -> bool:
    return getattr(view, "initkwargs", {}).get("schema", "") is None


def test_nothing_refers_to_what_is_not_there() -> None:
    said = json.dumps(document())
    named = set(re.findall(r'"#/components/(\w+)/(\w+)"', said))
    assert len(named) > 50
    for kind, name in named:
        assert name in document()["components"][kind]


def test_nothing_is_described_that_no_operation_uses() -> None:
    said = json.dumps(document())
    for name in document()["components"]["schemas"]:
        assert f'"#/components/schemas/{name}"' in said
