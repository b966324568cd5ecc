"""The frame that every page of the sample catalogue has."""

from __future__ import annotations

from html import escape

# Pages name the real site in absolute addresses (canonical, seasonListBig, years): who follows
# those instead of the configured base address leaves the sample world and fails.
SITE = "https://aniworld.to"
PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
_STYLE = (
    ".messageAlert{padding:12px;border-radius:4px}.messageAlert.danger{background:#b33}"
    ".seen td{opacity:.6}"
)


def page(*, title: str, body: str, canonical: str = "") -> bytes:
    """A whole page. ``canonical`` is the path of its one true address."""
    link = f'<link rel="canonical" href="{SITE}{canonical}">' if canonical else ""
    return f"""<!DOCTYPE html>
<html lang="de">
<head>
<meta charset="utf-8">
<title>{escape(title)}</title>
{link}
<meta property="og:image" content="{SITE}/public/img/facebook.jpg">
<style>{_STYLE}</style>
</head>
<body>
<header><a href="/" class="logo">AniWorld</a>
<nav><a href="/animes">Animes</a> <a href="/animes-alphabet">A-Z</a>
<a href="/neue-episoden">Neue Episoden</a></nav>
<form class="search"><input id="serInput" name="keyword" placeholder="Suchen"></form></header>
{body}
<footer><a href="/support">Support</a></footer>
</body>
</html>
""".encode()


def lazy_image(source: str, alt: str, css: str = "") -> str:
    """A picture the way lazy loaders write it: a pixel, the address aside, a noscript copy."""
    name = escape(alt)
    mark = f' class="{css}"' if css else ""
    return (
        f'<img{mark} src="{PIXEL}" data-src="{source}" alt="{name}" title="{name}">'
        f'<noscript><img{mark} src="{source}" alt="{name}"></noscript>'
    )


def twice(text: str) -> str:
    """Doubly encoded, as titles with an apostrophe or ampersand are on the real site."""
    return escape(escape(text, quote=False).replace("'", "&#039;"), quote=False)
