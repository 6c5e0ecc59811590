"""Let PostgreSQL itself keep the trail of access append-only."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]

    operations = [migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), reverse_sql=migrations.RunSQL.noop)]
