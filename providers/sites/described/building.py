"""From the plain values of a definition file to what is used, with all that is wrong in it.

Only what a schema cannot say is looked at here: selectors, patterns, names that are filled in, and
what goes together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from providers.sites.described.changes import Change, change_of
from providers.sites.described.css import Selector
from providers.sites.described.definition import (
    Condition,
    Definition,
    Edition,
    Field,
    Look,
    Paging,
    Request,
    Sign,
    Step,
    Where,
)
from providers.sites.described.faults import Fault, Unreadable, pointer
from providers.sites.described.paths import JsonPath
from providers.sites.described.patterns import Pattern
from providers.sites.described.templates import AddressTemplate, Template, is_web_address

T = TypeVar("T")

_SERIES = frozenset({"key", "series_id", "series_link"})
_SEASON = frozenset({"season", "season_id", "season_link"})
_EPISODE = frozenset({"episode", "episode_id", "episode_link"})
_KNOWN: Mapping[str, frozenset[str]] = {
    "search": frozenset({"query"}),
    "list": frozenset(),
    "series": frozenset({"key"}),
    "seasons": _SERIES,
    "episodes": _SERIES | _SEASON,
    "films": _SERIES,
    "sources": _SERIES | _SEASON | _EPISODE,
    "locate": frozenset({"link"}),
    "news": frozenset(),
    "calendar": frozenset(),
}
_IN_EDITIONS = frozenset({"episodes", "films", "sources"})
# Those that cannot do with the page of the series.
_ASKING = ("search", "list", "series", "news", "calendar")
_NEEDED: Mapping[str, tuple[frozenset[str], ...]] = {
    "search": (frozenset({"key", "link"}),),
    "list": (frozenset({"key", "link"}),),
    "news": (frozenset({"key", "link"}), frozenset({"number", "place"})),
    "calendar": (frozenset({"key", "link"}), frozenset({"number", "place"})),
}
_REQUIRED: Mapping[str, frozenset[str]] = {
    "search": frozenset({"name"}),
    "list": frozenset({"name"}),
    "series": frozenset({"name"}),
    "seasons": frozenset({"number"}),
    "sources": frozenset({"link"}),
    "calendar": frozenset({"day"}),
    "locate": frozenset({"link"}),
}
_LOCATING = {"request": {"address": "{link}"}, "fields": {}}
_DEFAULT_MOST = 10


def built(data: Mapping[str, Any]) -> tuple[Definition, list[Fault]]:
    """A definition that fits the schema, and what is wrong with it all the same."""
    builder = _Builder(data)
    return builder.definition(), builder.faults


class _Builder:
    """Reads one definition, and notes what is wrong by its place."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self.faults: list[Fault] = []
        self._names: set[str] = set()

    def definition(self) -> Definition:
        data, keys, signs = self._data, self._data.get("keys", {}), self._data.get("signs", {})
        if not is_web_address(data["address"]) or set(data["address"]) & set("?#{}\\ "):
            self.faults.append(Fault("/address", "address"))
        said: Mapping[str, Any] = data["steps"]
        steps = {
            name: self._step(name, said[name], f"/steps/{name}") for name in _KNOWN if name in said
        }
        self._whole(said, keys)
        return Definition(
            name=data["name"].strip(),
            description=data.get("description", ""),
            address=data["address"].rstrip("/"),
            hosts=frozenset(data.get("hosts", ())) | _hosts_in(steps.values()),
            page=self._page(),
            key_pattern=self._optional(Pattern, keys, "pattern", "/keys"),
            link_pattern=self._optional(Pattern, keys, "link", "/keys"),
            slash=keys.get("slash", ""),
            language=data.get("language", ""),
            languages=_folded(data.get("languages", {})),
            hosters=_folded(data.get("hosters", {})),
            editions=tuple(Edition(**one) for one in data.get("editions", ())),
            season=int(data.get("season", 1)),
            time_zone=self._zone(),
            not_found=self._signs(signs.get("not_found", ()), "/signs/not_found"),
            challenge=self._signs(signs.get("challenge", ()), "/signs/challenge"),
            steps=steps,
            locating=said.get("locate", {}).get("how", "link"),
        )

    def _whole(self, said: Mapping[str, Any], keys: Mapping[str, Any]) -> None:
        """What no step can say by itself."""
        if not {"search", "list"} & set(said):
            self._note("/steps", "needs", known=["search", "list"])
        if not {"episodes", "films"} & set(said):
            self._note("/steps", "needs", known=["episodes", "films"])
        for name in _ASKING:
            if name in said and "request" not in said[name]:
                self._note(f"/steps/{name}", "missing", name="request")
        for name, choices in _NEEDED.items():
            fields = set(said.get(name, {}).get("fields", {}))
            for wanted in choices:
                if name in said and not wanted & fields:
                    self._note(f"/steps/{name}/fields", "needs", known=sorted(wanted))
            if name in said and "key" not in fields and "link" not in keys:
                self._note("/keys", "missing", name="link")
                break
        if said.get("locate", {}).get("how") == "page" and "fields" not in said["locate"]:
            self._note("/steps/locate", "missing", name="fields")

    def _step(self, name: str, said: Mapping[str, Any], at: str) -> Step:
        outer, self._names = self._names, set()
        known = {*_KNOWN[name], "base"} | ({"edition"} if self._is_in_editions(name) else set())
        said = {**_LOCATING, **said} if name == "locate" else said
        first = []
        for index, one in enumerate(said.get("first", ())):
            first.append(self._first(one, known, f"{at}/first/{index}"))
            known |= set(one["fields"])
        pages = {"page"} if "from" in said.get("paging", {}) else set()
        kind = said.get("read", "html")
        step = Step(
            name=name,
            request=self._request(said, known | pages, at),
            read=kind,
            fields=self._fields(said["fields"], kind, known, at, _REQUIRED.get(name, frozenset())),
            first=tuple(first),
            within=self._within(said, known, at),
            expects=self._where(said["expects"], kind, f"{at}/expects")
            if "expects" in said
            else None,
            rows=self._rows(said.get("rows", []), kind, f"{at}/rows"),
            where=self._conditions(said.get("where", ()), kind, known, f"{at}/where"),
            paging=self._paging(said, kind, known, f"{at}/paging"),
            names=frozenset(self._names),
        )
        self._names |= outer
        return step

    def _first(self, said: Mapping[str, Any], known: Collection[str], at: str) -> Step:
        kind = said.get("read", "html")
        return Step(
            name="first",
            request=self._request(said, known, at),
            read=kind,
            fields=self._fields(said["fields"], kind, known, at, frozenset(said["fields"])),
            within=self._within(said, known, at),
        )

    def _request(self, said: Mapping[str, Any], known: Collection[str], at: str) -> Request | None:
        asked = said.get("request")
        if asked is None:
            return None
        at = f"{at}/request"
        bodies = {"form", "json"} & set(asked)
        if len(bodies) > 1 or (bodies and asked.get("method", "POST") == "GET"):
            self._note(at, "one_body")
        return Request(
            address=self._address(asked["address"], known, f"{at}/address"),
            method=asked.get("method", "POST" if bodies else "GET"),
            form=self._templates(asked["form"], known, f"{at}/form") if "form" in asked else None,
            json=self._json(asked["json"], known, f"{at}/json") if "json" in asked else None,
            headers=self._headers(asked.get("headers", {}), known, f"{at}/headers"),
        )

    def _address(self, text: str, known: Collection[str], at: str) -> AddressTemplate:
        made = self._made(lambda: AddressTemplate(text, known), at)
        self._names |= made.names if made else set()
        return made or AddressTemplate("/", ())

    def _template(self, text: str, known: Collection[str], at: str) -> Template:
        made = self._made(lambda: Template(text, known), at)
        self._names |= made.names if made else set()
        return made or Template("", ())

    def _templates(
        self, said: Mapping[str, str], known: Collection[str], at: str
    ) -> dict[str, Template]:
        return {name: self._template(text, known, pointer(at, name)) for name, text in said.items()}

    def _headers(
        self, said: Mapping[str, str], known: Collection[str], at: str
    ) -> dict[str, Template]:
        for name, text in said.items():
            if not (text.isascii() and text.isprintable()):
                self._note(pointer(at, name), "header")
        return self._templates(said, known, at)

    def _json(self, said: Any, known: Collection[str], at: str) -> Any:
        if isinstance(said, str):
            return self._template(said, known, at)
        if isinstance(said, Mapping):
            return {n: self._json(one, known, pointer(at, n)) for n, one in said.items()}
        if isinstance(said, list):
            return tuple(self._json(one, known, pointer(at, i)) for i, one in enumerate(said))
        return said

    def _within(
        self, said: Mapping[str, Any], known: Collection[str], at: str
    ) -> tuple[str, Field] | None:
        if "within" not in said:
            return None
        kind, at = said["within"].get("read", "html"), f"{at}/within"
        looked = self._look(said["within"]["field"], kind, known, f"{at}/field")
        return kind, Field("within", (looked,))

    def _fields(
        self,
        said: Mapping[str, Any],
        kind: str,
        known: Collection[str],
        at: str,
        required: Collection[str],
    ) -> dict[str, Field]:
        return {
            name: self._needed(
                self._field(name, one, kind, known, f"{at}/fields/{name}"), name in required
            )
            for name, one in said.items()
        }

    def _needed(self, field: Field, is_required: bool) -> Field:
        return replace(field, is_required=field.is_required or is_required)

    def _field(self, name: str, said: Any, kind: str, known: Collection[str], at: str) -> Field:
        if isinstance(said, list):
            looks = [self._look(one, kind, known, pointer(at, i)) for i, one in enumerate(said)]
        else:
            looks = [self._look(said, kind, known, at)]
        asked = any(isinstance(one, dict) and one.get("required") for one in _listed(said))
        return Field(name, tuple(looks), asked)

    def _look(self, said: Any, kind: str, known: Collection[str], at: str) -> Look:
        if isinstance(said, str):
            select, attribute = _split_attribute(said, kind)
            return Look(
                select=self._where(select, kind, at) if select else None, attribute=attribute
            )
        if kind == "json" and ("attribute" in said or said.get("from") == "before"):
            self._note(at, "html_only")
        if kind == "html" and said.get("take") == "name":
            self._note(at, "json_only")
        value = self._template(said["value"], known, f"{at}/value") if "value" in said else None
        select = said.get("select", "")
        parts = [
            self._field("part", one, kind, known, f"{at}/parts/{index}")
            for index, one in enumerate(said.get("parts", ()))
        ]
        return Look(
            place=said.get("from", "row"),
            select=self._where(select, kind, f"{at}/select") if select else None,
            attribute=said.get("attribute", "").lower(),
            take=said.get("take", "text"),
            value=value,
            parts=tuple(parts),
            every=said.get("all", False),
            changes=self._changes(said.get("then", ()), f"{at}/then"),
            changed=tuple(map(_change_words, said.get("then", ()))),
            join=said.get("join"),
            default=said.get("default"),
        )

    def _changes(self, said: Iterable[Mapping[str, Any]], at: str) -> tuple[Change, ...]:
        made = [self._made(partial(change_of, one), f"{at}/{i}") for i, one in enumerate(said)]
        return tuple(filter(None, made))

    def _conditions(
        self, said: Iterable[Mapping[str, Any]], kind: str, known: Collection[str], at: str
    ) -> tuple[Condition, ...]:
        return tuple(
            Condition(
                self._field("where", one["field"], kind, known, f"{at}/{index}/field"),
                self._optional(Pattern, one, "matches", f"{at}/{index}"),
                one.get("not", False),
            )
            for index, one in enumerate(said)
        )

    def _paging(
        self, said: Mapping[str, Any], kind: str, known: Collection[str], at: str
    ) -> Paging | None:
        if (paging := said.get("paging")) is None:
            return None
        if ("next" in paging) == ("from" in paging):
            self._note(at, "one_of", known=["next", "from"])
        if "from" in paging and "page" not in self._names:
            self._note(at, "no_page_number")

        def field(name: str) -> Field | None:
            if name not in paging:
                return None
            return self._field(name, paging[name], kind, known, f"{at}/{name}")

        return Paging(
            next=field("next"),
            begin=int(paging.get("from", 1)),
            step=int(paging.get("step", 1)),
            last=field("last"),
            most=int(paging.get("most", _DEFAULT_MOST)),
        )

    def _rows(self, said: str | list[str], kind: str, at: str) -> tuple[Where, ...]:
        if isinstance(said, str):
            return (self._where(said, kind, at),)
        return tuple(self._where(one, kind, pointer(at, i)) for i, one in enumerate(said))

    def _where(self, text: str, kind: str, at: str) -> Where:
        if kind == "json":
            return self._made(lambda: JsonPath(text), at) or JsonPath("")
        return self._made(lambda: Selector(text), at) or Selector("*")

    def _signs(self, said: Iterable[Mapping[str, Any]], at: str) -> tuple[Sign, ...]:
        return tuple(
            Sign(
                one.get("read", "html"),
                self._where(one["select"], one.get("read", "html"), f"{at}/{index}/select"),
                self._optional(Pattern, one, "matches", f"{at}/{index}"),
            )
            for index, one in enumerate(said)
        )

    def _optional(
        self, kind: Callable[[str], T], said: Mapping[str, Any], name: str, at: str
    ) -> T | None:
        return self._made(lambda: kind(said[name]), f"{at}/{name}") if name in said else None

    def _made(self, make: Callable[[], T], at: str) -> T | None:
        try:
            return make()
        except Unreadable as error:
            self.faults.append(error.fault(at))
            return None

    def _page(self) -> str:
        page: str = self._data.get("page", "")
        if page and self._made(lambda: AddressTemplate(page, {"key"}), "/page") is not None:
            return page if set(page.replace("{key}", "")).isdisjoint("{}") else self._refused_page()
        return ""

    def _refused_page(self) -> str:
        self._note("/page", "address")
        return ""

    def _zone(self) -> str:
        name: str = self._data.get("time_zone", "UTC")
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            self._note("/time_zone", "zone")
            return "UTC"
        return name

    def _is_in_editions(self, name: str) -> bool:
        return bool(self._data.get("editions")) and name in _IN_EDITIONS

    def _note(self, at: str, why: str, **params: Any) -> None:
        self.faults.append(Fault(at, why, params))


def _change_words(said: Mapping[str, Any]) -> str:
    """A change as whoever wrote it knows it again: ``pattern S(\\d+)``."""
    name, value = next(iter(said.items()))
    return f"{name} {value}" if isinstance(value, str) else name


def _listed(said: Any) -> list[Any]:
    return said if isinstance(said, list) else [said]


def _split_attribute(text: str, kind: str) -> tuple[str, str]:
    """The selector and the attribute of ``a.title@href``."""
    if kind == "json":
        return text, ""
    select, at, attribute = text.rpartition("@")
    is_attribute = at and attribute.replace("-", "").replace("_", "").isalnum()
    return (select.strip(), attribute.lower()) if is_attribute else (text, "")


def _folded(table: Mapping[str, str]) -> dict[str, str]:
    return {word.strip().casefold(): told for word, told in table.items()}


def _hosts_in(steps: Iterable[Step]) -> frozenset[str]:
    """The hosts that the definition itself names in addresses."""
    every = [one for step in steps for one in (*step.first, step)]
    hosts = (step.request.address.host for step in every if step.request is not None)
    return frozenset(filter(None, hosts))
