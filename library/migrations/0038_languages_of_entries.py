from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("library", "0037_known_sizes")]

    operations = [
        migrations.AddField(
            model_name="catalogueentry",
            name="languages",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Those of the episodes that its own page showed.",
            ),
        ),
    ]
