"""Let PostgreSQL itself keep documents unchanged and each company's to itself."""

from django.db import migrations

from backfill.files.guards import INSTALL


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]

    operations = [migrations.RunSQL(INSTALL, reverse_sql=migrations.RunSQL.noop)]
