"""A sample world in a process of its own, for tests: start it, steer it, ask what it saw.

with SampleWorld() as world:
    world.fail("status", {"status": 503}, series="mondlaterne", times=1)
    ...
    assert world.counts()["/anime/stream/mondlaterne"] == 2
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from tests.site.catalogue import Episode, Show, episode_from_json, episode_to_json, offers
from tests.site.shows import SHOWS, by_key

PROJECT = Path(__file__).resolve().parents[2]
_STOP_SECONDS = 60


class WorldError(RuntimeError):
    """The world did not start, or refused an order."""


def shared_data() -> Path:
    """Where clips are kept from one test run to the next, for this user."""
    return Path(tempfile.gettempdir()) / f"aniworld-sample-media-{os.getuid()}"


class WorldControl:
    """Steers a running world over HTTP; for any process that knows its address."""

    def __init__(self, catalogue_url: str) -> None:
        self.catalogue_url = catalogue_url
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the environment has no business here

    def close(self) -> None:
        self._session.close()

    def fail(self, effect: str, params: Mapping[str, Any] | None = None, **match: Any) -> int:
        """Make requests go wrong; returns the rule's id.

        ``effect`` and ``params``: see ``tests.site.rules.EFFECTS``. ``match``: ``side``, ``path``
        (shell pattern), ``method``, ``series``, ``season``, ``episode``, ``hoster``, ``skip``,
        ``times``.
        """
        rule = {"effect": effect, "params": dict(params or {}), **match}
        return int(self._order("add_rule", rule=rule)["id"])

    @contextmanager
    def failing(
        self, effect: str, params: Mapping[str, Any] | None = None, **match: Any
    ) -> Iterator[None]:
        """``fail`` for the length of a block."""
        rule = self.fail(effect, params, **match)
        try:
            yield
        finally:
            self.mend(rule)

    def fail_status(self, status: int, *, retry_after: int | None = None, **match: Any) -> int:
        params = {"status": status, "retry_after": retry_after}
        return self.fail("status", params, **match)

    def fail_fragment(self, number: int, status: int = 404, **match: Any) -> int:
        """One fragment (0-based) answers ``status``; ``times=1`` for once only."""
        return self.fail_status(status, side="hoster", path=f"/media/*/seg-{number:03}.*", **match)

    def fail_all_fragments(self, status: int = 403, **match: Any) -> int:
        return self.fail_status(status, side="hoster", path="/media/*/seg-*", **match)

    def cut_media(self, after: float = 0.5, *, path: str = "/media/*/mp4/*", **match: Any) -> int:
        """Close the connection after this share of the body; fragments: ``path="…/seg-002.*"``."""
        return self.fail("cut", {"after": after}, side="hoster", path=path, **match)

    def throttle(self, bytes_per_second: int, **match: Any) -> int:
        """Slow media down, each connection on its own."""
        match = {"side": "hoster", "path": "/media/*", **match}
        return self.fail("throttle", {"bytes_per_second": bytes_per_second}, **match)

    def hold(self, after: float, **match: Any) -> int:
        """Keep media back after this share of its bytes (of a file, or of all pieces of a stream
        in their order), until the rule is mended. It hardly moves meanwhile and cannot end, so
        that a transfer can be disturbed without a race: wait for less than this, disturb it, mend
        the rule. After a hundred seconds it goes on by itself."""
        match = {"side": "hoster", "path": "/media/*", **match}
        return self.fail("hold", {"after": after}, **match)

    def delay(self, seconds: float, **match: Any) -> int:
        """Answer later, or once the rule is mended."""
        return self.fail("delay", {"seconds": seconds}, **match)

    def mend(self, rule_id: int) -> None:
        self._order("remove_rule", id=rule_id)

    def mend_all(self) -> None:
        self._order("clear_rules")

    def reset(self) -> None:
        """Back to the state after the start: rules, log, catalogue, life of media addresses."""
        self._order("reset")

    def put_episode(self, key: str, episode: Episode) -> None:
        """Add an episode, or replace the one of that number."""
        self._order("put_episode", key=key, episode=episode_to_json(episode))

    def put_series(self, key: str, title: str, names: Sequence[str]) -> None:
        """Add a series of one season with these titles of episodes; each goes onto the pages
        escaped once more."""
        self._order("put_series", key=key, title=title, names=list(names))

    def release_episode(self, key: str, season: int, number: int, title: str = "") -> Episode:
        """Give a new or announced episode the usual languages and hosters."""
        episode = Episode(season, number, title, title, offers=offers())
        self.put_episode(key, episode)
        return episode

    def remove_episode(self, key: str, season: int, number: int) -> None:
        self._order("remove_episode", key=key, season=season, number=number)

    def announce(self, *listed: tuple[str, int, int, str, str, Sequence[int]]) -> None:
        """Let the calendar list this, and nothing else: series, season, number, day ("2026-11-30"),
        time ("18:30", or empty) and languages (or none)."""
        self._order("announce", listed=[list(one) for one in listed])

    def expire_links(self) -> None:
        """Every media address handed out so far answers 403 from now on."""
        self._order("expire_links")

    def serve(
        self, key: str, season: int, number: int, folder: Path, hoster: str | None = None
    ) -> None:
        """Answer for the media of an episode from a folder, until ``reset``.

        Args:
            folder: what is asked for below ``hls/`` and ``mp4/`` lies in it: ``master.m3u8``,
                ``v480.mp4`` or ``manifest.mpd`` and what they name. ``captions/<label>.vtt`` are
                listed on the hoster's page.
            hoster: of this one alone, by the name the catalogue has for it.
        """
        place = {"key": key, "season": season, "number": number}
        self._order("serve", **place, folder=str(folder), hoster=hoster)

    def set_media_ttl(
        self, seconds: int, key: str | None = None, season: int = 1, number: int = 0
    ) -> None:
        """How long media addresses handed out from now on are good for; 0 = not at all.

        Of all episodes, or of the one of a series.
        """
        place = {"key": key, "season": season, "number": number}
        self._order("set_media_ttl", seconds=seconds, **place)

    def log(self) -> list[dict[str, Any]]:
        """The requests seen, oldest first (see ``tests.site.traffic.Seen``)."""
        return list(self._get("/log")["requests"])

    def clear_log(self) -> None:
        self._order("clear_log")

    def counts(self) -> dict[str, int]:
        """Requests per path; those of the hoster server as ``hoster:<path>``."""
        return dict(self._get("/counts"))

    def count(self, side: str | None = None) -> int:
        """Requests in all, or those of one side."""
        return sum(1 for seen in self.log() if side in {None, seen["side"]})

    def most_in_flight(self, side: str) -> int:
        """The largest number of requests one side was answering at the same time."""
        return max((seen["in_flight"] for seen in self.log() if seen["side"] == side), default=0)

    def truth(self) -> dict[str, tuple[Episode, ...]]:
        """What the catalogue says now, changes included."""
        return {
            key: tuple(episode_from_json(row) for row in rows)
            for key, rows in self._get("/truth").items()
        }

    def available(self, key: str) -> set[tuple[int, int]]:
        """(season, number) of everything the series has sources for now."""
        return {(e.season, e.number) for e in self.truth()[key] if e.is_available}

    def _order(self, name: str, **content: Any) -> dict[str, Any]:
        url = f"{self.catalogue_url}/__control__"
        return _checked(self._session.post(url, json={"do": name, **content}, timeout=60))

    def _get(self, view: str) -> dict[str, Any]:
        return _checked(self._session.get(f"{self.catalogue_url}/__control__{view}", timeout=60))


class SampleWorld(WorldControl):
    """Starts a world, and stops it at the end of the block."""

    shows: tuple[Show, ...] = SHOWS

    def __init__(
        self,
        data: Path | None = None,
        *,
        scenario: str = "plain",
        filler: int = 0,
        filler_seasons: int = 1,
        port: int = 0,
        hoster_port: int = 0,
    ) -> None:
        super().__init__("")
        self.data = data or shared_data()
        self.hoster_url = ""
        self._options = {
            "--data": self.data,
            "--scenario": scenario,
            "--filler": filler,
            "--filler-seasons": filler_seasons,
            "--port": port,
            "--hoster-port": hoster_port,
        }
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        return self._running().pid

    def start(self) -> None:
        """Start the process and wait for its ready line (the first time clips are made)."""
        options = [text for name, value in self._options.items() for text in (name, str(value))]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.site", "--while-stdin-open", *options],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C in a terminal is for our caller to pass on
        )
        ready = self._process.stdout.readline() if self._process.stdout else ""
        if not ready:
            raise WorldError(f"the sample world ended with code {self._process.wait()}")
        addresses = json.loads(ready)
        self.catalogue_url, self.hoster_url = addresses["catalogue"], addresses["hoster"]

    def stop(self) -> None:
        process, self._process = self._process, None
        self.close()
        if not process:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()

    def show(self, key: str) -> Show:
        """The series as it was at the start."""
        return by_key(key)

    def _running(self) -> subprocess.Popen[str]:
        if not self._process:
            raise WorldError("the sample world is not running")
        return self._process


def _checked(response: requests.Response) -> dict[str, Any]:
    content: dict[str, Any] = response.json()
    if not response.ok:
        raise WorldError(content["error"])
    return content
