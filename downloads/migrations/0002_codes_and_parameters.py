"""Columns for codes with parameters, beside those that hold sentences."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("downloads", "0001_initial")]

    operations = [
        migrations.AddField(
            "downloadqueueitem", "error_params", models.JSONField(blank=True, default=dict)
        ),
        migrations.AddField(
            "queuestate",
            "pause_reason_code",
            models.CharField(blank=True, default="", max_length=50),
        ),
        migrations.AddField(
            "queuestate", "pause_reason_params", models.JSONField(blank=True, default=dict)
        ),
        migrations.AlterField(
            "downloadqueueitem",
            "attempts",
            models.JSONField(
                blank=True,
                default=list,
                help_text="[{at, stage, provider, hoster, language, code, params}], the newest 50.",
            ),
        ),
    ]
