"""What appeared after the first reading of its series was news, and belongs to a day."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def mark_news(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    known = apps.get_model("library", "Availability").objects
    known.filter(first_seen_at__gt=F("series__first_read_at")).update(is_news=True)


class Migration(migrations.Migration):
    dependencies = [("library", "0022_days_of_the_calendar")]

    operations = [migrations.RunPython(mark_news, migrations.RunPython.noop)]
