"""From the text of a feed to what is in it, and to all that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from providers.errors import FeedInvalid
from providers.sites.json_text import NotJson, TooMuchJson, read_json
from providers.sites.manifest.channel import read_channel
from providers.sites.manifest.document import read_document
from providers.sites.manifest.feed import Faults, Feed
from providers.sites.manifest.markup import is_markup, parsed


@dataclass(frozen=True, slots=True)
class Read:
    """A feed that was read; ``feed`` is None where nothing of it could be. ``faults`` are all that
    is wrong with it, each with its place, in the order of the document, and last what makes the
    whole unreadable; ``more`` is how many there are beside them."""

    feed: Feed | None
    faults: tuple[FeedInvalid, ...] = ()
    more: int = 0


def read_feed(text: str, *, address: str, key: str) -> Read:
    """Read a feed and check it: our JSON, RSS 2.0 or Atom, by what it looks like.

    Args:
        address: where it came from; relative addresses are relative to it.
        key: what the one series of RSS and Atom is called.
    """
    faults = Faults()
    try:
        feed = _feed(text, address, key, faults)
    except FeedInvalid as error:
        return Read(None, (*faults.found, error), faults.more)
    return Read(feed, tuple(faults.found), faults.more)


def _feed(text: str, address: str, key: str, faults: Faults) -> Feed:
    if is_markup(text):
        return read_channel(parsed(text), address, key, faults)
    try:
        value = read_json(text)
    except TooMuchJson as error:
        raise FeedInvalid(why="monster") from error
    except NotJson as error:
        place = f"line {error.line}, column {error.column}"
        raise FeedInvalid(why="json", place=place, reason=error.reason) from error
    return read_document(value, address, faults)
