from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def resume(apps: StateApps, _schema: BaseDatabaseSchemaEditor) -> None:
    """What a site refuses holds the items of that site alone from now on: the queue goes on."""
    paused = apps.get_model("downloads", "QueueState").objects.filter(pause_code="NEEDS_OWNER")
    paused.update(is_paused=False, pause_code="", pause_reason_code="", pause_reason_params={})


class Migration(migrations.Migration):
    dependencies = [
        ("downloads", "0012_quiet_hours"),
    ]

    operations = [
        migrations.RunPython(resume, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name="queuestate",
            name="queue_state_pause_code",
        ),
        migrations.AlterField(
            model_name="queuestate",
            name="pause_code",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "None"),
                    ("OWNER", "Owner"),
                    ("DISK_FULL", "Disk Full"),
                    ("DISK_REFUSES", "Disk Refuses"),
                ],
                default="",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="queuestate",
            constraint=models.CheckConstraint(
                condition=models.Q(("pause_code__in", ["", "OWNER", "DISK_FULL", "DISK_REFUSES"])),
                name="queue_state_pause_code",
            ),
        ),
    ]
