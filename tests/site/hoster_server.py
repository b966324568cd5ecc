"""The hosters' addresses: embed pages, and media behind signed, time-limited addresses.

Media is refused (403) when the address is not signed or too old, or when the Referer is not a
page that shows this video.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from tests.site.catalogue import Episode, Link, Show
from tests.site.catalogue_server import subject_of
from tests.site.media import clip_for, packing_for
from tests.site.pages import hosters, trouble
from tests.site.state import World
from tests.site.traffic import Request, Response, Subject

_CODE = r"(?P<code>[0-9a-z]{12})"
_VOE_STUB = re.compile(rf"^/e/{_CODE}$")
_VOE_MIRROR = re.compile(rf"^/mirror/e/{_CODE}$")
_VIDMOLY_OLD = re.compile(rf"^/v/{_CODE}$")
_VIDMOLY = re.compile(rf"^/embed-{_CODE}\.html$")
_DIRECT = re.compile(rf"^/watch/{_CODE}$")
_UNSUPPORTED = re.compile(rf"^/(?:d|fm)/{_CODE}$")
_MEDIA = re.compile(rf"^/media/{_CODE}/(?P<kind>hls|mp4)/(?P<file>[\w./-]+)$")
_PAGES = (_VOE_STUB, _VOE_MIRROR, _VIDMOLY_OLD, _VIDMOLY, _DIRECT, _UNSUPPORTED, _MEDIA)
_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".mpd": "application/dash+xml",
    ".ts": "video/mp2t",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
    ".vtt": "text/vtt",
}
_QUOTED_URI = re.compile(r'URI="([^"]+)"')
_TEMPLATE = re.compile(r'\b(initialization|media)="([^"]+)"')


class HosterServer:
    """Answers as the hosters and their media servers do."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._responders = (
            (_VOE_STUB, self._voe_stub),
            (_VOE_MIRROR, self._voe_mirror),
            (_VIDMOLY_OLD, self._vidmoly_old),
            (_VIDMOLY, self._vidmoly),
            (_DIRECT, self._direct),
        )

    def subject(self, request: Request) -> Subject:
        """The episode and hoster behind the file code in the path."""
        match = next((m for pattern in _PAGES if (m := pattern.match(request.path))), None)
        return subject_of(self._world, Link.from_code(match["code"]) if match else None)

    def answer(self, request: Request) -> Response:
        media = _MEDIA.match(request.path)
        if media:
            return self._media(request, media)
        if _UNSUPPORTED.match(request.path):
            return Response(status=403, body=hosters.challenge_page())
        for pattern, respond in self._responders:
            match = pattern.match(request.path)
            link = Link.from_code(match["code"]) if match else None
            if link:
                found = self._world.catalogue.find(link)
                return Response(body=respond(link, *found)) if found else trouble.file_gone(404)
        return trouble.file_gone(404)

    def _voe_stub(self, link: Link, *_: object) -> bytes:
        token = self._world.sign(link)[2:22]
        return hosters.voe_stub(f"{self._world.hoster_url}/mirror/e/{link.code}", token)

    def _voe_mirror(self, link: Link, show: Show, episode: Episode) -> bytes:
        title = f"{show.key}.S{episode.season:02}E{episode.number:02}.mp4"
        payload = {
            "file_code": link.code,
            "title": title,
            "source": self._master(link),
            "direct_access_url": self._address(link, "mp4/v180.mp4"),
            "direct_access_allowed": False,
            "fallback": [],
            "captions": self._captions(link, show),
            "thumbnail": f"{self._world.hoster_url}/thumbs/{link.code}.jpg",
        }
        return hosters.voe_mirror(payload, title)

    def _vidmoly_old(self, link: Link, *_: object) -> bytes:
        return hosters.vidmoly_landing(f"/embed-{link.code}.html")

    def _vidmoly(self, link: Link, show: Show, episode: Episode) -> bytes:
        quote = "'" if episode.number % 3 else '"'
        return hosters.vidmoly_embed(self._master(link), quote, self._captions(link, show))

    def _direct(self, link: Link, show: Show, episode: Episode) -> bytes:
        captions = self._captions(link, show)
        folder = self._world.folder_of(show.key, link)
        if folder and (folder / "manifest.mpd").exists():
            address = self._address(link, "mp4/manifest.mpd")
            return hosters.direct_page(address, _TYPES[".mpd"], captions)
        is_stream = (folder / "master.m3u8").exists() if folder else episode.number % 3 == 0
        if is_stream:
            return hosters.direct_page(self._master(link), "application/x-mpegURL", captions)
        return hosters.direct_page(self._address(link, "mp4/v480.mp4"), "video/mp4", captions)

    def _master(self, link: Link) -> str:
        return self._address(link, "hls/master.m3u8")

    def _address(self, link: Link, file: str) -> str:
        query = self._world.sign(link)
        return f"{self._world.hoster_url}/media/{link.code}/{file}?{query}"

    def _media(self, request: Request, match: re.Match[str]) -> Response:
        link = Link.from_code(match["code"])
        found = self._world.catalogue.find(link) if link else None
        if not link or not found:
            return trouble.file_gone(404)
        if not self._world.is_signed(link, request.query) or not self._is_welcome(link, request):
            return Response(status=403, body=b"Forbidden", content_type="text/plain")
        file = self._file(link, *found, match["kind"], match["file"])
        if file is None:
            return trouble.error_page(404)
        content_type = _TYPES.get(file.suffix, "application/octet-stream")
        response = Response(body=file, content_type=content_type, ranges=True, etag=True)
        if file.suffix == ".mpd":
            return self._signed_manifest(response, link)
        return self._signed_playlist(response, link) if file.suffix == ".m3u8" else response

    def _is_welcome(self, link: Link, request: Request) -> bool:
        """Media wants a Referer of the embed page's server; direct links also the catalogue's."""
        hosts = [self._world.hoster_url]
        if link.hoster == "Direct":
            hosts.append(self._world.catalogue_url)
        referer = request.headers.get("referer", "")
        return any(referer == host or referer.startswith(f"{host}/") for host in hosts)

    def _captions(self, link: Link, show: Show) -> list[dict[str, str]]:
        folder = self._world.folder_of(show.key, link)
        return [
            {"file": self._address(link, f"mp4/captions/{file.name}"), "label": file.stem}
            for file in sorted(folder.glob("captions/*.vtt") if folder else ())
        ]

    def _file(self, link: Link, show: Show, episode: Episode, kind: str, name: str) -> Path | None:
        place = (show.key, episode.season, episode.number)
        folder = self._world.folder_of(show.key, link)
        if folder is None:
            folder = self._world.media / clip_for(*place).name
            folder /= packing_for(*place) if kind == "hls" else kind
        file = (folder / name).resolve()
        return file if file.is_relative_to(folder.resolve()) and file.is_file() else None

    def _signed_playlist(self, response: Response, link: Link) -> Response:
        """Every address in a playlist carries a signature of its own, as on real media servers."""
        query = self._world.sign(link)
        lines = [
            _QUOTED_URI.sub(rf'URI="\1?{query}"', line)
            if line.startswith("#") or not line
            else f"{line}?{query}"
            for line in response.content().decode().splitlines()
        ]
        body = "\n".join([*lines, ""]).encode()
        return replace(response, body=body, ranges=False, etag=False)

    def _signed_manifest(self, response: Response, link: Link) -> Response:
        """The same of DASH, whose addresses are templates."""
        query = self._world.sign(link).replace("&", "&amp;")
        text = _TEMPLATE.sub(rf'\1="\2?{query}"', response.content().decode())
        return replace(response, body=text.encode(), ranges=False, etag=False)
