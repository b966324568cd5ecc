"""Say of the files that are there already which other one stands for their episodes."""

from __future__ import annotations

from typing import Any

from django.db import migrations

SERIES_AT_ONCE = 200


def tell_spare(apps: Any, _schema_editor: Any) -> None:
    """Only series with a file that stands for no episode are looked at: there are few."""
    files, episodes = (apps.get_model("library", name) for name in ("MediaFile", "Episode"))
    standing = episodes.objects.filter(file__isnull=False).values("file")
    idle = files.objects.filter(series__isnull=False, problem="").exclude(pk__in=standing)
    ids = sorted(set(idle.values_list("series_id", flat=True)))
    for start in range(0, len(ids), SERIES_AT_ONCE):
        _tell(apps, ids[start : start + SERIES_AT_ONCE])


def _tell(apps: Any, ids: list[int]) -> None:
    from library.services.numbering import Numbering  # noqa: PLC0415 - of the data alone
    from library.services.settle import FileFacts, best_files, instead_of  # noqa: PLC0415 - as above

    files, episodes = (apps.get_model("library", name) for name in ("MediaFile", "Episode"))
    series = apps.get_model("library", "AnimeSeries")
    listed: dict[int, list[tuple[int, int]]] = {pk: [] for pk in ids}
    rows = episodes.objects.filter(series__in=ids, listed=True)
    for pk, season, number in rows.values_list("series_id", "season", "episode_number"):
        listed[pk].append((season, number))
    for pk, mapping in series.objects.filter(pk__in=ids).values_list("pk", "mapping"):
        numbering = Numbering.of(listed[pk], mapping)
        facts = [
            FileFacts(
                one.pk,
                one.path,
                one.size,
                one.season,
                tuple(one.episodes),
                tuple(one.absolute),
                one.version,
                one.state,
            )
            for one in files.objects.filter(series=pk, problem="")
        ]
        for file, other in instead_of(facts, best_files(facts, numbering), numbering):
            if other is not None:
                files.objects.filter(pk=file.id).update(instead=other)


class Migration(migrations.Migration):
    dependencies = [("library", "0034_spare_files")]

    operations = [migrations.RunPython(tell_spare, migrations.RunPython.noop, elidable=True)]
