"""Columns for codes with parameters, beside those that hold sentences."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def code() -> models.CharField[str, str]:
    return models.CharField(blank=True, default="", max_length=64)


def params() -> models.JSONField[Any, Any]:
    return models.JSONField(blank=True, default=dict)


class Migration(migrations.Migration):
    dependencies = [("library", "0006_who_started")]

    operations = [
        migrations.AddField("animeseries", "error_params", params()),
        migrations.AddField("libraryroot", "error_code", code()),
        migrations.AddField("libraryroot", "error_params", params()),
        migrations.AddField(
            "mediafile", "media_problem_params", models.JSONField(blank=True, null=True)
        ),
        migrations.AddField("scanoperation", "message_code", code()),
        migrations.AddField("scanoperation", "message_params", params()),
        migrations.AddField("scanoperation", "error_params", params()),
        migrations.AddField("unmatchedfolder", "detail_code", code()),
        migrations.AddField("unmatchedfolder", "detail_params", params()),
    ]
