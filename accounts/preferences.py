"""What a user has chosen for the pages, kept on the server: it holds in every browser."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User

from accounts.errors import Unacceptable
from accounts.models import Preferences, ShortcutKeys
from aniworld.web.errors import FieldError


def choose_language(user: User, language: str) -> None:
    """Let the pages come in one language for this user.

    Args:
        language: a code of ``settings.LANGUAGES``; empty for what each browser asks for.

    Raises:
        Unacceptable: there are no texts in that language.
    """
    if language and language not in dict(settings.LANGUAGES):
        raise Unacceptable.of([FieldError("language", "invalid_choice")])
    Preferences.objects.update_or_create(user=user, defaults={"language": language})


def choose_shortcuts(user: User, keys: str) -> None:
    """Say which shortcuts hold for this user.

    Args:
        keys: one of ``ShortcutKeys``.

    Raises:
        Unacceptable: it is none of them.
    """
    if keys not in ShortcutKeys.values:
        raise Unacceptable.of([FieldError("shortcuts", "invalid_choice")])
    Preferences.objects.update_or_create(user=user, defaults={"shortcuts": keys})
