"""yt-dlp as we use it anywhere: by http and https alone, through one of its handlers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from yt_dlp import YoutubeDL
from yt_dlp.networking import Request
from yt_dlp.networking._requests import RequestsRH
from yt_dlp.utils import sanitize_url

from providers.errors import AddressRefused


class WebDownloader(YoutubeDL):  # type: ignore[misc] # it has no types
    """Fetches by http and https alone, whatever a page names or a redirect leads to."""

    def urlopen(self, req: Request | str) -> Any:
        """Raises ``AddressRefused`` for any other address."""
        url = sanitize_url(req if isinstance(req, str) else req.url, scheme="http")
        if urlsplit(url).scheme.lower() not in {"http", "https"}:
            raise AddressRefused(why="scheme")
        return super().urlopen(req)

    def build_request_director(self, _handlers: Any, preferences: Any = None) -> Any:
        """The other handlers know further schemes, and would follow a redirect to these."""
        return super().build_request_director([RequestsRH], preferences)
