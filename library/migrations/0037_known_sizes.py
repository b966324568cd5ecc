"""Add up the sizes of the files that series have already."""

from __future__ import annotations

from typing import Any

from django.db import migrations

IDS_AT_ONCE = 500


def add_up(apps: Any, _schema_editor: Any) -> None:
    """Each file once, also one that holds several episodes."""
    series, episodes = (apps.get_model("library", name) for name in ("AnimeSeries", "Episode"))
    ids = list(series.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), IDS_AT_ONCE):
        portion = ids[start : start + IDS_AT_ONCE]
        there = episodes.objects.filter(series__in=portion, state="PRESENT").order_by()
        sizes: dict[int, int] = {}
        for pk, _file, size in there.values_list("series_id", "file_id", "file_size").distinct():
            sizes[pk] = sizes.get(pk, 0) + (size or 0)
        rows = [series(pk=pk, bytes_on_disk=size) for pk, size in sizes.items()]
        series.objects.bulk_update(rows, ["bytes_on_disk"], batch_size=IDS_AT_ONCE)


class Migration(migrations.Migration):
    dependencies = [("library", "0036_saved_views_and_sizes")]

    operations = [migrations.RunPython(add_up, migrations.RunPython.noop, elidable=True)]
