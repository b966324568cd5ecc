"""Pages that come instead of the page: challenges, spam block, errors, removed files."""

from __future__ import annotations

from tests.site.pages.layout import page
from tests.site.traffic import Response


def error_page(status: int, *, retry_after: int | str | None = None) -> Response:
    headers = () if retry_after is None else (("Retry-After", str(retry_after)),)
    body = page(title=f"{status} | AniWorld.to", body=f"<h2>{status}</h2><p>Fehler {status}</p>")
    return Response(status=status, body=body, headers=headers)


def not_found() -> Response:
    return error_page(404)


def ddos_guard() -> Response:
    """DDoS-Guard's check: 403, cookies, and a page that wants script."""
    body = """<!DOCTYPE html><html lang="en"><head><title>DDoS-Guard</title>
<script src="/.well-known/ddos-guard/js-challenge/index.js" defer></script></head>
<body><h1 id="ddg-l10n-title">Checking your browser before accessing this website</h1>
<p id="ddg-l10n-description">Please wait a few seconds.</p></body></html>"""
    cookies = (("Set-Cookie", "__ddg1_=sample; Path=/"), ("Set-Cookie", "__ddg2_=sample; Path=/"))
    return Response(status=403, body=body.encode(), headers=(("Server", "ddos-guard"), *cookies))


def cloudflare() -> Response:
    body = """<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head>
<body><div class="cf-turnstile" data-sitekey="sample"></div><form id="challenge-form"></form>
<script src="/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1"></script></body></html>"""
    return Response(status=403, body=body.encode(), headers=(("cf-mitigated", "challenge"),))


def spam() -> Response:
    """The site's own block: status 200, one sentence."""
    body = "<h1>Deine Anfrage wurde als Spam erkannt.</h1>"
    return Response(body=page(title="AniWorld.to", body=body))


def soft_404(*, deactivated: bool = False) -> Response:
    words = (
        "Die gewünschte Serie wurde nicht gefunden oder ist im Moment deaktiviert."
        if deactivated
        else "Die Seite wurde nicht gefunden."
    )
    mark = words if deactivated else f'<div class="messageAlert danger">{words}</div>'
    return Response(body=page(title="AniWorld.to", body=f"<div class='container'>{mark}</div>"))


def error_page_with_200() -> Response:
    return Response(body=page(title="502 Bad Gateway", body="<h2>502</h2>"))


def interstitial() -> Response:
    """What a redirect answers when the site wants to see a person."""
    body = """<div class="streamPrepare"><h1>Stream wird vorbereitet...</h1>
<div class="cf-turnstile" data-sitekey="sample"></div></div>"""
    return Response(body=page(title="Stream wird vorbereitet...", body=body))


def file_gone(status: int) -> Response:
    body = """<!DOCTYPE html><html><head><title>File not found</title></head>
<body><div class="not-found"><h1>File not found</h1>
<p>File was deleted or the link is wrong.</p></div></body></html>"""
    return Response(status=status, body=body.encode())
