"""Browsers as those who send know them: whether they may still be told, of what, and in which
language."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.crypto import constant_time_compare

from accounts.models import language_of_user, right_of_user
from aniworld.system.notifications.choices import OWNERS
from aniworld.system.notifications.models import BROWSER_PREFIX, Browser
from aniworld.system.notifications.targets import Recipient
from aniworld.web.ids import whole
from aniworld.web.rights import Right


@dataclass(frozen=True, slots=True)
class BrowserRecipient(Recipient):
    """One of them."""

    row: Browser
    is_owners: bool
    name: str
    language: str

    @property
    def is_on(self) -> bool:
        return True

    @property
    def events(self) -> Collection[str]:
        return self.row.events if isinstance(self.row.events, list) else ()

    @property
    def pace(self) -> str:
        return self.row.pace

    @property
    def quiet_hours(self) -> str:
        return self.row.quiet_hours

    def may_be_told(self, kind: str) -> bool:
        """Faults, disks and backups are told to owners alone."""
        return self.is_owners or kind not in OWNERS


def recipient(row: Browser) -> BrowserRecipient:
    """A browser that :func:`is_told` says yes of."""
    user = row.user
    known = dict(settings.LANGUAGES)
    language = language_of_user(user) or (row.language if row.language in known else "")
    return BrowserRecipient(row, right_of_user(user) is Right.OWN, row.target, language)


def is_told(row: Browser) -> bool:
    """Whether its user may still log in, and with the password it was set up under."""
    user: User = row.user
    return user.is_active and constant_time_compare(row.password_mark, user.get_session_auth_hash())


def everybody() -> list[BrowserRecipient]:
    """All that are told, in one query."""
    return [recipient(row) for row in Browser.objects.with_users() if is_told(row)]


def named(names: Iterable[str]) -> dict[str, BrowserRecipient]:
    """Those of some deliveries that are told, by name; without a query where none is a browser."""
    ids = [number for name in names if (number := id_of(name)) is not None]
    rows = Browser.objects.with_users().filter(pk__in=ids) if ids else ()
    return {row.target: recipient(row) for row in rows if is_told(row)}


def id_of(name: str) -> int | None:
    """The id of the browser that a delivery is for; None where it is for a target of the owner."""
    return whole(name[len(BROWSER_PREFIX) :]) if name.startswith(BROWSER_PREFIX) else None
