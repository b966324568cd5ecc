"""The pace of the sites belongs to the room of the sites: the table goes there as it is."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("library", "0004_when_asked")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable("SiteSlot", "sites_siteslot")],
            state_operations=[migrations.DeleteModel("SiteSlot")],
        ),
    ]
