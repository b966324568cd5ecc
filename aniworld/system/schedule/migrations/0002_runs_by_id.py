from django.db import migrations, models


class Migration(migrations.Migration):
    """Which run is the newest says its id: the clock may have been set back."""

    dependencies = [("schedule", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="jobrun", name="job_run_history"),
        migrations.AddIndex(
            model_name="jobrun",
            index=models.Index(fields=["name", "-id"], name="job_run_history"),
        ),
    ]
