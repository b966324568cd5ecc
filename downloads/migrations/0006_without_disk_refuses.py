"""Backwards only: a pause that the version before does not know becomes one that it does."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def to_disk_full(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    states = apps.get_model("downloads", "QueueState").objects
    states.filter(pause_code="DISK_REFUSES").update(pause_code="DISK_FULL")


class Migration(migrations.Migration):
    dependencies = [("downloads", "0005_disk_refuses")]

    operations = [migrations.RunPython(migrations.RunPython.noop, to_disk_full)]
