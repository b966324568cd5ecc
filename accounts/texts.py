"""What is told at the door beside its errors: what is wrong with single fields."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext_noop as _

from aniworld.web.texts import Params, Text


def _too_short(params: Params) -> str:
    """In Django's own words, which are there in its languages."""
    return MinimumLengthValidator(params["min_length"]).get_error_message()


TEXTS: dict[str, Text] = {
    "invalid.password": _("The password is not right."),
    "invalid.broken_characters": _("The password holds broken characters."),
    "password_too_short": _too_short,
    "password_too_common": _("This password is too common."),
    "password_too_long": _("The password must have at most {max_length} characters."),
    "unknown.providers": _("There is no provider {unknown}; there are {known}."),
}
