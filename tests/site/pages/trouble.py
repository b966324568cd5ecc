"""Pages that come instead of the page: challenges, spam block, errors, removed files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing by which a check before the page is known, and nothing else that says so."""

    head: str = "<title>Please wait</title>"
    body: str = "<p>Please wait.</p>"
    header: tuple[str, str] | None = None


SIGNS: Mapping[str, Sign] = {
    "just-a-moment": Sign(head="<title>Just a moment...</title>"),
    "cf-chl": Sign(body='<div id="cf-chl-widget-1f2a3"></div>'),
    "challenge-platform": Sign(
        head='<script src="/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1"></script>'
    ),
    "cf-turnstile": Sign(body='<div class="cf-turnstile" data-sitekey="sample"></div>'),
    "cf-mitigated": Sign(header=("cf-mitigated", "challenge")),
    "cf_clearance": Sign(header=("Set-Cookie", "cf_clearance=sample; Path=/; HttpOnly")),
    "ddg-l10n-title": Sign(body='<h1 id="ddg-l10n-title">DDoS-Guard</h1>'),
    "ddos-guard-path": Sign(head='<script src="/.well-known/ddos-guard/js/index.js"></script>'),
    "checking": Sign(body="<p>Checking your browser before accessing this website</p>"),
}


def challenge(sign: str, status: int) -> Response:
    """A check that is known by one sign alone."""
    shown = SIGNS[sign]
    headers = (shown.header,) if shown.header else ()
    body = f"<!DOCTYPE html><html><head>{shown.head}</head><body>{shown.body}</body></html>"
    return Response(status=status, body=body.encode(), headers=headers)


def leads_to(address: str) -> Response:
    return Response(status=302, headers=(("Location", address),))


def block_page() -> Response:
    """What an internet provider shows in the place of a site that it keeps from its customers."""
    body = """<!DOCTYPE html><html lang="de"><head><title>Diese Webseite ist nicht verfügbar</title>
</head><body><h1>Diese Webseite ist aus urheberrechtlichen Gründen nicht verfügbar.</h1>
<p>Zu den Hintergründen dieser Sperre: <a href="https://notice.cuii.info">Clearingstelle
Urheberrecht im Internet (CUII)</a></p></body></html>"""
    return Response(body=body.encode())


def parked() -> Response:
    """A page of whoever has the name, or the address, by now."""
    body = "<!DOCTYPE html><html><head><title>Welcome to nginx!</title></head><body><h1>It works!"
    return Response(body=f"{body}</h1></body></html>".encode())


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
