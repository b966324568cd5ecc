"""What is known of the file systems a root lies on, and of the names in each directory."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("library", "0009_without_sentences")]

    operations = [
        migrations.AddField(
            "libraryroot", "full_look_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField("libraryroot", "mounts", models.JSONField(blank=True, default=list)),
        migrations.AddField(
            "scanneddirectory",
            "names",
            models.BigIntegerField(help_text="A mark of the names in it.", null=True),
        ),
    ]
