"""The poster of a series, out of the cover that is kept of it."""

from __future__ import annotations

import io
from pathlib import Path

from library.descriptions.marks import marked_jpeg

LARGEST_COVER = 8_000_000  # bytes; it was written by ourselves
QUALITY = 90


def jpeg_of(cover: Path) -> bytes | None:
    """The content of ``poster.jpg``; None where there is no cover that can be read."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - not for whoever writes none

    try:
        if cover.stat().st_size > LARGEST_COVER:
            return None
        with Image.open(cover, formats=["WEBP"]) as image:
            written = io.BytesIO()
            image.convert("RGB").save(written, "JPEG", quality=QUALITY)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, ValueError):
        return None
    return marked_jpeg(written.getvalue())
