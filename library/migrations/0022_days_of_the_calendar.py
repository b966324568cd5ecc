from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("library", "0021_replace_better")]

    operations = [
        migrations.AddField(
            "availability", "is_news", models.BooleanField(default=False, db_default=False)
        ),
        migrations.AddIndex(
            "availability",
            models.Index(
                fields=["first_seen_at"],
                condition=models.Q(is_news=True, gone_at=None),
                name="availability_news_by_day",
            ),
        ),
        migrations.AddIndex(
            "episode",
            models.Index(
                fields=["series", "season", "episode_number"],
                condition=models.Q(state="ANNOUNCED", listed=True),
                name="episode_announced",
            ),
        ),
        migrations.AddIndex(
            "episode",
            models.Index(
                fields=["download_date"],
                condition=models.Q(download_date__isnull=False),
                name="episode_by_arrival",
            ),
        ),
    ]
