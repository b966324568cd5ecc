from typing import Any

from django.db import migrations

READER = "media servers"


def carry_over(apps: Any, _editor: Any) -> None:
    """What has been read stays read."""
    mark = apps.get_model("mediaservers", "ReadMark").objects.first()
    if mark is not None:
        cursors = apps.get_model("events", "OutboxCursor").objects
        cursors.update_or_create(name=READER, defaults={"last_id": mark.read_to})


class Migration(migrations.Migration):
    """The place in the outbox is a cursor like that of others, which trimming waits for."""

    dependencies = [("mediaservers", "0001_initial"), ("events", "0005_cursors")]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop, elidable=True),
        migrations.DeleteModel(name="ReadMark"),
    ]
