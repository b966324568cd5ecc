"""What this room writes into the journal, and what it says there. Never a password or a token."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.utils.translation import gettext_noop as _

from accounts.models import ApiKey
from aniworld.journal.choices import Action
from aniworld.journal.services import Subject
from aniworld.web.texts import Text
from providers.coded import coded


class AccountAction(Action):
    SET_UP = "account.set_up"
    SETUP_WITHDRAWN = "account.setup_withdrawn"
    PASSWORD_CHANGED = "account.password_changed"  # noqa: S105 - the name of an act
    ADDED = "account.added"
    CHANGED = "account.changed"
    DELETED = "account.deleted"
    RIGHT_GRANTED = "account.right_granted"
    LOCKOUT_LIFTED = "account.lockout_lifted"
    LOCKOUTS_LIFTED = "account.lockouts_lifted"
    SESSION_OPENED = "session.opened"
    SESSION_ENDED = "session.ended"


class KeyAction(Action):
    CREATED = "key.created"
    REVOKED = "key.revoked"
    FEED_ISSUED = "key.feed_issued"
    FEED_REVOKED = "key.feed_revoked"


# Why a session ended.
LOGGED_OUT = coded("logged_out")
REVOKED = coded("session_revoked")
# Why a user was made.
BY_PROXY = coded("by_proxy")

TEXTS: Mapping[str, Text] = {
    AccountAction.SET_UP: _("Aniworld was set up."),
    AccountAction.SETUP_WITHDRAWN: _("The setup could not be finished and was withdrawn."),
    AccountAction.PASSWORD_CHANGED: _("The password of {name} was changed."),
    AccountAction.ADDED: _("The user {name} was added."),
    AccountAction.CHANGED: _("The user {name} was changed."),
    AccountAction.DELETED: _("The user {name} was deleted."),
    AccountAction.RIGHT_GRANTED: _("{name} has the right of: {right}."),
    AccountAction.LOCKOUT_LIFTED: _("{id} may try passwords again."),
    AccountAction.LOCKOUTS_LIFTED: _("Everybody may try passwords again."),
    AccountAction.SESSION_OPENED: _("{name} logged in."),
    AccountAction.SESSION_ENDED: _("A session of {name} was ended."),
    KeyAction.CREATED: _("The API key {name} was made for {user}: {scope}."),
    KeyAction.REVOKED: _("The API key {name} was revoked."),
    KeyAction.FEED_ISSUED: _("The calendar of {name} has a new address for other programs."),
    KeyAction.FEED_REVOKED: _("The address of the calendar of {name} was revoked."),
    LOGGED_OUT["code"]: _("By logging out."),
    REVOKED["code"]: _("From the list of sessions."),
    BY_PROXY["code"]: _("The proxy in front of Aniworld has let them in."),
}


def about(user: User) -> Subject:
    return Subject("account", str(user.pk), user.get_username())


def about_key(key: ApiKey) -> Subject:
    return Subject("key", str(key.pk), key.name)
