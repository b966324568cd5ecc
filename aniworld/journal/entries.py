"""What the journal says of itself."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from aniworld.journal.choices import Action
from aniworld.web.texts import Text


class JournalAction(Action):
    FORGOTTEN = "journal.forgotten"


TEXTS: Mapping[str, Text] = {
    JournalAction.FORGOTTEN: _("{count} old audit lines were deleted, up to number {number}."),
}
