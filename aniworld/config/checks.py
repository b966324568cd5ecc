"""Checks of values as data: one source for reading the file, JSON Schema and the bounds of a form.

A check meets only values of the right type (``description``). What it finds is a code with
parameters; the sentence is made where somebody reads it (``texts``).
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from os.path import normpath
from pathlib import PurePath, PurePosixPath
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, Protocol, Self
from urllib.parse import urlsplit

from aniworld.console.levels import LEVELS
from aniworld.rhythm import reading, windows
from aniworld.rhythm.errors import RhythmUnreadable
from providers.base import HOSTER_NAMES, Language

Schema = dict[str, Any]  # a piece of JSON Schema
Attributes = dict[str, Any]  # of an HTML input

NAMING_TOKENS = frozenset(
    {"name", "year", "season", "episode", "absolute", "title", "language", "key"}
)


# Named tuples, here and in ``description``: every process makes these classes at its start, and
# dataclasses take six times as long to make.


class Problem(NamedTuple):
    """What is wrong with a value; ``at`` is the entry it is about: a key, or a place in a list."""

    code: str
    params: Mapping[str, Any] = MappingProxyType({})
    at: str = ""


class Check(Protocol):
    """What every check can say."""

    def problems(self, value: Any) -> Iterator[Problem]:
        """All that is wrong with ``value``."""
        ...

    def schema(self) -> Schema:
        """What JSON Schema can say of it. It never refuses what :meth:`problems` lets pass."""
        ...

    def attributes(self) -> Attributes:
        """Those of the HTML input that takes the value (of a list: one of its entries)."""
        ...


class Between(NamedTuple):
    """Numbers from ``low`` to ``high``, both included."""

    low: float
    high: float

    def problems(self, value: float) -> Iterator[Problem]:
        if not self.low <= value <= self.high:
            yield Problem("between", {"low": self.low, "high": self.high})

    def schema(self) -> Schema:
        return {"minimum": self.low, "maximum": self.high}

    def attributes(self) -> Attributes:
        return {"min": self.low, "max": self.high}


class Matching:
    """Base of texts that a pattern describes from begin to end, in the syntax that Python, JSON
    Schema and HTML share (HTML wants ``-`` and ``/`` escaped in classes)."""

    code: ClassVar[str]
    pattern: ClassVar[str]

    def problems(self, value: str) -> Iterator[Problem]:
        if not re.fullmatch(self.pattern, value):
            yield Problem(self.code)

    def schema(self) -> Schema:
        return {"pattern": self.pattern}

    def attributes(self) -> Attributes:
        return {"pattern": self.pattern}


class Filled(Matching):
    """Texts that are not only space."""

    code = "empty"
    pattern = r"^[\s\S]*\S[\s\S]*$"


class Name(Matching):
    """Names of sites and hosters."""

    code = "not_a_name"
    pattern = r"^[a-z0-9][a-z0-9_\-]{0,49}$"


class HosterName(Name):
    """Names of hosters there are."""

    def problems(self, value: str) -> Iterator[Problem]:
        found = list(super().problems(value))
        if not found and value not in HOSTER_NAMES:
            found.append(Problem("unknown_hoster", _beside(value, HOSTER_NAMES)))
        yield from found

    def schema(self) -> Schema:
        return {"enum": list(HOSTER_NAMES)}


class LanguageName(Matching):
    """Languages there are, in any case; or what a site shows beside them, by the site's key of it
    (``unknown-7``)."""

    code = "unknown_language"
    pattern = r"^({}|unknown-[A-Za-z0-9_.\-]{{1,64}})$".format(
        "|".join(
            "".join(f"[{char.upper()}{char.lower()}]" if char.isalpha() else char for char in name)
            for name in Language
        )
    )

    def problems(self, value: str) -> Iterator[Problem]:
        if not value.strip():
            yield Problem("empty")
        elif not is_language(value):
            yield Problem(self.code, _beside(value, tuple(Language)))


class LanguageRank(Matching):
    """A language and when it is taken: ``German Dub=now``, ``German Sub=14`` (days), or never."""

    code = "not_a_language_rank"
    pattern = LanguageName.pattern.removesuffix("$") + r"=(now|never|[0-9]{1,3})$"


class QuietWindow(Matching):
    """A window of the week and what holds in it: ``mon-fri 18:00-23:00=closed`` (nothing is
    fetched), ``daily 08:00-17:00=500`` (at most so many KB a second)."""

    code = "not_a_quiet_window"
    pattern = windows.PATTERN


class AbsolutePath(Matching):
    """Full paths of a POSIX system."""

    code = "not_a_full_path"
    pattern = r"^\/[^\x00]*$"


class PathPair(Matching):
    """A folder here, and what the same folder is called elsewhere: ``/srv/anime=/media/anime``."""

    code = "not_a_path_pair"
    pattern = r"^\/[^\x00=]*=[^\x00-\x20=][^\x00=]*$"


class HeaderValue(Matching):
    """What can be sent in a header: printable characters of ASCII without spaces."""

    code = "not_a_token"
    pattern = r"^[\x21-\x7e]{1,500}$"


_GROUP = "[0-9A-Fa-f]{1,4}"
_IPV6 = "|".join(
    (
        rf"({_GROUP}:){{7}}{_GROUP}",
        rf"({_GROUP}(:{_GROUP}){{0,3}})?::({_GROUP}(:{_GROUP}){{0,2}})?",
        rf"{_GROUP}(:{_GROUP}){{4,5}}::({_GROUP})?",
        rf"({_GROUP}(:{_GROUP})?)?::{_GROUP}(:{_GROUP}){{3,4}}",
    )
)
_PORT = r"(?!0+([\/?#]|$))[0-5]?[0-9]{0,4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"


# What reads as one of the marks of an address once it is normalised.
_LOOKALIKES = (
    r"\u2047-\u2049\u2100\u2101\u2105\u2106\u2a74\ufe13\ufe16\ufe55\ufe56\ufe5f\ufe6b\uff03\uff0f"
    r"\uff1a\uff1f\uff20"
)


class WebAddress(Matching):
    """Addresses that a site may have."""

    code = "not_a_web_address"
    pattern = (
        r"^[Hh][Tt][Tt][Pp][Ss]?:\/\/"
        rf"([^\x00-\x20\x7f\/?#@\\\[\]{_LOOKALIKES}]*@)?"
        rf"([^\x00-\x20\x7f\/?#@\\:\[\]{_LOOKALIKES}]+|\[({_IPV6})\])"
        rf"(:({_PORT}))?"
        r"([\/?#][^\x00-\x1f\x7f]*)?$"
    )

    def problems(self, value: str) -> Iterator[Problem]:
        if not (re.fullmatch(self.pattern, value) and _can_be_split(value)):
            yield Problem(self.code)

    def attributes(self) -> Attributes:
        return {"type": "url", **super().attributes()}


class SiteAddress(WebAddress):
    """Addresses that a site may have, and of feeds those of files as well:
    ``file:///srv/feeds/anime.json``."""

    code = "not_a_site_address"
    pattern = (
        rf"^({WebAddress.pattern[1:-1]}"
        r"|[Ff][Ii][Ll][Ee]:\/\/\/[^\x00-\x1f\x7f\/?#][^\x00-\x1f\x7f?#]*)$"
    )


class ProxyAddress(Matching):
    """Addresses of proxies, with name and password where they want them."""

    code = "not_a_proxy_address"
    pattern = (
        r"^(http|socks5h?):\/\/"
        rf"([^\x00-\x20\x7f\/?#@\\\[\]{_LOOKALIKES}]{{0,500}}@)?"
        rf"([^\x00-\x20\x7f\/?#@\\:\[\]{_LOOKALIKES}]{{1,255}}|\[({_IPV6})\])"
        rf":(?=[0-9])({_PORT})$"
    )

    def problems(self, value: str) -> Iterator[Problem]:
        if not (re.fullmatch(self.pattern, value) and _can_be_split(value)):
            yield Problem(self.code)


class NotifyAddress(Matching):
    """Addresses that messages are sent to: of a web server, or of a service as Apprise writes
    them. Which services there are is not known here."""

    code = "not_a_notify_address"
    pattern = r"^[A-Za-z][A-Za-z0-9+.\-]{0,30}:\/\/[^\x00-\x20\x7f]{1,2000}$"


class TargetName(Matching):
    """What an owner calls something that has an address of its own: no dots and slashes in it."""

    code = "not_a_target_name"
    pattern = r"^[^\x00-\x20\x7f.\/\\]([^\x00-\x1f\x7f.\/\\]{0,38}[^\x00-\x20\x7f.\/\\])?$"


class DayHours(Matching):
    """From one time of the clock to another, over midnight too: ``22:00-07:00``."""

    code = "not_hours"
    pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"


class NoLongerThan(NamedTuple):
    """Texts of at most so many characters."""

    characters: int

    def problems(self, value: str) -> Iterator[Problem]:
        if len(value) > self.characters:
            yield Problem("too_long", {"characters": self.characters})

    def schema(self) -> Schema:
        return {"maxLength": self.characters}

    def attributes(self) -> Attributes:
        return {"maxlength": self.characters}


class SiteDefinition(NoLongerThan):
    """Definition files of sites, or the empty text. What may stand in one is no matter of this
    schema: it has one of its own."""

    def problems(self, value: str) -> Iterator[Problem]:
        if not value:
            return
        # Most owners have no such site, and no process of theirs reads any.
        from providers.sites.described import definition  # noqa: PLC0415 - see above

        for fault in definition.read(value)[1]:
            yield Problem("definition_invalid", fault.facts)


class OneOf(NamedTuple):
    """One of a few words. ``called``: what each means, where the word alone does not say it."""

    words: tuple[str, ...]
    called: tuple[str, ...] = ()

    def problems(self, value: str) -> Iterator[Problem]:
        if value not in self.words:
            yield Problem("not_one_of", {"known": list(self.words)})

    def schema(self) -> Schema:
        return {"enum": list(self.words)}

    def attributes(self) -> Attributes:
        return {"pattern": "|".join(map(re.escape, self.words))}

    def meaning(self, word: object) -> str:
        """What a word means, in English; empty where it says so itself, or is none of them."""
        return dict(zip(self.words, self.called, strict=False)).get(str(word), "")


class RoomLevel(Matching):
    """A room of the log with its level."""

    code = "not_a_room_level"
    pattern = rf"^[A-Za-z0-9_.]{{1,100}}=({'|'.join(LEVELS)})$"


class NamingTemplate(Matching):
    """Templates of a file's place below its root. Which tokens there are and what may follow their
    names is no matter of a pattern: JSON Schema asks only for the numbers."""

    code = "naming_template"
    pattern = (
        r"^(?!\/)(?:(?=[\s\S]*\{season[:\}])(?=[\s\S]*\{episode[:\}])|(?=[\s\S]*\{absolute[:\}]))"
        r"[\s\S]*$"
    )

    def problems(self, value: str) -> Iterator[Problem]:
        try:
            parts = [part[1:] for part in string.Formatter().parse(value) if part[1] is not None]
        except ValueError:
            yield Problem(self.code, {"why": "unreadable"})
            return
        tokens = {str(token) for token, _, _ in parts}
        if unknown := tokens - NAMING_TOKENS:
            facts = {"token": min(unknown), "tokens": sorted(NAMING_TOKENS)}
            yield Problem(self.code, {"why": "unknown_token", **facts})
        if not ({"season", "episode"} <= tokens or "absolute" in tokens):
            yield Problem(self.code, {"why": "no_numbers"})
        if any(turned or not re.fullmatch(r"0?[0-9]?", width or "") for _, width, turned in parts):
            yield Problem(self.code, {"why": "not_a_width"})
        path = PurePosixPath(value)
        if path.is_absolute() or ".." in path.parts:
            yield Problem(self.code, {"why": "outside"})


class When(NamedTuple):
    """Rhythms in words or as a cron expression (``aniworld.rhythm``). Which words those are is no
    matter of JSON Schema."""

    def problems(self, value: str) -> Iterator[Problem]:
        try:
            reading.read(value)
        except RhythmUnreadable as error:
            yield Problem(error.code, error.params)

    def schema(self) -> Schema:
        return {"maxLength": reading.LONGEST}

    def attributes(self) -> Attributes:
        return {"maxlength": reading.LONGEST}


class Optional(NamedTuple):
    """The empty text, or what ``check`` lets pass."""

    check: Check

    def problems(self, value: str) -> Iterator[Problem]:
        if value:
            yield from self.check.problems(value)

    def schema(self) -> Schema:
        return {"anyOf": [{"const": ""}, self.check.schema()]}

    def attributes(self) -> Attributes:
        return self.check.attributes()


class Each(NamedTuple):
    """Lists whose entries differ, and of which each passes ``check``.

    None stands for an entry of the wrong type, of which that has been told.
    """

    check: Check

    def problems(self, value: Sequence[str | None]) -> Iterator[Problem]:
        seen = set()
        for index, entry in enumerate(value):
            if entry is None:
                continue
            for problem in self.check.problems(entry):
                yield problem._replace(at=str(index))
            if entry in seen:
                yield Problem("listed_twice", {"entry": entry}, str(index))
            seen.add(entry)

    def schema(self) -> Schema:
        return {"items": self.check.schema(), "uniqueItems": True}

    def attributes(self) -> Attributes:
        return self.check.attributes()


class Folders(Each):
    """Full paths of which none is, or lies in, another: their files would count twice. That is no
    matter of JSON Schema, which compares entries by the letter."""

    def __new__(cls) -> Self:
        return super().__new__(cls, AbsolutePath())

    def problems(self, value: Sequence[str | None]) -> Iterator[Problem]:
        yield from list(super().problems(value)) or _nested(value)


class LanguageRanks(Each):
    """Ranks of which no two are of one language. That is no matter of JSON Schema, which compares
    entries by the letter."""

    def __new__(cls) -> Self:
        return super().__new__(cls, LanguageRank())

    def problems(self, value: Sequence[str | None]) -> Iterator[Problem]:
        yield from list(super().problems(value)) or _same_language(value)


class QuietWindows(Each):
    """A bounded number of windows: each is looked at whenever it is asked what holds."""

    def __new__(cls) -> Self:
        return super().__new__(cls, QuietWindow())

    def problems(self, value: Sequence[str | None]) -> Iterator[Problem]:
        if len(value) > windows.MOST:
            yield Problem("too_many_windows", {"most": windows.MOST})
            return
        yield from super().problems(value)

    def schema(self) -> Schema:
        return {**super().schema(), "maxItems": windows.MOST}


class Keys(NamedTuple):
    """Mappings whose keys pass ``check``."""

    check: Check

    def problems(self, value: Mapping[str, Any]) -> Iterator[Problem]:
        for key in value:
            for problem in self.check.problems(key):
                yield problem._replace(at=key)

    def schema(self) -> Schema:
        return {"propertyNames": self.check.schema()}

    def attributes(self) -> Attributes:
        return self.check.attributes()


def is_language(name: str) -> bool:
    """Whether a language is one that sources may have."""
    return re.fullmatch(LanguageName.pattern, name) is not None


def _beside(entry: str, known: Sequence[str]) -> Mapping[str, Any]:
    return {"entry": entry[:80], "known": [str(name) for name in known]}


def _can_be_split(address: str) -> bool:
    try:
        return urlsplit(address).port != 0
    except ValueError:  # a bad port or a bad IPv6 address
        return False


def _same_language(ranks: Sequence[str | None]) -> Iterator[Problem]:
    seen = set()
    for index, rank in enumerate(ranks):
        language = (rank or "").partition("=")[0]
        if language and language.casefold() in seen:
            yield Problem("listed_twice", {"entry": language}, str(index))
        seen.add(language.casefold())


def _nested(folders: Sequence[str | None]) -> Iterator[Problem]:
    paths = sorted((PurePath(_plain(name)), i) for i, name in enumerate(folders) if name)
    outer: PurePath | None = None
    for path, index in paths:
        if outer is None or not path.is_relative_to(outer):
            outer = path
        elif path == outer:
            yield Problem("listed_twice", {"entry": str(path)}, str(index))
        else:
            yield Problem("inside_another", {"inner": str(path), "outer": str(outer)}, str(index))


def _plain(folder: str) -> str:
    """One spelling for one folder; ``normpath`` alone keeps two slashes at the beginning."""
    return "/" + normpath(folder).lstrip("/")
