"""The embed pages of the hosters: VOE with its obfuscated payload, Vidmoly, a direct page."""

from __future__ import annotations

import base64
import codecs
import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_TOKENS = ("@$", "^^", "~@", "%?", "*~", "!!", "#&")
_TOKEN_EVERY = 10  # letters


def voe_encode(payload: Mapping[str, Any]) -> str:
    """What a VOE page hides its sources in (page contract 3.1): the decoder's steps reversed."""
    inner = base64.b64encode(json.dumps(payload).encode()).decode()[::-1]
    shifted = "".join(chr(ord(letter) + 3) for letter in inner)
    outer = base64.b64encode(shifted.encode("latin-1")).decode()
    pieces = [outer[n : n + _TOKEN_EVERY] for n in range(0, len(outer), _TOKEN_EVERY)]
    mixed = "".join(piece + _TOKENS[n % len(_TOKENS)] for n, piece in enumerate(pieces))
    return codecs.encode(mixed, "rot13")


def voe_stub(mirror: str, token: str) -> bytes:
    """The tiny page that sends browsers on: first to a variable, then to a quoted address."""
    return f"""<!DOCTYPE html><html><head><title>Redirecting...</title></head><body><script>
var permanentToken = "{token}";
if (typeof localStorage !== "undefined" && localStorage.getItem("permanentToken")) {{
  var withToken = document.referrer + permanentToken;
  window.location.href = withToken;
}} else {{
  window.location.href = '{mirror}';
}}
</script></body></html>""".encode()


def voe_mirror(payload: Mapping[str, Any], title: str) -> bytes:
    return f"""<!DOCTYPE html><html><head><title>Watch {escape(title)} - VOE</title>
<link rel="stylesheet" href="/player.css"></head><body><div id="voe-player"></div>
<script type="application/json">{json.dumps([voe_encode(payload)])}</script>
<script>console.log("player")</script></body></html>""".encode()


def vidmoly_landing(embed: str) -> bytes:
    """``/v/<code>`` has no player: its embed form has."""
    return f"""<!DOCTYPE html><html><head><title>Vidmoly</title></head><body>
<h1>Video</h1><a href="{escape(embed)}">Watch</a></body></html>""".encode()


def vidmoly_embed(master: str, quote: str, captions: Sequence[Mapping[str, str]] = ()) -> bytes:
    q = quote
    tracks = "".join(
        f", {{ file: {q}{one['file']}{q}, label: {q}{one['label']}{q}, kind: {q}captions{q} }}"
        for one in captions
    )
    return f"""<!DOCTYPE html><html><head><title>Vidmoly</title></head><body>
<div id="vplayer"></div><script>
var player = jwplayer("vplayer");
player.setup({{
  tracks: [{{ file: {q}/thumbs/sheet0.vtt{q}, kind: {q}thumbnails{q} }}{tracks}],
  sources: [{{ file: {q}{master}{q} }}],
  image: {q}/thumbs/preview.jpg{q}, width: "100%", height: "100%"
}});
</script></body></html>""".encode()


def direct_page(source: str, mime: str, captions: Sequence[Mapping[str, str]] = ()) -> bytes:
    tracks = "".join(
        f'<track kind="captions" label="{escape(one["label"])}" src="{escape(one["file"])}">'
        for one in captions
    )
    return f"""<!DOCTYPE html><html><head><title>Video</title></head><body>
<video controls preload="none"><source src="{escape(source)}" type="{mime}">{tracks}</video>
</body></html>""".encode()


def challenge_page() -> bytes:
    """What the unsupported hosters show: nobody should have come here."""
    return b"""<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>
<div class="cf-turnstile" data-sitekey="sample"></div></body></html>"""
