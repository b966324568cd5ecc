"""Of the days before the library was counted each day: what is there now, on the day it came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Count, F, Min, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

LONGEST = timedelta(days=3653)  # what came before stands on the first of these days


def fill(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """A download says when its file came; of others it is when a scan has seen them first."""
    episodes, files = (apps.get_model("library", name) for name in ("Episode", "MediaFile"))
    there = episodes.objects.filter(state="PRESENT", series__deleted_at=None).order_by()
    came = TruncDate(Coalesce("download_date", "file__seen_at", "created_at"))
    arrived = Counter[date]()
    _add(arrived, there.values_list(came).annotate(Count("pk")))
    placed = episodes.objects.filter(file=OuterRef("pk"), download_date__isnull=False)
    first = placed.order_by().values("file").annotate(at=Min("download_date")).values("at")
    seen = TruncDate(Coalesce(Subquery(first), F("seen_at")))
    on_disk = files.objects.filter(state="PRESENT", root__is_active=True).order_by()
    counts, sizes = Counter[date](), Counter[date]()
    _add(counts, on_disk.values_list(seen).annotate(Count("pk")))
    _add(sizes, on_disk.values_list(seen).annotate(Sum("size")))
    day, rows, sums = apps.get_model("library", "LibraryDay"), [], [0, 0, 0]
    for one in sorted({*arrived, *counts}):
        sums = [sums[0] + counts[one], sums[1] + sizes[one], sums[2] + arrived[one]]
        facts = dict(zip(("files", "bytes", "episodes"), sums, strict=True))
        rows.append(day(day=one, is_counted=False, **facts))
    day.objects.bulk_create(rows, ignore_conflicts=True)


def _add(sums: Counter[date], rows: Iterable[tuple[date, int]]) -> None:
    """No day is later than today, whatever a clock has said, or earlier than is kept."""
    today = timezone.localdate()
    for day, number in rows:
        sums[min(max(day, today - LONGEST), today)] += number


class Migration(migrations.Migration):
    dependencies = [("library", "0032_days_of_the_library")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
