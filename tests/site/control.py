"""The world's control interface: ``POST /__control__`` with JSON, and a few GETs.

It is answered on the catalogue's port, never counted, and never touched by rules.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.site.catalogue import episode_from_json, episode_to_json
from tests.site.rules import RuleError, rule_from_json
from tests.site.state import World
from tests.site.traffic import Request, Response

PREFIX = "/__control__"


class ControlError(ValueError):
    """An order that cannot be carried out; the message says why."""


class Control:
    def __init__(self, world: World) -> None:
        self._world = world
        self._orders: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
            "add_rule": lambda order: {"id": world.rules.add(rule_from_json(order["rule"]))},
            "remove_rule": lambda order: {"removed": world.rules.remove(int(order["id"]))},
            "clear_rules": lambda _: world.rules.clear(),
            "clear_log": lambda _: world.log.clear(),
            "reset": lambda _: world.reset(),
            "expire_links": lambda _: world.expire_links(),
            "set_media_ttl": self._set_media_ttl,
            "serve": self._serve,
            "put_episode": self._put_episode,
            "put_series": self._put_series,
            "remove_episode": self._remove_episode,
            "announce": self._announce,
        }
        self._views: Mapping[str, Callable[[], Any]] = {
            "/log": lambda: {"requests": world.log.entries()},
            "/counts": world.log.counts,
            "/rules": world.rules.to_json,
            "/truth": self._truth,
        }

    def answer(self, request: Request) -> Response:
        try:
            return _json(200, self._result(request))
        except (ControlError, RuleError, KeyError, json.JSONDecodeError) as error:
            return _json(400, {"error": f"{type(error).__name__}: {error}"})

    def _result(self, request: Request) -> Any:
        if request.method == "GET":
            return self._views[request.path.removeprefix(PREFIX)]()
        order = json.loads(request.body)
        name = order.get("do")
        if name not in self._orders:
            raise ControlError(f"unknown order {name!r}; known: {', '.join(self._orders)}")
        return self._orders[name](order) or {}

    def _set_media_ttl(self, order: Mapping[str, Any]) -> None:
        seconds = int(order["seconds"])
        if order["key"] is None:
            self._world.media_ttl = seconds
        else:
            place = (order["key"], int(order["season"]), int(order["number"]))
            self._world.set_life(*place, seconds)

    def _serve(self, order: Mapping[str, Any]) -> None:
        folder = Path(order["folder"])
        if not folder.is_dir():
            raise ControlError(f"no folder {folder}")
        place = (order["key"], int(order["season"]), int(order["number"]))
        self._world.served[*place, order["hoster"]] = folder

    def _put_episode(self, order: Mapping[str, Any]) -> None:
        self._world.put_episode(order["key"], episode_from_json(order["episode"]))

    def _put_series(self, order: Mapping[str, Any]) -> None:
        self._world.catalogue.put_series(order["key"], order["title"], order["names"])

    def _remove_episode(self, order: Mapping[str, Any]) -> None:
        self._world.catalogue.remove(order["key"], int(order["season"]), int(order["number"]))

    def _announce(self, order: Mapping[str, Any]) -> None:
        self._world.announced[:] = [
            (key, (int(season), int(number)), day, clock, tuple(languages))
            for key, season, number, day, clock, languages in order["listed"]
        ]

    def _truth(self) -> dict[str, list[dict[str, Any]]]:
        return {
            show.key: [episode_to_json(episode) for episode in show.episodes]
            for show in self._world.catalogue
        }


def _json(status: int, content: Any) -> Response:
    body = json.dumps(content).encode()
    return Response(status=status, body=body, content_type="application/json")
