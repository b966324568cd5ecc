"""What this room writes into the journal, and what it says there."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from aniworld.journal.choices import Action
from aniworld.journal.services import Subject
from aniworld.web.texts import Text


class JobAction(Action):
    PAUSED = "job.paused"
    RESUMED = "job.resumed"
    WANTED = "job.wanted"


TEXTS: Mapping[str, Text] = {
    JobAction.PAUSED: _("The job “{id}” was paused."),
    JobAction.RESUMED: _("The job “{id}” goes on."),
    JobAction.WANTED: _("The job “{id}” was asked to run now."),
}


def about(name: str) -> Subject:
    return Subject("job", name)
