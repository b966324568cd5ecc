"""Covers: only real images, scaled, served by ourselves."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from django.contrib.auth.models import User
from django.test import Client
from PIL import Image

from accounts import services as accounts
from aniworld.config import store as config
from library.models import AnimeSeries
from library.services.covers import cover_path, keep_cover
from providers.errors import SiteDown
from tests.factories import make_series
from tests.unit.providers.conftest import Reply, WebServer
from tests.unit.providers.proxy_server import ProxyServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def series() -> AnimeSeries:
    return make_series("Ärger <b>", cover_url="https://site.example/cover.jpg")


@pytest.fixture
def browser(db: None) -> Client:
    owner = User.objects.create_superuser(accounts.OWNER)
    return Client(headers={"Authorization": f"Bearer {accounts.open_session(owner).token}"})


def picture(width: int = 600, height: int = 900, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#336699").save(out, kind)
    return out.getvalue()


def png_bomb() -> bytes:
    """A few bytes that say they are 60,000 × 60,000 pixels."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    )


def test_cover_is_scaled_stored_and_fetched_once(series: AnimeSeries, browser: Client) -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return picture()

    assert keep_cover(series, fetch=fetch)
    assert not keep_cover(series, fetch=fetch)
    assert asked == [series.cover_url]
    with Image.open(cover_path(series.pk, 440)) as stored:
        assert (stored.format, stored.size) == ("WEBP", (440, 660))

    answer = browser.get(f"/covers/{series.pk}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer.content[:4] == b"RIFF"
    again = browser.get(f"/covers/{series.pk}", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    wide = browser.get(f"/covers/{series.pk}-440")
    assert wide["ETag"] != answer["ETag"]
    assert browser.get(f"/covers/{series.pk}-441").status_code == 404
    assert browser.get("/covers/999999").status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>no</html>",
        picture()[:200],
        png_bomb(),
        picture(8000, 8000),
        b"GIF89a",
        b"BM" * 99,
    ],
)
def test_what_is_no_usable_image_is_not_kept(
    series: AnimeSeries, browser: Client, content: bytes
) -> None:
    assert not keep_cover(series, fetch=lambda _: content)
    assert not cover_path(series.pk, 220).exists()
    answer = browser.get(f"/covers/{series.pk}")
    assert answer["Content-Type"] == "image/svg+xml"
    assert b"<b>" not in answer.content


def test_cover_that_cannot_be_fetched_is_no_error(series: AnimeSeries) -> None:
    def fetch(url: str) -> bytes:
        raise SiteDown(why="as_told", text="down", url=url)

    assert not keep_cover(series, fetch=fetch)


def test_a_cover_is_fetched_the_way_its_site_is_asked(series: AnimeSeries) -> None:
    series.cover_url = "http://93.184.216.34/cover.jpg"  # asked by nobody but through the proxy
    web = WebServer()
    try:
        web.on("/cover.jpg", Reply(picture(), headers={"Content-Type": "image/jpeg"}))
        with ProxyServer("socks5", ("127.0.0.1", web.port)).running() as proxy:
            sites = {series.site: {"enabled": True, "proxy": proxy.url()}}
            config.update(lambda data: data["providers"].update(sites=sites))
            assert keep_cover(series)
            assert proxy.asked == [("93.184.216.34", 80)]
    finally:
        web.close()


def test_cover_needs_a_login(series: AnimeSeries, client: Client) -> None:
    answer = client.get(f"/covers/{series.pk}")
    assert answer.status_code in {302, 401, 403}
