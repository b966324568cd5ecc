from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("library", "0023_what_was_news")]

    operations = [
        migrations.CreateModel(
            name="Airing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("season", models.PositiveIntegerField()),
                ("episode_number", models.PositiveIntegerField()),
                ("language", models.CharField(blank=True, default="", max_length=80)),
                ("at", models.DateTimeField(db_index=True)),
                ("has_time", models.BooleanField(default=False)),
                ("noted_at", models.DateTimeField(help_text="When the site first said so.")),
                (
                    "series",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="airings",
                        to="library.animeseries",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["series", "season", "episode_number", "language", "at"],
                        name="airing_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(season__gte=0, episode_number__gte=0),
                        name="airing_numbers_not_negative",
                    ),
                ],
            },
        ),
    ]
