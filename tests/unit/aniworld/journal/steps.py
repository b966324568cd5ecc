"""What the tests of the journal write into it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from aniworld.journal import services
from aniworld.journal.choices import Action
from aniworld.journal.models import Entry
from aniworld.journal.services import Subject


class KettleAction(Action):
    FILLED = "kettle.filled"
    EMPTIED = "kettle.emptied"
    SOLD = "kettlery.sold"


KETTLE = Subject("kettle", "k1", "The red kettle")


def record(action: Action = KettleAction.FILLED, on: Subject = KETTLE, **facts: Any) -> Entry:
    with transaction.atomic():
        return services.record(action, on=on, **facts)
