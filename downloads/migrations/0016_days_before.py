"""What the items that are still there say of the days of which nothing was counted."""

from __future__ import annotations

from datetime import date

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Count, Min, Sum
from django.db.models.functions import TruncDate


def fill(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Failed downloads were never counted; finished ones only since there are budgets."""
    items = apps.get_model("downloads", "DownloadQueueItem").objects
    counted = apps.get_model("downloads", "FetchedDay")
    ended = items.filter(completed_at__isnull=False).order_by()
    by_day = ended.values_list(TruncDate("completed_at"))
    since = counted.objects.aggregate(day=Min("day"))["day"] or date.max
    days = {}
    for day, episodes, size in by_day.filter(status="COMPLETED").annotate(
        Count("pk"), Sum("downloaded_bytes")
    ):
        if day < since:
            days[day] = counted(day=day, episodes=episodes, bytes=size)
    kept = {row.day: row for row in counted.objects.all()}
    for day, number in by_day.filter(status="FAILED").annotate(Count("pk")):
        row = kept.get(day) or days.setdefault(day, counted(day=day))
        row.failed = number
    counted.objects.bulk_update(kept.values(), ["failed"], batch_size=500)
    counted.objects.bulk_create(days.values())


class Migration(migrations.Migration):
    dependencies = [("downloads", "0015_failed_by_day")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
