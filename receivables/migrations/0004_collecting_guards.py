"""Put the rules of mailings, dunning and recurring invoices into PostgreSQL itself."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("receivables", "0003_collecting")]

    operations = [migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), reverse_sql=migrations.RunSQL.noop)]
