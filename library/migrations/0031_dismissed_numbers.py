from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("library", "0030_without_ignored")]

    operations = [
        migrations.AddField(
            model_name="animeseries",
            name="dismissed_numbers",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Marks of suggested numberings the owner wants not.",
            ),
        ),
    ]
