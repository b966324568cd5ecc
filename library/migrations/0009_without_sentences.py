"""The columns of sentences go: what they said is in those of the codes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("library", "0008_sentences_to_codes")]

    operations = [
        migrations.RemoveField("animeseries", "error"),
        migrations.RemoveField("libraryroot", "error"),
        migrations.RemoveField("scanoperation", "error"),
        migrations.RemoveField("scanoperation", "message"),
        migrations.RemoveField("unmatchedfolder", "detail"),
        migrations.AlterField(
            "scanoperation",
            "problems",
            models.JSONField(
                blank=True, default=list, help_text="[{path, code, params}], the first hundred."
            ),
        ),
    ]
