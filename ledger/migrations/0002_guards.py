"""Put the invariants of the ledger into PostgreSQL itself."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("tenancy", "0001_initial"), ("files", "0001_initial")]

    operations = [migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), reverse_sql=migrations.RunSQL.noop)]
