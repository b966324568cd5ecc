"""What the owner had taken from a series so far was kept in the list of folders alone."""

from typing import Any

from django.db import migrations


def keep(apps: Any, _schema_editor: Any) -> None:
    listed = apps.get_model("library", "UnmatchedFolder").objects.filter(reason="WRONG_SERIES")
    refused = apps.get_model("library", "RefusedFolder")
    refused.objects.bulk_create(
        [
            refused(
                root_id=row.root_id,
                folder=row.folder,
                detail_code=row.detail_code,
                detail_params=row.detail_params,
            )
            for row in listed
        ],
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [("library", "0012_refused_folders")]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop, elidable=True)]
