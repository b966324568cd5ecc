"""The pictures of the pages. Who may see them is decided by the gate, as for every page."""

from __future__ import annotations

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import escape
from django.views.decorators.http import require_safe

from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from library.models import AnimeSeries
from library.services.covers import WIDTHS, cover_path, cover_version

_A_DAY = 86_400
_PLACEHOLDER = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 220 310" role="img" aria-label="{name}">'
    '<rect width="220" height="310" fill="#5c6670"/>'
    '<text x="110" y="175" text-anchor="middle" font-family="sans-serif" font-size="72" '
    'fill="#ffffff">{letter}</text></svg>'
)


@needs(Right.VIEW)
@require_safe
def cover(request: HttpRequest, pk: int, width: int = WIDTHS[0]) -> HttpResponse:
    """The cover of a series in one of two widths, or its first letter."""
    series = AnimeSeries.objects.filter(pk=pk).first()
    if series is None or width not in WIDTHS:
        raise Http404
    path = cover_path(pk, width)
    if not series.cover_source or not path.exists():
        return _placeholder(series)
    return picture_answer(request, path, cover_version(series))


def picture_answer(request: HttpRequest, path: Path, version: str) -> HttpResponse:
    """A kept cover, which a browser may keep too."""
    etag = f'"{version}-{path.stem}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(path.read_bytes(), content_type="image/webp")
    response["ETag"] = etag
    fixed = request.GET.get("v") == version
    response["Cache-Control"] = f"private, max-age={365 * _A_DAY if fixed else _A_DAY}"
    return response


def _placeholder(series: AnimeSeries) -> HttpResponse:
    name = series.name.strip()
    picture = _PLACEHOLDER.format(name=escape(name), letter=escape(name[:1].upper()))
    response = HttpResponse(picture, content_type="image/svg+xml")
    response["Cache-Control"] = "private, max-age=60"
    return response
