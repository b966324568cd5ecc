"""What a scan passes over by its name is remembered and told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("library", "0013_refused_as_listed")]

    operations = [
        migrations.AddField("libraryroot", "passed", models.JSONField(blank=True, default=list)),
        migrations.AddField(
            "scanneddirectory",
            "passed",
            models.TextField(help_text="JSON: by reason how many names, and the first.", null=True),
        ),
    ]
