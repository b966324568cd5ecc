"""Things that happen, published as the product does."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from aniworld.events.publish import publish
from downloads.events import DownloadComplete, DownloadFailed
from providers.coded import coded


def arrived(number: int = 1, *, key: str = "moon", name: str = "Moon", season: int = 1) -> None:
    with transaction.atomic():
        publish(
            DownloadComplete(
                download_id=str(number),
                key=key,
                serie_folder=name,
                serie_name=name,
                season=season,
                episode=number,
                downloaded_mb=1.0,
            )
        )


def failed(number: int = 1, *, key: str = "moon", name: str = "Moon", **more: Any) -> None:
    with transaction.atomic():
        publish(
            DownloadFailed(
                download_id=str(number),
                key=key,
                serie_folder=name,
                serie_name=name,
                season=1,
                episode=number,
                error=coded("as_it_was", why="as_told", text="The source is gone."),
                retry_count=3,
                attempts=[],
                **more,
            )
        )
