"""Give the undos of before their turn: what takes back an undo has done it once more."""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.db import migrations


def say_turns(apps: Apps, _schema_editor: Any) -> None:
    Entry = apps.get_model("journal", "Entry")
    turns: dict[int, str] = {}
    undone = Entry.objects.exclude(undone_by=None).order_by("undone_by_id", "pk")
    for pk, by in undone.values_list("pk", "undone_by_id").iterator():
        turns[by] = "REDONE" if turns.get(pk) == "UNDONE" else "UNDONE"
    for turn in ("UNDONE", "REDONE"):
        ids = [pk for pk, said in turns.items() if said == turn]
        for begin in range(0, len(ids), 500):
            Entry.objects.filter(pk__in=ids[begin : begin + 500]).update(turn=turn)


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_turn")]

    operations = [migrations.RunPython(say_turns, migrations.RunPython.noop, elidable=True)]
