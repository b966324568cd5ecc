"""The values of one object of a feed in JSON, asked for one by one.

What is wrong is added to the faults with its place, and read as if it were not there. ``null`` is
no value.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from providers.addresses import absolute
from providers.errors import FeedInvalid
from providers.sites.json_text import Object
from providers.sites.manifest.feed import LONGEST_ADDRESS, Faults
from providers.sites.prose import plain

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_DAY = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2}))?"
)
_FREE = ("$schema",)  # names that say nothing to us, beside those that begin with x-
_LONGEST_NAME = 80  # characters of a name that is told
_SPACES = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Fields:
    """An object. ``at`` is its place as a JSON pointer behind a "#"."""

    values: Mapping[str, Any]
    at: str
    faults: Faults

    @classmethod
    def of(cls, value: object, at: str, faults: Faults) -> Fields | None:
        """None of what is no object, which is a fault."""
        if not isinstance(value, dict):
            faults.add(FeedInvalid(why="not_object", place=at))
            return None
        if isinstance(value, Object):
            for name in value.twice:
                faults.add(FeedInvalid(why="twice", place=at, name=name[:_LONGEST_NAME]))
        return cls(value, at, faults)

    def place(self, name: str) -> str:
        """The place of a value."""
        return f"{self.at}/{_escaped(name)}"

    def refuse_unknown(self, known: Collection[str]) -> None:
        """Tell of names that are none of the format: one may be misspelled."""
        for name in self.values:
            if name not in known and name not in _FREE and not name.startswith("x-"):
                shown = plain(name, most=_LONGEST_NAME)
                self.faults.add(FeedInvalid(why="unknown", place=self.at, name=shown))

    def value(self, name: str, *, is_needed: bool = False) -> Any:
        """A value of any type; None where there is none."""
        value = self.values.get(name)
        if value is None and is_needed:
            self.faults.add(FeedInvalid(why="missing", place=self.at, name=name))
        return value

    def text(self, name: str, *, most: int, is_needed: bool = False) -> str:
        """A text in one line; empty where there is none.

        Args:
            most: characters it may have.
        """
        value = self.value(name, is_needed=is_needed)
        if value is None:
            return ""
        found = self._text(value, self.place(name), most)
        if is_needed and found is not None and not found:
            self.faults.add(FeedInvalid(why="empty", place=self.place(name)))
        return found or ""

    def texts(self, name: str, *, entries: int, most: int) -> tuple[str, ...]:
        """A list of texts."""
        found = (self._text(value, at, most) for at, value in self._entries(name, entries))
        return tuple(dict.fromkeys(text for text in found if text))

    def number(self, name: str, low: int, high: int, *, is_needed: bool = False) -> int | None:
        """A whole number within its bounds."""
        value = self.value(name, is_needed=is_needed)
        if value is None:
            return None
        is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if not is_whole or isinstance(value, bool):
            self.faults.add(FeedInvalid(why="not_number", place=self.place(name)))
            return None
        if not low <= value <= high:
            self.faults.add(FeedInvalid(why="between", place=self.place(name), low=low, high=high))
            return None
        return int(value)

    def one_of(self, name: str, known: tuple[str, ...]) -> str:
        """One of a few words; empty where there is none."""
        word = self._word(name)
        if word and word not in known:
            self.faults.add(
                FeedInvalid(why="not_one_of", place=self.place(name), known=list(known))
            )
            return ""
        return word

    def key(self, name: str) -> str:
        """What an entry is called for ever; empty where it cannot be."""
        value = self.value(name, is_needed=True)
        if value is None:
            return ""
        if not (isinstance(value, str) and KEY.fullmatch(value)):
            self.faults.add(FeedInvalid(why="key", place=self.place(name)))
            return ""
        return value

    def address(self, name: str, base: str, *, is_needed: bool = False) -> str:
        """An http or https address, made absolute; empty where there is none.

        Args:
            base: what relative ones are relative to.
        """
        text = self.text(name, most=LONGEST_ADDRESS, is_needed=is_needed)
        if not text:
            return ""
        found = web_address(base, text)
        if not found:
            self.faults.add(FeedInvalid(why="address", place=self.place(name)))
        return found

    def day(self, name: str) -> tuple[date | None, datetime | None]:
        """A day, and the moment of it in UTC where the time is said too."""
        text = self._word(name)
        if not text:
            return None, None
        try:
            if not _DAY.fullmatch(text):
                raise ValueError(text)
            if "T" not in text:
                return date.fromisoformat(text), None
            at = datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            self.faults.add(FeedInvalid(why="day", place=self.place(name)))
            return None, None
        return at.date(), at

    def objects(self, name: str, *, most: int, is_needed: bool = False) -> Iterator[Fields]:
        """The objects of a list. What is no object is passed over.

        Args:
            most: entries that are read.
        """
        if self.value(name, is_needed=is_needed) is None:
            return
        for at, value in self._entries(name, most):
            found = Fields.of(value, at, self.faults)
            if found is not None:
                yield found

    def _entries(self, name: str, most: int) -> Iterator[tuple[str, Any]]:
        value = self.value(name)
        if value is None:
            return
        if not isinstance(value, list):
            self.faults.add(FeedInvalid(why="not_list", place=self.place(name)))
            return
        if len(value) > most:
            self.faults.add(FeedInvalid(why="too_many", place=self.place(name), most=most))
        for index, entry in enumerate(value[:most]):
            yield f"{self.place(name)}/{index}", entry

    def _word(self, name: str) -> str:
        """A text by the letter; empty where there is nothing but spaces in it."""
        self.text(name, most=LONGEST_ADDRESS)
        value = self.values.get(name)
        if not isinstance(value, str) or len(value) > LONGEST_ADDRESS:
            return ""
        return value if value.strip() else ""

    def _text(self, value: object, at: str, most: int) -> str | None:
        if not isinstance(value, str):
            self.faults.add(FeedInvalid(why="not_text", place=at))
            return None
        if len(value) > most:
            self.faults.add(FeedInvalid(why="too_long", place=at, most=most))
            return None
        return plain(value, most=most)


def web_address(base: str, text: str) -> str:
    """An address made absolute; empty of what leads to no http or https address."""
    if not text.strip() or _SPACES.search(text.strip()):
        return ""
    found = absolute(base, text)
    try:
        parts = urlsplit(found)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    return found if is_one and len(found) <= LONGEST_ADDRESS else ""


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
