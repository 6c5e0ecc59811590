"""Let PostgreSQL itself keep documents unchanged and each company's to itself."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]

    operations = [migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), reverse_sql=migrations.RunSQL.noop)]
