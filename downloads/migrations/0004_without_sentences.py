"""The columns of sentences go: what they held stands in codes with parameters."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("downloads", "0003_sentences_to_codes")]

    operations = [
        migrations.RemoveField("downloadqueueitem", "error_message"),
        migrations.RemoveField("queuestate", "pause_reason"),
    ]
