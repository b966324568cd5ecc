"""Failing on command: rules say which requests go wrong, and how.

A rule matches by server, path (shell pattern), method, series, season, episode and hoster;
what it leaves out matches everything. ``skip`` lets the first matches pass, ``times`` ends the
rule after so many. All rules that match are applied, oldest first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatchcase
from functools import partial
from itertools import count, takewhile
from pathlib import Path
from threading import Lock
from typing import Any

from tests.site.pages import trouble
from tests.site.traffic import Request, Response, Subject


class RuleError(ValueError):
    """A rule that cannot be understood; the message says why."""


@dataclass(slots=True)
class Rule:
    effect: str
    params: Mapping[str, Any] = field(default_factory=dict)
    side: str | None = None
    path: str = "*"
    method: str | None = None
    series: str | None = None
    season: int | None = None
    episode: int | None = None
    hoster: str | None = None
    skip: int = 0
    times: int | None = None
    id: int = 0

    def matches(self, request: Request, subject: Subject) -> bool:
        wanted = (
            (self.side, request.side),
            (self.method, request.method),
            (self.series, subject.series),
            (self.season, subject.season),
            (self.episode, subject.episode),
            (self.hoster, subject.hoster),
        )
        if any(want is not None and want != have for want, have in wanted):
            return False
        return fnmatchcase(request.path, self.path)


class Rules:
    """The rules in force; safe for many threads."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._ids = count(1)
        self._lock = Lock()

    def add(self, rule: Rule) -> int:
        if rule.effect not in EFFECTS:
            raise RuleError(f"unknown effect {rule.effect!r}; known: {', '.join(sorted(EFFECTS))}")
        rule.id = next(self._ids)
        with self._lock:
            self._rules.append(rule)
        return rule.id

    def remove(self, rule_id: int) -> bool:
        with self._lock:
            before = len(self._rules)
            self._rules = [rule for rule in self._rules if rule.id != rule_id]
            return len(self._rules) < before

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def to_json(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(rule) for rule in self._rules]

    def apply(self, request: Request, subject: Subject, response: Response) -> Response:
        for rule in self._taken(request, subject):
            response = EFFECTS[rule.effect](response, rule.params)
            if rule.effect in WAITING:
                response = replace(response, is_to_wait=partial(self._is_in_force, rule.id))
        return response

    def _taken(self, request: Request, subject: Subject) -> list[Rule]:
        with self._lock:
            return [
                rule for rule in self._rules if rule.matches(request, subject) and _takes_turn(rule)
            ]

    def _is_in_force(self, rule_id: int) -> bool:
        with self._lock:
            return any(rule.id == rule_id for rule in self._rules)


def rule_from_json(data: Mapping[str, Any]) -> Rule:
    try:
        return Rule(**data)
    except TypeError as error:
        raise RuleError(str(error)) from error


def _takes_turn(rule: Rule) -> bool:
    if rule.skip > 0:
        rule.skip -= 1
        return False
    if rule.times is None:
        return True
    if rule.times == 0:
        return False
    rule.times -= 1
    return True


Params = Mapping[str, Any]
Effect = Callable[[Response, Params], Response]


def _status(_: Response, params: Params) -> Response:
    """``status`` with a plain page; ``retry_after`` in seconds."""
    return trouble.error_page(int(params["status"]), retry_after=params.get("retry_after"))


def _gone(_: Response, params: Params) -> Response:
    """The hoster's "File not found" page with ``status`` 404, 410 or 200."""
    return trouble.file_gone(int(params.get("status", 404)))


def _changed_markup(response: Response, params: Params) -> Response:
    """Rename the landmark ``what`` as a redesign would."""
    content = response.content()
    for old, new in LANDMARKS[params["what"]]:
        content = content.replace(old, new)
    return replace(response, body=content)


def _playlist_text(response: Response, _: Params) -> Response:
    """The text of a playlist in the place of media, with the media's type."""
    text = b"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:6.0,\nseg-000.ts\n#EXT-X-ENDLIST\n"
    return replace(response, status=200, body=text)


def _short_playlist(response: Response, _: Params) -> Response:
    """A media playlist that lacks its last third, but still says it is complete."""
    lines = response.content().decode().splitlines()
    pieces = [n for n, line in enumerate(lines) if line.startswith("#EXTINF")]
    if not pieces:
        return response
    kept = lines[: pieces[len(pieces) * 2 // 3]]
    return replace(response, body="\n".join([*kept, "#EXT-X-ENDLIST", ""]).encode())


def _hold(response: Response, params: Params) -> Response:
    """Of a file, or of all pieces of a stream in their order, what comes after the share ``after``
    is held back for as long as the rule is in force."""
    file = response.body
    if not isinstance(file, Path) or file.suffix not in _MEDIA or file.stem == "init":
        return response
    pieces = sorted(file.parent.glob(f"seg-*{file.suffix}")) if _is_piece(file) else [file]
    before = sum(piece.stat().st_size for piece in takewhile(lambda one: one != file, pieces))
    whole = sum(piece.stat().st_size for piece in pieces)
    held_from = int(whole * float(params["after"])) - before
    if held_from >= file.stat().st_size:
        return response
    return replace(response, held_from=max(0, held_from))


_MEDIA = frozenset({".ts", ".m4s", ".mp4"})


def _is_piece(file: Path) -> bool:
    return file.name.startswith("seg-")


LANDMARKS: Mapping[str, tuple[tuple[bytes, bytes], ...]] = {
    "stream": ((b'id="stream"', b'id="season-bar"'), (b"hosterSiteDirectNav", b"seasonBar")),
    "table": ((b"seasonEpisodesList", b"episode-grid"),),
    "rows": ((b"data-episode-season-id", b"data-nr"), (b"<tr ", b"<tr hidden ")),
    "title": ((b"series-title", b"show-headline"),),
    "hosters": ((b"data-link-target", b"data-play-url"), (b"watchEpisode", b"link-box")),
    "languages": ((b"changeLanguageBox", b"languagePicker"), (b"data-lang-key", b"data-tongue")),
    "news": ((b"newEpisodeList", b"freshEpisodes"),),
    "calendar": ((b"calendarList", b"timetable"),),
    "list": ((b"/anime/stream/", b"/serie/"),),
    "voe_payload": ((b"application/json", b"application/x-config"), (b".m3u8", b".bin")),
    "vidmoly_player": ((b"sources", b"streams"), (b".m3u8", b".bin")),
}

WAITING = frozenset({"delay", "hold"})  # these end with their rule
EFFECTS: Mapping[str, Effect] = {
    "status": _status,
    "ddos_guard": lambda _, __: trouble.ddos_guard(),
    "cloudflare": lambda _, __: trouble.cloudflare(),
    "challenge": lambda _, params: trouble.challenge(
        str(params["sign"]), int(params.get("status", 403))
    ),
    "leads_to": lambda _, params: trouble.leads_to(str(params["address"])),
    "block_page": lambda _, __: trouble.block_page(),
    "parked": lambda _, __: trouble.parked(),
    "spam": lambda _, __: trouble.spam(),
    "soft_404": lambda _, params: trouble.soft_404(deactivated=bool(params.get("deactivated"))),
    "error_page_200": lambda _, __: trouble.error_page_with_200(),
    "empty_body": lambda response, _: replace(response, status=200, body=b"", etag=False),
    "interstitial": lambda _, __: trouble.interstitial(),
    "file_gone": _gone,
    "changed_markup": _changed_markup,
    "short_playlist": _short_playlist,
    "playlist_text": _playlist_text,
    "page": lambda response, params: replace(
        response, status=200, body=str(params["text"]).encode(), content_type="text/html"
    ),
    "cut": lambda response, params: replace(response, cut_after=float(params.get("after", 0.5))),
    "wrong_length": lambda response, params: replace(
        response, length_error=int(params.get("bytes", 1000))
    ),
    "no_range": lambda response, _: replace(response, ranges=False),
    "no_etag": lambda response, _: replace(response, etag=False),
    "other_server": lambda response, _: replace(response, server="other-"),
    "throttle": lambda response, params: replace(
        response, bytes_per_second=int(params["bytes_per_second"])
    ),
    "hold": _hold,
    "delay": lambda response, params: replace(response, delay=float(params["seconds"])),
}
