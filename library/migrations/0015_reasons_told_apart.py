"""Why a folder has no series: three things were called ambiguous."""

from typing import Any

from django.db import migrations, models

REASONS = [
    ("NO_CANDIDATE", "No Candidate"),
    ("AMBIGUOUS", "Ambiguous"),
    ("UNSURE", "Unsure"),
    ("HAS_FOLDER", "Has Folder"),
    ("REMOVED", "Removed"),
    ("NOT_ASKED", "Not Asked"),
    ("PROVIDER_FAILED", "Provider Failed"),
    ("NAME_UNREADABLE", "Name Unreadable"),
    ("LOOSE_FILES", "Loose Files"),
    ("WRONG_SERIES", "Wrong Series"),
]


def tell_apart(apps: Any, _schema_editor: Any) -> None:
    listed = apps.get_model("library", "UnmatchedFolder").objects
    ambiguous = listed.filter(reason="AMBIGUOUS")
    ambiguous.filter(detail_code="series_elsewhere").update(reason="HAS_FOLDER")
    listed.filter(reason="NO_CANDIDATE", detail_code="series_removed").update(reason="REMOVED")
    alone = [pk for pk, found in ambiguous.values_list("pk", "candidates") if len(found) == 1]
    for start in range(0, len(alone), 500):
        listed.filter(pk__in=alone[start : start + 500]).update(reason="UNSURE")


def tell_together(apps: Any, _schema_editor: Any) -> None:
    listed = apps.get_model("library", "UnmatchedFolder").objects
    listed.filter(reason__in=["UNSURE", "HAS_FOLDER"]).update(reason="AMBIGUOUS")
    listed.filter(reason="REMOVED").update(reason="NO_CANDIDATE")


class Migration(migrations.Migration):
    dependencies = [("library", "0014_passed_over")]

    operations = [
        migrations.RemoveConstraint(model_name="unmatchedfolder", name="unmatched_reason_known"),
        migrations.AlterField(
            model_name="unmatchedfolder",
            name="reason",
            field=models.CharField(choices=REASONS, max_length=32),
        ),
        migrations.RunPython(tell_apart, tell_together),
        migrations.AddConstraint(
            model_name="unmatchedfolder",
            constraint=models.CheckConstraint(
                condition=models.Q(reason__in=[value for value, _ in REASONS]),
                name="unmatched_reason_known",
            ),
        ),
    ]
