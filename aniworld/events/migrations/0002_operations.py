"""Operations are kept while they run as well, each with its reading."""

import django.core.serializers.json
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]

    operations = [
        migrations.RenameModel("FinishedOperation", "Operation"),
        migrations.RemoveIndex("operation", "finished_by_type"),
        migrations.RemoveConstraint("operation", "finished_type_known"),
        migrations.RemoveConstraint("operation", "finished_status_final"),
        migrations.AddField(
            "operation",
            "started_at",
            models.DateTimeField(blank=True, help_text="Empty for old ones.", null=True),
        ),
        migrations.AddField(
            "operation", "updated_at", models.DateTimeField(default=django.utils.timezone.now)
        ),
        migrations.AlterField(
            "operation", "finished_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            "operation",
            "reading",
            models.JSONField(
                default=dict,
                encoder=django.core.serializers.json.DjangoJSONEncoder,
                help_text="{phase, percent, current, total, rate, message, key, folder}",
            ),
        ),
        migrations.AlterField(
            "operation",
            "data",
            models.JSONField(
                encoder=django.core.serializers.json.DjangoJSONEncoder, help_text="Its last event."
            ),
        ),
        migrations.AddIndex(
            "operation", models.Index(fields=["type", "-finished_at"], name="operation_history")
        ),
        migrations.AddConstraint(
            "operation",
            models.UniqueConstraint(fields=("type", "operation_id"), name="operation_once"),
        ),
        migrations.AddConstraint(
            "operation",
            models.CheckConstraint(
                condition=models.Q(("type__in", ["download", "scan", "queue", "system"])),
                name="operation_type_known",
            ),
        ),
        migrations.AddConstraint(
            "operation",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("finished_at__isnull", True), ("status__in", ["started", "in_progress"])
                    ),
                    models.Q(
                        ("finished_at__isnull", False),
                        ("status__in", ["completed", "failed", "cancelled"]),
                    ),
                    _connector="OR",
                ),
                name="operation_over_when_finished",
            ),
        ),
    ]
