"""The three rights, each of which includes those before it; who has which is in ``accounts``."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar, Self

from aniworld.web.errors import AppError
from providers.coded import gettext_noop


class Right(IntEnum):
    """What somebody may do. The names of the members are those of the code, ``word`` is shown."""

    VIEW = 1  # look at everything but what is the owner's alone
    OPERATE = 2  # also work the queue and the scans
    OWN = 3  # everything

    @property
    def word(self) -> str:
        return _WORDS[self]

    @classmethod
    def of(cls, word: str) -> Self:
        """The right that a word means. Raises ``ValueError`` for any other word."""
        for right in cls:
            if right.word == word:
                return right
        raise ValueError(word)


_WORDS = {Right.VIEW: "viewer", Right.OPERATE: "operator", Right.OWN: "owner"}


class NotAllowed(AppError):
    """Whoever acts may not do this."""

    code = "permission_denied"
    status = 403
    texts: ClassVar = {
        "operator": gettext_noop("This takes the right of an operator. The owner can give it."),
        "owner": gettext_noop("Only an owner may do this."),
        "scope": gettext_noop("This API key may not do that: its scope is too small."),
        "login": gettext_noop("No API key may do this: log in with the password."),
        "proxy": gettext_noop(
            "Your login comes from the proxy in front of Aniworld: it has no session and no "
            "password here."
        ),
        "undeclared": gettext_noop("Nobody may do this: the address does not say who may."),
    }


def lacking(needed: Right) -> NotAllowed:
    """What is told to whoever lacks that right."""
    return NotAllowed(why="operator" if needed is Right.OPERATE else "owner")
