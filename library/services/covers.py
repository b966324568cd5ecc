"""Covers: fetched once, proved to be images, scaled, and served by ourselves.

A cover is data from a site: limited in bytes and pixels, decoded by Pillow and written anew, so
that nothing of the original file reaches a browser.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from aniworld.sites import configured, pace
from aniworld.sites.health import monitor
from library.models import AnimeSeries, CatalogueEntry
from providers.errors import ProviderError

if TYPE_CHECKING:
    from PIL.Image import Image

log = logging.getLogger(__name__)

WIDTHS = (220, 440)  # once and twice the width a page shows
MAX_BYTES = 8_000_000
MAX_PIXELS = 40_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")

Fetch = Callable[[str], bytes]


def cover_path(series_id: int, width: int) -> Path:
    return Path(settings.DATA_DIR) / "covers" / f"{series_id}-{width}.webp"


def cover_version(of: AnimeSeries | CatalogueEntry) -> str:
    """Changes with the picture; empty where there is none."""
    if not of.cover_source:
        return ""
    return hashlib.sha256(of.cover_source.encode()).hexdigest()[:12]


# What foreign bytes and addresses make libraries raise.
ODD = (ArithmeticError, LookupError, TypeError, ValueError, OSError)


def keep_cover(series: AnimeSeries, *, fetch: Fetch | None = None) -> bool:
    """Fetch and store the cover of a series unless it is stored already.

    A cover is never worth an error: what goes wrong is logged and tried again at the next refresh.

    Args:
        fetch: gets the bytes of an address; the client of the series' site where not given.

    Returns:
        Whether a new cover was stored.
    """
    if not series.cover_url or series.cover_url == series.cover_source:
        return False
    try:
        content = (fetch or fetcher(series.site))(series.cover_url)
        store(content, {width: cover_path(series.pk, width) for width in WIDTHS})
    except (ProviderError, *ODD) as error:
        log.warning("cover not kept key=%s url=%s error=%s", series.key, series.cover_url, error)
        return False
    series.cover_source = series.cover_url
    AnimeSeries.objects.filter(pk=series.pk).update(cover_source=series.cover_source)
    return True


def fetcher(site: str) -> Fetch:
    """What gets the bytes of an address of a site, in its rhythm and the way it is asked.

    Raises:
        AddressRefused: what is set as its proxy is none.
    """
    from providers.http import HttpClient  # noqa: PLC0415 - not for scans that ask no site

    client = HttpClient(
        site,
        guard=configured.guard(),
        rate_store=pace.rate_store(),
        interval=pace.interval(site),
        watch=monitor.watch(),
        proxy=configured.proxy_of(site),
    )

    def fetch(url: str) -> bytes:
        try:
            return client.get_bytes(url, max_bytes=MAX_BYTES).data
        finally:
            client.close()

    return fetch


def store(content: bytes, places: Mapping[int, Path]) -> None:
    """Decode, scale and write a cover.

    Args:
        places: where it goes, by width in pixels.

    Raises:
        ValueError: this is no usable image.
    """
    image = _decoded(content)
    for width, path in places.items():
        scaled = image.copy()
        scaled.thumbnail((width, width * 3))
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        scaled.save(draft, "WEBP", quality=82)
        draft.replace(path)


def _decoded(content: bytes) -> Image:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - not for scans that ask no site

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=_FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise ValueError(f"{image.width} × {image.height} pixels are too many")
            return image.convert("RGB")
    except (
        UnidentifiedImageError,
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
        SyntaxError,  # Pillow's word for a broken PNG
    ) as error:
        raise ValueError(f"not an image: {error}") from error


def forget_covers() -> int:
    """Delete the covers of series that are no more, removed ones that can come back among those
    that stay; returns how many files went."""
    known = set(AnimeSeries.objects.values_list("pk", flat=True))
    gone = 0
    for file in (Path(settings.DATA_DIR) / "covers").glob("*-*.webp"):
        number = file.name.partition("-")[0]
        if number.isdecimal() and int(number) not in known:
            file.unlink(missing_ok=True)
            gone += 1
    return gone
