"""What catalogues list already counts as seen when they were read last: nobody knows better, and
nothing of it is new."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

AT_ONCE = 500
LONGEST_LANGUAGE = 80


def note_what_is_there(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    series = apps.get_model("library", "AnimeSeries").objects
    series.exclude(refreshed_at=None).update(first_read_at=F("refreshed_at"))
    availability = apps.get_model("library", "Availability")
    rows: list[Any] = []
    for row in _out(apps):
        rows.append(availability(**row))
        if len(rows) == AT_ONCE:
            availability.objects.bulk_create(rows, ignore_conflicts=True)
            rows.clear()
    availability.objects.bulk_create(rows, ignore_conflicts=True)


def _out(apps: Apps) -> Iterator[dict[str, Any]]:
    """Each listed episode in each language that it is out in."""
    listed = apps.get_model("library", "Episode").objects.filter(listed=True)
    names = ("series_id", "season", "episode_number")
    read = listed.exclude(hosters=[]).exclude(series__refreshed_at=None).order_by("pk")
    for *number, languages, refreshed_at in read.values_list(
        *names, "languages", "series__refreshed_at"
    ).iterator(AT_ONCE):
        for language in {str(one)[:LONGEST_LANGUAGE] for one in languages if one}:
            yield {
                **dict(zip(names, number, strict=True)),
                "language": language,
                "first_seen_at": refreshed_at,
            }


class Migration(migrations.Migration):
    dependencies = [("library", "0019_following")]

    operations = [migrations.RunPython(note_what_is_there, migrations.RunPython.noop)]
