"""Takes over the table that ``library`` made and gave away."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("library", "0005_sites_moved_out")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="SiteSlot",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("site", models.CharField(max_length=255, unique=True)),
                        ("next_at", models.FloatField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("next_at__gte", 0)), name="slot_not_negative"
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
