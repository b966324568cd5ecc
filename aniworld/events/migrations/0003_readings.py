"""Ends that were told before: their readings stand in their events."""

from typing import Any

from django.db import migrations
from django.db.models import F

READ = ("phase", "percent", "current", "total", "rate", "message", "key", "folder")
UNKNOWN = {"percent": 0.0, "current": 0, "rate": 0.0, "message": ""}


def fill(apps: Any, _editor: Any) -> None:
    operations = apps.get_model("events", "Operation").objects
    operations.update(updated_at=F("finished_at"))
    for operation in operations.all():  # the newest 50 of each type
        known = {name: operation.data[name] for name in READ if name in operation.data}
        nothing = dict.fromkeys(READ) | UNKNOWN | {"phase": operation.status.upper()}
        operations.filter(pk=operation.pk).update(reading=nothing | known)


def leave_only_ends(apps: Any, _editor: Any) -> None:
    apps.get_model("events", "Operation").objects.filter(finished_at=None).delete()


class Migration(migrations.Migration):
    dependencies = [("events", "0002_operations")]

    operations = [migrations.RunPython(fill, leave_only_ends)]
