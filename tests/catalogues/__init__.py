"""Made-up catalogues that look like no site of this product, each with the file that describes it.

``answer(catalogue, method, path, body)`` is what such a site says; ``media`` is where its episodes
lie in the end.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Said:
    body: str
    status: int = 200
    location: str = ""
    content_type: str = "text/html; charset=utf-8"


Answer = Callable[[str, str, str, str], Said]
GONE = Said("<h1>nothing here</h1>", 404)

SERIES = {
    "owl-and-moss": "Owl & Moss",
    "tin-harbour": "Tin Harbour",
    "the-tenth-bell": "The Tenth Bell",
}
TITLES = ("The first lamp", "A door in the reeds", "What the owl saw")


def definition(name: str, address: str) -> str:
    """The definition file of a catalogue that stands at ``address``."""
    read = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return json.dumps({**read, "address": address}, ensure_ascii=False)


def cards(method: str, path: str, body: str, media: str) -> Said:
    """Server-rendered cards with pages behind each other; episodes stand as JSON in a script tag,
    hosters as base64 in attributes, and the links redirect."""
    parts = urlsplit(path)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if parts.path == "/find":
        return _card_page(asked.get("q", ""), int(asked.get("p", "1")))
    if parts.path.startswith("/t/") and parts.path.removeprefix("/t/") in SERIES:
        return _card_title(parts.path.removeprefix("/t/"))
    if parts.path.startswith("/w/"):
        return _card_watch(parts.path.removeprefix("/w/"), media)
    if parts.path.startswith("/out/"):
        return Said("", 302, location=f"{media}?film={parts.path[-1]}")
    return GONE


def _card_page(query: str, number: int) -> Said:
    hits = [(key, name) for key, name in SERIES.items() if query.casefold() in name.casefold()]
    shown = hits[(number - 1) * 2 : number * 2]
    made = "".join(
        f'<article class="card"><img data-src="//127.0.0.1/c/{key}.jpg" alt="">'
        f'<a class="card-link" href="../t/{key}" title="{name.replace("&", "&amp;")}"></a>'
        f'<span class="y">Aired 20{10 + at}</span></article>'
        for at, (key, name) in enumerate(shown)
    )
    more = f'<a rel="next" href="/find?q={query}&amp;p={number + 1}">more</a>'
    more = more if len(hits) > number * 2 else ""
    return Said(f'<main id="hits">{made}</main>{more}')


def _card_title(key: str) -> Said:
    episodes = [
        {
            "id": 700 + at,
            "label": f"S0{1 + at // 2}E0{1 + at % 2}",
            "t": title,
            "langs": ["de", "jp"],
            "up": at < 2,
        }
        for at, title in enumerate(TITLES)
    ]
    data = json.dumps({"props": {"eps": episodes, "state": "finished"}})
    name = SERIES[key].replace("&", "&amp;")
    return Said(
        f"<h1><small>Series</small> {name}</h1><dl><dt>Also</dt><dd>{name} TV / The Owl</dd>"
        "<dt>Years</dt><dd>2011 to 2013</dd></dl><p class='plot'>Two friends and a swamp.</p>"
        f"<ul class='g'><li>Quiet</li><li>Night</li></ul><script>window.__d = {data};</script>"
    )


def _card_watch(number: str, media: str) -> Said:
    if not number.isdecimal() or not 700 <= int(number) < 700 + len(TITLES):
        return GONE
    told = base64.b64encode(json.dumps({"u": f"/out/{number}"}).encode()).decode()
    return Said(
        f"<div class='srv' data-x='{told}' data-l='de'><b>Stream A</b></div>"
        f"<div class='srv' data-x='{told}' data-l='jp'><b>Stream Z</b></div>"
        f"<div class='srv' data-x='???' data-l='de'><b>Stream A</b></div>"
    )


def api(method: str, path: str, body: str, media: str) -> Said:
    """A JSON API: search by a posted query, seasons with ids, films apart, sources by an id."""
    if method == "POST" and path == "/v2/query":
        wanted = json.loads(body)["variables"]["text"].casefold()
        found = [
            {"slug": key, "names": {"main": name, "more": [name.upper()]}, "yr": 2015}
            for key, name in SERIES.items()
            if wanted in name.casefold()
        ]
        return _json({"data": {"hits": found}})
    if path.startswith("/v2/show/"):
        key, _, rest = path.removeprefix("/v2/show/").partition("/")
        return _api_show(key, rest, media) if key in SERIES else _json({"error": "no such"})
    if path == "/v2/recent":
        return _json([{"show": "tin-harbour", "s": 2, "e": 1, "on": "2026-11-29"}])
    if path == "/v2/plan":
        return _json({"2026-12-01": [{"show": "tin-harbour", "code": "2x02", "at": "18:30"}]})
    return GONE


def _api_show(key: str, rest: str, media: str) -> Said:
    if not rest:
        return _json(
            {"title": SERIES[key], "uid": f"u-{key}", "airing": True, "tags": ["Sea", "Iron"]}
        )
    if rest == "seasons":
        return _json({"s1": {"label": "Season I"}, "s2": {"label": "Season II"}})
    if rest.startswith("episodes?"):
        asked = parse_qs(rest.partition("?")[2])
        assert asked["of"] == [f"u-{key}"]
        return _json(
            {
                "list": [
                    {"n": f"Folge {n}", "name": t, "ref": f"{asked['in'][0]}-{n}"}
                    for n, t in enumerate(TITLES, 1)
                ]
            }
        )
    if rest == "films":
        return _json({"list": [{"name": "The film"}]})
    if rest.startswith("play/"):
        return _json(
            {"streams": {"en-sub": [{"host": "Direct", "src": f"{media}?ref={rest[5:]}"}]}}
        )
    return GONE


def tables(method: str, path: str, body: str, media: str) -> Said:
    """Tables, one page for each language, no search but a whole list, absolute numbers, and a page
    with a frame in the place of a link."""
    if path == "/all":
        rows = "".join(
            f"<li><a href='/serie/{at}/{key}'>{name}</a></li>"
            for at, (key, name) in enumerate(SERIES.items(), 40)
        )
        return Said(f"<h2>A - Z</h2><ul class=az>{rows}</ul>")
    parts = path.strip("/").split("/")
    if parts[0] == "serie" and len(parts) == 3 and parts[2] in SERIES:
        return Said(
            f"<table id=head><tr><th>Name</th><td>{SERIES[parts[2]]}</td></tr>"
            "<tr><th>Jahr</th><td>1999</td></tr></table>"
        )
    if parts[0] in {"de", "jp"} and len(parts) == 3 and parts[2] in SERIES:
        return _table(parts[0], parts[2])
    if parts[0] == "frame":
        return Said(f"<body><iframe src='{media}?frame={parts[1]}'></iframe></body>")
    if parts[0] == "jp" and parts[1] == "gone":
        return GONE
    return Said("<div class=alert>Leider nicht gefunden</div>")


def _table(language: str, key: str) -> Said:
    if key == "tin-harbour" and language == "jp":
        return Said("<div class=alert>Leider nicht gefunden</div>")
    rows = "".join(
        f"<tr><td>#{n}</td><td>{title}</td>"
        f"<td><a href='/frame/{n}'><img src='/i/direkt.png'></a></td></tr>"
        for n, title in enumerate(TITLES, 1)
    )
    return Said(
        f"<h3>Folgen</h3><table class=eps><tr><th>Nr</th><th>Titel</th><th></th></tr>{rows}</table>"
    )


def _json(data: object) -> Said:
    return Said(json.dumps(data), content_type="application/json")


ALL: dict[str, Answer] = {"cards": cards, "api": api, "tables": tables}
