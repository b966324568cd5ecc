from __future__ import annotations

from typing import Any

from django.db import migrations


def ask_again(apps: Any, _schema_editor: Any) -> None:
    """On the way back: what was ignored waits for its owner again."""
    rows = apps.get_model("library", "UnmatchedFolder").objects.filter(reason="IGNORED")
    rows.update(reason="NO_CANDIDATE")
    refused = apps.get_model("library", "RefusedFolder").objects
    refused.filter(is_ignored=True, detail_code="").delete()


class Migration(migrations.Migration):
    dependencies = [("library", "0029_local_series")]

    operations = [migrations.RunPython(migrations.RunPython.noop, ask_again)]
