"""Settings and their changes in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from aniworld.config.changes import FieldChange, changes_in
from aniworld.config.words import labels, of_field
from aniworld.journal.models import Entry
from aniworld.journal.pages.undo import undo_address
from aniworld.web.errors import AppError
from aniworld.web.page import tell
from aniworld.web.texts import text_of

TOLD = 3  # changes that a message names
LONGEST_TOLD = 60  # characters of a value in a message
LONGEST_ROW = 1_000  # and in a table: a definition of a site has thousands


class ChangeRow(NamedTuple):
    """One field that differs, in words."""

    label: str
    before: str
    after: str


def rows(changes: Sequence[FieldChange]) -> list[ChangeRow]:
    """Changes as a page shows them."""
    return [
        ChangeRow(
            " › ".join(labels(one.field)),
            _short(one.field, one.before, LONGEST_ROW),
            _short(one.field, one.after, LONGEST_ROW),
        )
        for one in changes
    ]


def tell_saved(request: HttpRequest, noted: Sequence[Entry]) -> None:
    """Say what was changed, with the way back; or that nothing was."""
    if not noted:
        tell(request, gettext("Nothing was changed."))
        return
    changes = changes_in(noted[-1].before, noted[-1].after)
    said = [
        f"{labels(one.field)[-1]}: {_short(one.field, one.before)} → {_short(one.field, one.after)}"
        for one in changes[:TOLD]
    ]
    if (more := len(changes) - TOLD) > 0:
        said.append(ngettext("%d more", "%d more", more) % more)
    tell(
        request,
        gettext("Saved. %s") % " · ".join(said),
        undo=undo_address(noted),
    )


@contextmanager
def told_by_field(request: HttpRequest) -> Iterator[None]:
    """What goes wrong inside is told to the visitor, with what is wrong of each field."""
    try:
        yield
    except AppError as error:
        said = [fault.detail for fault in error.errors] or [text_of(error)]
        messages.error(request, " ".join(said))


def _short(field: str, value: Any, longest: int = LONGEST_TOLD) -> str:
    words = of_field(field, value)
    return words if len(words) <= longest else f"{words[: longest - 1]}…"
