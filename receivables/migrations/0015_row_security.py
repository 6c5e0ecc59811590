"""Let a connection see the rows of the company it has named, and none before it has."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("receivables", "0014_open_items"), ("tenancy", "0008_row_security")]

    operations = [
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), reverse_sql=migrations.RunSQL.noop)
    ]
