"""What scans have believed to be deleted, so that many small losses are seen as one."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("library", "0010_times_of_directories"),
    ]

    operations = [
        migrations.CreateModel(
            name="LostEpisode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("season", models.PositiveIntegerField()),
                ("episode_number", models.PositiveIntegerField()),
                ("lost_at", models.DateTimeField()),
                (
                    "series",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="library.animeseries",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("series", "season", "episode_number"), name="lost_episode_unique"
                    )
                ],
            },
        ),
    ]
