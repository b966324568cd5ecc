"""What the owner has decided of folders outlives the folders."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("library", "0011_lost_episodes"),
    ]

    operations = [
        migrations.CreateModel(
            name="RefusedFolder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("folder", models.TextField()),
                ("detail_code", models.CharField(blank=True, default="", max_length=64)),
                ("detail_params", models.JSONField(blank=True, default=dict)),
                (
                    "root",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="library.libraryroot",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("root", "folder"), name="refused_folder_unique")
                ],
            },
        ),
    ]
