"""What a user has chosen for the pages, kept on the server: it holds in every browser."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

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


def choose(user: User, chosen: Mapping[str, str]) -> Preferences:
    """Keep some of what a user wants; the rest stays as it is.

    Args:
        chosen: values by the names of fields of ``Preferences``; empty: as usual.

    Raises:
        Unacceptable: a value is none of the choices of its field, or too long for it.
    """
    others = {field.name for field in Preferences._meta.fields} - set(chosen)
    try:
        Preferences(**chosen).clean_fields(exclude=others)
    except ValidationError as error:
        wrong = [FieldError(name, "invalid_choice") for name in error.message_dict]
        raise Unacceptable.of(wrong) from error
    kept, _is_new = Preferences.objects.update_or_create(user=user, defaults=dict(chosen))
    return kept
