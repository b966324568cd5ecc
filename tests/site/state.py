"""What both servers of a running world share."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.site.catalogue import Catalogue, Episode, Link, Show
from tests.site.media import ensure_media
from tests.site.rules import Rule, Rules
from tests.site.traffic import Log

USUAL_TTL = 14_400  # seconds a media address is good for

# Of the calendar: series, season and number, day, time or nothing, and languages.
Announcement = tuple[str, tuple[int, int], str, str, tuple[int, ...]]
# Series, season and number of an episode, and the hoster: None for all of them.
Served = tuple[str, int, int, str | None]

# Rules a world starts with, by the name of the scenario.
SCENARIOS: Mapping[str, tuple[Rule, ...]] = {
    "plain": (),
    # For each of the few connections a download has: some seconds of visible progress.
    "demo": (Rule("throttle", {"bytes_per_second": 100_000}, side="hoster", path="/media/*"),),
    "no-range": (Rule("no_range", side="hoster", path="/media/*"),),
    "down": (Rule("status", {"status": 503}, side="catalogue", path="/*"),),
    "challenge": (Rule("ddos_guard", side="catalogue", path="/*"),),
}


@dataclass
class World:
    """The state of a sample world. Server addresses are filled in once the ports are known."""

    shows: tuple[Show, ...]
    data: Path
    catalogue_url: str = ""
    hoster_url: str = ""
    media_ttl: int = USUAL_TTL
    media: Path = field(init=False)
    catalogue: Catalogue = field(init=False)
    rules: Rules = field(init=False, default_factory=Rules)
    log: Log = field(init=False, default_factory=Log)
    fresh: list[tuple[str, int, int]] = field(init=False, default_factory=list)
    announced: list[Announcement] = field(init=False, default_factory=list)
    served: dict[Served, Path] = field(init=False, default_factory=dict)
    lives: dict[tuple[int, int, int], int] = field(init=False, default_factory=dict)
    _secret: bytes = field(init=False, default_factory=lambda: secrets.token_bytes(16))
    _generation: int = 0
    _scenario: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        self.media = ensure_media(self.data)
        self.catalogue = Catalogue(self.shows)

    def play(self, scenario: Iterable[Rule]) -> None:
        """Start with these rules, and come back to them on every reset."""
        self._scenario = tuple(scenario)
        self.reset()

    def reset(self) -> None:
        """Forget rules, requests and changes of catalogue and media; addresses stay good."""
        self.rules.clear()
        for rule in self._scenario:
            self.rules.add(rule)
        self.log.clear()
        self.catalogue.reset()
        self.fresh.clear()
        self.announced.clear()
        self.served.clear()
        self.lives.clear()
        self.media_ttl = USUAL_TTL

    def put_episode(self, key: str, episode: Episode) -> None:
        self.catalogue.put(key, episode)
        self.fresh.insert(0, (key, episode.season, episode.number))

    def folder_of(self, key: str, link: Link) -> Path | None:
        """Where an episode's media of one hoster lie, if they are others than the usual."""
        place = (key, link.season, link.number)
        return self.served.get((*place, link.hoster)) or self.served.get((*place, None))

    def set_life(self, key: str, season: int, number: int, seconds: int) -> None:
        """How long the media addresses of one episode are good for from now on."""
        show = self.catalogue.get(key)
        if show is None:
            raise KeyError(key)
        self.lives[show.site_id, season, number] = seconds

    def expire_links(self) -> None:
        """Media addresses handed out so far are no longer good."""
        self._generation += 1

    def sign(self, link: Link) -> str:
        """The query of a media address: start, life time, file, generation and signature."""
        place = (link.site_id, link.season, link.number)
        started, life = int(time.time()), self.lives.get(place, self.media_ttl)
        mark = self._mark(link.code, started, life, self._generation)
        return f"t={mark}&s={started}&e={life}&f={link.code}&g={self._generation}"

    def is_signed(self, link: Link, query: Mapping[str, str]) -> bool:
        """Whether the address was handed out for this file and is still good."""
        try:
            started, life, generation = (int(query[name]) for name in ("s", "e", "g"))
        except (KeyError, ValueError):
            return False
        good = hmac.compare_digest(
            query.get("t", ""), self._mark(link.code, started, life, generation)
        )
        return good and generation == self._generation and time.time() < started + life

    def _mark(self, code: str, started: int, life: int, generation: int) -> str:
        text = f"{code}/{started}/{life}/{generation}".encode()
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()[:32]
