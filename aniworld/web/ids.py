"""Whole numbers as forms and addresses give them."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import IntConverter

MOST_DIGITS = 18  # fits every id column; what is longer is no number of ours


def whole(text: str) -> int | None:
    """The number ``text`` stands for; None where it is none, or too large to be one of ours."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return int(text) if is_number else None


class IdConverter(IntConverter):
    """A path's ``<id:…>``."""

    regex = f"[0-9]{{1,{MOST_DIGITS}}}"


register_converter(IdConverter, "id")
