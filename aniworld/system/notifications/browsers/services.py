"""Setting up browsers that are told, and what ends that."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import UserSession
from aniworld.config.schema import NOTIFIED
from aniworld.journal.services import Subject, record
from aniworld.system.notifications.browsers.offered import Offer
from aniworld.system.notifications.browsers.recipients import id_of
from aniworld.system.notifications.choices import Kind
from aniworld.system.notifications.entries import NotificationAction, browser
from aniworld.system.notifications.errors import (
    BrowserNotFound,
    BrowserUnusable,
    TooManyBrowsers,
)
from aniworld.system.notifications.models import Browser, TargetState

MOST_OF_A_USER = 10
MOST = 200
# What a browser is told of until its user says otherwise.
FIRST_EVENTS = tuple(kind for kind in NOTIFIED if kind != Kind.REPAIR_MENDED)
_CHOICES = ("events", "pace", "quiet_hours")


@dataclass(frozen=True, slots=True)
class Visit:
    """Who comes with which browser.

    Attributes:
        session: the login; None for one that a proxy vouches for.
        device: what the browser says of itself, in a few words.
        language: what its pages are in.
        contact: the address of ours that it came to, for its push service.
    """

    user: User
    session: UserSession | None
    device: str = ""
    language: str = ""
    contact: str = ""

    def values(self) -> dict[str, Any]:
        """What is kept of it."""
        return {
            "session_id": self.session.session_id if self.session else None,
            "password_mark": self.user.get_session_auth_hash(),
            "device": self.device[:100],
            "language": self.language[:8],
            "contact": self.contact[:260],
            "seen_at": timezone.now(),
        }


def browsers_of(user: User) -> list[Browser]:
    """Those of one user, in the order they were added."""
    return list(Browser.objects.filter(user=user).order_by("id"))


def get_browser(user: User, browser_id: int) -> Browser:
    """Raises ``BrowserNotFound``, also for one of another user."""
    row = Browser.objects.with_users().filter(user=user, pk=browser_id).first()
    if row is None:
        raise BrowserNotFound
    return row


def add_browser(visit: Visit, offer: Offer) -> Browser:
    """Tell a browser from now on, with what is told at first; one that is known keeps its choices.

    Raises:
        TooManyBrowsers.
        BrowserUnusable: its address is another user's, who has other keys.
    """
    known = Browser.objects.filter(endpoint=offer.endpoint).first()
    if known is not None and known.user_id == visit.user.pk:
        return _seen(known, visit, offer)
    if known is not None and not constant_time_compare(known.auth, offer.auth):
        raise BrowserUnusable(why="another")
    _refuse_too_many(visit.user)
    try:
        with transaction.atomic():
            if known is not None:  # another user has logged in with the same browser
                _remove(known)
            now = timezone.now()
            row = Browser.objects.create(
                user=visit.user,
                endpoint=offer.endpoint,
                p256dh=offer.p256dh,
                auth=offer.auth,
                events=list(FIRST_EVENTS),
                added_at=now,
                **visit.values(),
            )
            record(NotificationAction.BROWSER_ADDED, on=_subject(row))
    except IntegrityError as error:  # the same browser, sent twice at once
        same = Browser.objects.filter(endpoint=offer.endpoint, user=visit.user).first()
        if same is None:
            raise BrowserUnusable(why="another") from error
        return same
    return row


def saw_browser(visit: Visit, offer: Offer) -> Browser | None:
    """Note the login that a browser comes with now; None where it is told nothing (any more)."""
    row = Browser.objects.filter(endpoint=offer.endpoint, user=visit.user).first()
    if row is None or not constant_time_compare(row.auth, offer.auth):
        return None
    return _seen(row, visit, offer)


def change_browser(user: User, browser_id: int, values: Mapping[str, Any]) -> Browser:
    """Change what one is told of, and when. Raises ``BrowserNotFound``."""
    row = get_browser(user, browser_id)
    before = {name: getattr(row, name) for name in _CHOICES}
    for name in _CHOICES:
        if name in values:
            setattr(row, name, values[name])
    after = {name: getattr(row, name) for name in _CHOICES}
    if after == before:
        return row
    with transaction.atomic():
        row.save(update_fields=_CHOICES)
        record(NotificationAction.BROWSER_CHANGED, on=_subject(row), before=before, after=after)
    return row


def remove_browser(user: User, browser_id: int) -> None:
    """Tell it nothing any more; what waits for it is not sent. Raises ``BrowserNotFound``."""
    row = get_browser(user, browser_id)
    with transaction.atomic():
        _remove(row)


def forget(name: str) -> bool:
    """Remove one whose push service does not know it any more.

    Args:
        name: of its deliveries.

    Returns:
        Whether it is the name of a browser.
    """
    number = id_of(name)
    if number is None:
        return False
    with transaction.atomic():
        for row in Browser.objects.filter(pk=number):
            _remove(row)
    return True


class SessionFollower:
    """A browser is told until its login is ended, by whatever is done; that a login expires by
    itself ends nothing."""

    def ended(self, sessions: Collection[uuid.UUID]) -> None:
        """Remove the browsers of these."""
        for row in Browser.objects.filter(session_id__in=sessions):
            _remove(row)

    def kept(self, session: UserSession) -> None:
        """Those of this one go on under the new password."""
        same = Browser.objects.filter(session_id=session.session_id, user_id=session.user_id)
        same.update(password_mark=session.password_mark)


def _refuse_too_many(user: User) -> None:
    if Browser.objects.filter(user=user).count() >= MOST_OF_A_USER:
        raise TooManyBrowsers(most=MOST_OF_A_USER)
    if Browser.objects.count() >= MOST:
        raise TooManyBrowsers(why="all", most=MOST)


def _seen(row: Browser, visit: Visit, offer: Offer) -> Browser:
    values = {**visit.values(), "p256dh": offer.p256dh, "auth": offer.auth}
    Browser.objects.filter(pk=row.pk).update(**values)
    row.refresh_from_db()
    return row


def _remove(row: Browser) -> None:
    """In a transaction."""
    gone = _subject(row)
    TargetState.objects.filter(name=row.target).delete()
    row.delete()
    record(NotificationAction.BROWSER_REMOVED, on=gone)


def _subject(row: Browser) -> Subject:
    return browser(row.target, row.user.get_username())
