from __future__ import annotations

import base64
import codecs
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from providers.addresses import host_of
from providers.base import Hoster, Media, MediaKind
from providers.errors import (
    AddressRefused,
    DecoderOutdated,
    HosterBlocked,
    HosterDown,
    HosterError,
    MediaGone,
)
from providers.guard import AddressGuard
from providers.hosters.direct import DirectHoster
from providers.hosters.vidmoly import VidmolyHoster
from providers.hosters.voe import VoeHoster, decode_payload
from providers.http import HttpClient
from providers.rates import MemoryRateStore
from providers.wire import Limits
from tests.unit.providers.conftest import ClientMaker, Reply, WebServer, page

# From the page contract, 3.1.7.
VECTOR = (
    "DQAkGQAAoSW@$fJRcyZ29XM2^^k6oRj3JQMDq~@mufMz9IAzMe%?AQICsKgXMUy*~RE1O6nz1Frm!!qTHUuRoH82G#&"
    "SqDrGgfHacI@$F2qlGJkFoSt^^1KUkMAzI9GK~@kb"
)


def encode_payload(payload: dict[str, object]) -> str:
    """The way a mirror writes it: the decoder's steps backwards."""
    inner = base64.b64encode(json.dumps(payload).encode()).decode()[::-1]
    shifted = "".join(chr(ord(char) + 3) for char in inner)
    outer = base64.b64encode(shifted.encode()).decode()
    return codecs.encode(outer[:7] + "~@" + outer[7:20] + "!!" + outer[20:] + "#&", "rot13")


def mirror_page(content: object) -> str:
    return f'<script type="application/json">{json.dumps(content)}</script><script>var a;</script>'


def stub_page(target: str) -> str:
    return (
        "<title>Redirecting...</title><script>if (x) { window.location.href = token + y; }"
        f"else {{ window.location.href = '{target}'; }}</script>"
    )


@pytest.fixture
def quick(make_client: ClientMaker) -> HttpClient:
    return make_client(limits=Limits(retries=0), interval=0.0)


@pytest.fixture
def voe(quick: HttpClient) -> VoeHoster:
    return VoeHoster(quick)


# --- VOE -----------------------------------------------------------------------------------


def test_the_contract_vector_is_decoded() -> None:
    assert decode_payload(VECTOR) == {
        "source": "http://127.0.0.1:8000/hls/master.m3u8",
        "title": "t",
    }


def test_our_own_encoding_is_the_inverse() -> None:
    payload: dict[str, object] = {"source": "https://a.test/ü.m3u8", "title": "Söhne"}
    assert decode_payload(encode_payload(payload)) == payload


def test_voe_is_followed_from_stub_to_mirror_to_playlist(
    web: WebServer, elsewhere: WebServer, voe: VoeHoster
) -> None:
    web.on("/e/abc", stub_page(f"{elsewhere.url}/e/abc"))
    url = f"{elsewhere.url}/hls/master.m3u8?t=x&s=1790000000&e=14400"
    elsewhere.on("/e/abc", mirror_page([encode_payload({"source": url})]))
    media = voe.resolve(f"{web.url}/e/abc", referer="https://site.test/anime/stream/x")
    assert media == Media(
        url=url,
        kind=MediaKind.HLS,
        headers={"Referer": elsewhere.url, "User-Agent": voe._client.user_agent},
        expires_at=datetime.fromtimestamp(1790014400, UTC),
        variant="json-script",
    )
    assert web.seen[0].headers["Referer"] == "https://site.test/"
    assert elsewhere.seen[0].headers["Referer"] == f"{web.url}/"


SOURCE = {"source": "http://127.0.0.1/m.m3u8"}
REVERSED = base64.b64encode(json.dumps(SOURCE)[::-1].encode()).decode()
PLAIN64 = base64.b64encode(SOURCE["source"].encode()).decode()


@pytest.mark.parametrize(
    ("html", "variant"),
    [
        (mirror_page([VECTOR]), "json-script"),
        (mirror_page(VECTOR), "json-script"),
        (
            '<script type="application/json">{"other": 1}</script>' + mirror_page([VECTOR]),
            "json-script",
        ),
        (f"<script>var a168c = '{REVERSED}';</script>", "named-variable"),
        (f'<script>let MKGMa="{VECTOR}";</script>', "named-variable"),
        (f"<script>var s = {{ 'hls': '{PLAIN64}' }}</script>", "hls-value"),
        ("<script>var s = {'hls': 'http://127.0.0.1/m.m3u8'}</script>", "hls-value"),
        ("<a href='http://127.0.0.1/m.m3u8?x=1'>x</a>", "any-playlist"),
    ],
)
def test_every_known_form_of_voe_is_read_and_named(
    web: WebServer, voe: VoeHoster, html: str, variant: str
) -> None:
    web.on("/e/abc", html)
    media = voe.resolve(f"{web.url}/e/abc")
    assert media.variant == variant
    assert media.kind is MediaKind.HLS
    assert media.url.startswith("http://127.0.0.1")


def test_voe_offers_its_file_only_where_it_is_allowed(web: WebServer, voe: VoeHoster) -> None:
    direct: dict[str, object] = {
        "source": "",
        "direct_access_url": f"{web.url}/v.mp4",
        "direct_access_allowed": True,
    }
    web.on("/e/a", mirror_page([encode_payload(direct)]))
    assert voe.resolve(f"{web.url}/e/a").kind is MediaKind.FILE
    web.on("/e/b", mirror_page([encode_payload({**direct, "direct_access_allowed": False})]))
    with pytest.raises(DecoderOutdated):
        voe.resolve(f"{web.url}/e/b")


@pytest.mark.parametrize(
    "html",
    [
        "<p>a new player</p>",
        mirror_page(["not what it was"]),
        mirror_page([]),
        mirror_page({"source": 1}),
        mirror_page([encode_payload({"source": 5})]),
        '<script type="application/json">{broken</script>',
        "<script>var a168c = '!!';</script>",
    ],
)
def test_a_voe_page_nobody_reads_is_said_so(web: WebServer, voe: VoeHoster, html: str) -> None:
    web.on("/e/abc", html)
    with pytest.raises(DecoderOutdated):
        voe.resolve(f"{web.url}/e/abc")


def test_voe_is_followed_three_hops_and_no_further(web: WebServer, voe: VoeHoster) -> None:
    for hop in range(3):
        web.on(f"/e/{hop}", stub_page(f"{web.url}/e/{hop + 1}"))
    web.on("/e/3", mirror_page([VECTOR]))
    assert voe.resolve(f"{web.url}/e/0").variant == "json-script"
    web.on("/e/3", stub_page(f"{web.url}/e/0"))
    with pytest.raises(DecoderOutdated, match="3 hops"):
        voe.resolve(f"{web.url}/e/0")


@pytest.mark.parametrize("target", ["http://192.168.0.1/e/abc", "http://[::1]/e/abc"])
def test_voe_leads_to_no_private_address(
    web: WebServer, elsewhere: WebServer, voe: VoeHoster, target: str
) -> None:
    web.on("/e/stub", stub_page(target))
    web.on("/e/media", mirror_page([encode_payload({"source": f"{target}.m3u8"})]))
    for path in ("/e/stub", "/e/media"):
        with pytest.raises(AddressRefused):
            voe.resolve(web.url + path)


MakeHoster = Callable[[HttpClient], Hoster]
TROUBLE = [
    (Reply("gone", 404), MediaGone),
    (Reply("gone", 410), MediaGone),
    (Reply("<title>File not found</title><p>It was deleted.</p>"), MediaGone),
    (Reply("<h1>Video has been removed by its owner</h1>"), MediaGone),
    (Reply("<title>Watch The File - VOE</title>"), DecoderOutdated),
    (Reply("<h1>Ep 4 - The File That Was Deleted</h1>"), DecoderOutdated),
    (Reply("<title>Watch Case File n221 The Removed Heart mp4</title>"), DecoderOutdated),
    (Reply("<title>Video deleted scenes 01</title>"), DecoderOutdated),
    (Reply("no", 403), HosterBlocked),
    (Reply("slow", 429), HosterBlocked),
    (Reply(page("browser_check.html")), HosterBlocked),
    (Reply('<div class="cf-turnstile"></div>'), HosterBlocked),
    (Reply('<div id="cf-chl-widget-x1"></div>'), HosterBlocked),
    (Reply("ill", 502), HosterDown),
    (Reply("tea", 418), HosterDown),
    (Reply(""), (HosterDown, DecoderOutdated)),
    (Reply("<p>nothing</p>"), DecoderOutdated),
    (Reply('<script src="/cdn-cgi/challenge-platform/x.js"></script>'), DecoderOutdated),
]


@pytest.mark.parametrize("make", [VoeHoster, VidmolyHoster, DirectHoster])
@pytest.mark.parametrize(("reply", "error"), TROUBLE)
def test_trouble_at_a_hoster_is_never_trouble_of_the_site(
    *, web: WebServer, quick: HttpClient, make: MakeHoster, reply: Reply, error: type[HosterError]
) -> None:
    web.on("/e/abc", reply)
    with pytest.raises(error) as caught:
        make(quick).resolve(f"{web.url}/e/abc")
    assert not caught.value.whole_site


@pytest.mark.parametrize("make", [VoeHoster, VidmolyHoster, DirectHoster])
def test_hosters_keep_to_the_contract_and_the_guard(
    make_client: ClientMaker, make: MakeHoster
) -> None:
    hoster = make(make_client(guard=AddressGuard()))
    assert isinstance(hoster, Hoster)
    for link in ("http://127.0.0.1/e/abc", "file:///etc/passwd", "http://10.0.0.1/x.mp4"):
        with pytest.raises(AddressRefused):
            hoster.resolve(link)


# --- Vidmoly -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/embed-abc123.html", "/v/abc123", "/v/abc123/"])
def test_vidmoly_is_read_in_both_forms_of_its_address(
    web: WebServer, quick: HttpClient, path: str
) -> None:
    web.on("/embed-abc123.html", page("vidmoly.html"))
    media = VidmolyHoster(quick).resolve(web.url + path, referer="https://site.test/x")
    assert media.url == f"{web.url}/hls/abc/master.m3u8?t=sig&s=1790000000&e=43200"
    assert media.kind is MediaKind.HLS
    assert media.headers["Referer"] == f"{web.url}/"
    assert media.expires_at == datetime.fromtimestamp(1790043200, UTC)


@pytest.mark.parametrize(
    "setup",
    [
        "sources: [{file: '/m.m3u8?e=43200'}]",
        'sources: [{ "file": "/m.m3u8?e=43200" }]',
        '"sources" : [ {"file":"/m.m3u8?e=43200","type":"hls"} ]',
        "'sources':[{'file':'/m.m3u8?e=43200'}]",
        'var sources = [{"src": "\\/m.m3u8?e=43200"}]; x({"sources": sources})',
    ],
)
def test_vidmoly_is_read_however_its_keys_are_written(
    web: WebServer, quick: HttpClient, setup: str
) -> None:
    thumbs = 'tracks: [{file: "/thumbs.vtt", kind: "thumbnails"}]'
    web.on("/embed-q.html", f"<script>player.setup({{{thumbs}, {setup}}});</script>")
    hoster = VidmolyHoster(quick)
    assert hoster.resolve(f"{web.url}/embed-q.html").url == f"{web.url}/m.m3u8?e=43200"


def test_vidmoly_tries_its_other_domains_when_one_is_down(
    web: WebServer, elsewhere: WebServer, quick: HttpClient
) -> None:
    web.on("/embed-a.html", Reply("", 502))
    elsewhere.on("/embed-a.html", page("vidmoly.html"))
    domains = [server.url.removeprefix("http://") for server in (web, elsewhere)]
    media = VidmolyHoster(quick, domains=domains).resolve(f"{web.url}/v/a")
    assert media.url.startswith(f"{elsewhere.url}/hls/")
    web.on("/embed-a.html", Reply("", 404))  # gone is gone everywhere
    with pytest.raises(MediaGone):
        VidmolyHoster(quick, domains=domains).resolve(f"{web.url}/v/a")


# --- direct --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/a.m3u8?x=1", MediaKind.HLS),
        ("/a.MPD", MediaKind.DASH),
        ("/a.mp4", MediaKind.FILE),
        ("/a.webm#t=1", MediaKind.FILE),
    ],
)
def test_a_link_with_a_known_extension_is_the_media(
    web: WebServer, quick: HttpClient, path: str, kind: MediaKind
) -> None:
    media = DirectHoster(quick).resolve(web.url + path, referer="http://ref.test/")
    assert (media.url, media.kind) == (web.url + path, kind)
    assert media.headers["Referer"] == "http://ref.test/"
    assert web.seen == []


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"#EXTM3U\n", "text/plain", MediaKind.HLS),
        (b"x", "application/vnd.apple.mpegURL; charset=utf-8", MediaKind.HLS),
        (b"<MPD/>", "application/dash+xml", MediaKind.DASH),
        (b"x", "video/mp4", MediaKind.FILE),
        (b"\0\0\0\x20ftypisom", "application/octet-stream", MediaKind.FILE),
        (b"\x1aE\xdf\xa3rest", "", MediaKind.FILE),
    ],
)
def test_a_link_without_extension_is_known_by_its_content(
    *, web: WebServer, quick: HttpClient, body: bytes, content_type: str, kind: MediaKind
) -> None:
    web.on("/get", Reply(status=302, headers={"Location": "/file"}))
    web.on("/file", Reply(body, headers={"Content-Type": content_type}))
    media = DirectHoster(quick).resolve(f"{web.url}/get")
    assert (media.url, media.kind) == (f"{web.url}/file", kind)


@pytest.mark.parametrize(
    ("html", "path", "variant"),
    [
        ("<video src='/v.mp4'></video>", "/v.mp4", "video-element"),
        (
            "<video><source src='x.jpg'><source src='http://['><source src='v.webm'></video>",
            "/v.webm",
            "video-element",
        ),
        ("<video><source src='/s?id=1' type='video/mp4'></video>", "/s?id=1", "video-element"),
        (
            "<video><source src='/s' type='application/x-mpegURL'></video>",
            "/s",
            "video-element",
        ),
        (
            '<script>p.setup({image: "/i.jpg", "file": "\\/hls\\/m.m3u8"})</script>',
            "/hls/m.m3u8",
            "player-setup",
        ),
        ("<script>sources: [{src: '/d.mpd'}]</script>", "/d.mpd", "player-setup"),
    ],
)
def test_a_page_with_a_plain_source_is_read(
    *, web: WebServer, quick: HttpClient, html: str, path: str, variant: str
) -> None:
    web.on("/watch", html)
    media = DirectHoster(quick).resolve(f"{web.url}/watch")
    assert (media.url, media.variant) == (web.url + path, variant)
    assert media.headers["Referer"] == f"{web.url}/watch"


def test_a_plain_source_at_a_private_address_is_refused(web: WebServer, quick: HttpClient) -> None:
    web.on("/watch", "<video src='http://192.168.1.1/v.mp4'></video>")
    with pytest.raises(AddressRefused):
        DirectHoster(quick).resolve(f"{web.url}/watch")


def test_a_hoster_resting_elsewhere_is_only_that_hoster(
    web: WebServer, make_client: ClientMaker
) -> None:
    store = MemoryRateStore(clock=make_client.time.clock)
    store.hold(f"site {host_of(web.url)}", seconds=900.0)
    with pytest.raises(HosterBlocked, match="resting"):
        VoeHoster(make_client(rate_store=store)).resolve(f"{web.url}/e/a")
