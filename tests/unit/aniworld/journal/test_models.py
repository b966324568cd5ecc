"""What the database itself refuses."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from aniworld.journal.models import Entry
from tests.unit.aniworld.journal.steps import record

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("entry_actor_known", {"actor_kind": "GHOST"}),
        ("entry_origin_known", {"origin_kind": "GHOST"}),
        ("entry_says_what", {"action": ""}),
        ("entry_says_what", {"object_type": ""}),
        ("entry_undone_at_a_time", {"undone_by": "itself"}),
    ],
)
def test_what_no_entry_may_be(constraint: str, values: dict[str, Any]) -> None:
    entry = record()
    values = {name: entry if value == "itself" else value for name, value in values.items()}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(**values)
