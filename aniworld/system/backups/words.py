"""A difference in words, for page and command."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aniworld.config.changes import changes_in
from aniworld.config.words import labels, shown
from aniworld.system.backups.comparing import Amount, Difference, Names

_LONGEST = 100  # characters of a setting's value


@dataclass(frozen=True, slots=True)
class Change:
    """One thing as it is here, and as it is in the backup."""

    what: str
    here: str
    backup: str

    @property
    def differs(self) -> bool:
        return self.here != self.backup


def in_lines(found: Difference) -> Iterator[str]:
    """What a restore would change, one thing a line."""
    for change in (*amounts(found), *settings(found)):
        yield f"{change.what}: {change.here} → {change.backup}"
    yield from notes(found)


def amounts(found: Difference) -> list[Change]:
    """How many there are of what."""
    series = found["series"]
    return [
        _amount(_("Series"), series["series"]),
        _amount(_("Episodes"), series["episodes"]),
        _amount(_("Files"), series["files"]),
        *(
            _amount(_("Queue, {status}").format(status=status.lower()), amount)
            for status, amount in found["queue"].items()
        ),
        _amount(_("Journal"), found["journal"]),
    ]


def settings(found: Difference) -> list[Change]:
    """The settings that differ."""
    here, backup = found["settings_here"], found["settings_backup"]
    return [
        Change(" › ".join(labels(one.field)), _value(one.before), _value(one.after))
        for one in changes_in(here, backup)
    ]


def notes(found: Difference) -> list[str]:
    """Who and what comes and goes, by name."""
    series, users = found["series"], found["users"]
    return [
        *_named(_("Series that go: {names}"), series["gone"]),
        *_named(_("Series that come back: {names}"), series["back"]),
        *_named(_("Users who go: {names}"), users["gone"]),
        *_named(_("Users who come back: {names}"), users["back"]),
        *_named(_("Users with other rights than now: {names}"), users["rights"]),
        *_named(_("Users with their password of then: {names}"), users["passwords"]),
    ]


def _amount(what: str, amount: Amount) -> Change:
    return Change(what, str(amount["here"]), str(amount["backup"]))


def _value(value: object) -> str:
    words = "–" if value is None else shown(value)
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def _named(sentence: str, found: Names) -> Iterator[str]:
    if not found["count"]:
        return
    names = ", ".join(found["first"])
    if more := found["count"] - len(found["first"]):
        names += " " + ngettext("and %(more)d more", "and %(more)d more", more) % {"more": more}
    yield sentence.format(names=names)
