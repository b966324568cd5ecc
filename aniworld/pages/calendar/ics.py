"""The feed written down (RFC 5545, and 7986 for its name and refreshing).

What is written depends on what is known alone, never on the moment of asking: who has the newest
feed already is told so. Names of sites are foreign text: bounded, and without what is no letter;
escaping and folding are the library's.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from aniworld.pages.calendar.reading import Release, State
from aniworld.pages.series.rows import WORDS
from aniworld.web import display

LONGEST = 200  # characters of a name
# Nobody says how long it is; without a length programs show a moment as a thin line, or not at all.
_LASTS = timedelta(minutes=30)
_ASK_AGAIN = timedelta(hours=1)
# What turns the reading direction round, or is no sign at all.
_CONTROL = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def written(found: Sequence[Release], language: str, address_of: Callable[[str], str]) -> bytes:
    """The events of these releases.

    Args:
        language: what the feed is narrowed down to; its events are others than those of any.
        address_of: the address of a series' page, by its key.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Aniworld//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, "Aniworld")
    calendar.add("x-wr-timezone", timezone.get_current_timezone_name())
    calendar.add("refresh-interval", _ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for one in found:
        calendar.add_component(_event(one, language, address_of(one.series.key)))
    return bytes(calendar.to_ical())


def _event(release: Release, language: str, address: str) -> Event:
    event = Event()
    event.add("uid", _uid(release, language))
    # The moment it was made is that of its last change: a feed that says the same is the same.
    for name in ("dtstamp", "last-modified"):
        event.add(name, release.changed_at.astimezone(UTC).replace(microsecond=0))
    if release.airs and release.day is None:
        event.add("dtstart", release.at.astimezone(UTC).replace(microsecond=0))
        event.add("duration", _LASTS)
    else:  # when it was listed is known, not when it came: the day is all there is to say
        event.add("dtstart", release.day or timezone.localdate(release.at))
    event.add("summary", _summary(release))
    event.add("description", _description(release))
    event.add("url", address)
    event.add("transp", "TRANSPARENT")
    return event


def _uid(release: Release, language: str) -> str:
    """The same for as long as the series has its key, whatever else becomes of the episode."""
    place = f"{release.series.key}/{release.season}/{release.number}/{language}"
    return f"{hashlib.sha256(place.encode()).hexdigest()[:32]}@aniworld"


def _summary(release: Release) -> str:
    code = display.episode_code(release.season, release.number)
    title = plain(release.title)
    return f"{plain(release.series.name)} {code}" + (f" – {title}" if title else "")


def _description(release: Release) -> str:
    words = str(WORDS[release.state.value])
    if not release.languages:
        return words
    languages = ", ".join(plain(display.language(one)) for one in release.languages)
    is_out = release.state is not State.ANNOUNCED
    return f"{words}\n{(_('Out: %s') if is_out else _('Announced: %s')) % languages}"


def plain(text: str) -> str:
    """A foreign name on one line, bounded, without control characters."""
    kept = (c if not unicodedata.category(c).startswith("C") else " " for c in text[: LONGEST * 4])
    return " ".join(_CONTROL.sub("", "".join(kept)).split())[:LONGEST].rstrip()
