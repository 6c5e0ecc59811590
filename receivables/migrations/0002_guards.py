"""Put the rules of receivables into PostgreSQL itself."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("receivables", "0001_initial"), ("ledger", "0003_items"), ("files", "0001_initial")]

    operations = [migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), reverse_sql=migrations.RunSQL.noop)]
