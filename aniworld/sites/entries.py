"""What this room writes into the journal, and what it says there."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from aniworld.journal.choices import Action
from aniworld.web.texts import Text


class SiteAction(Action):
    HOLD_LIFTED = "site.hold_lifted"
    REST_ENDED = "site.rest_ended"


TEXTS: Mapping[str, Text] = {
    SiteAction.HOLD_LIFTED: _("{id} may be asked again at once."),
    SiteAction.REST_ENDED: _("{id} is not left alone any longer, and may be asked at once."),
}
