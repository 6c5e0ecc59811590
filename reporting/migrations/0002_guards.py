"""What PostgreSQL itself refuses on the tables of this app, whoever asks."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0002_guards"),
        ("files", "0002_guards"),
        ("api", "0002_guards"),
        ("workspace", "0002_guards"),
        ("ledger", "0002_guards"),
        ("inventory", "0002_guards"),
        ("open_items", "0002_guards"),
        ("documents", "0002_guards"),
        ("receivables", "0002_guards"),
        ("reporting", "0001_tables"),
    ]

    operations = [
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), reverse_sql=migrations.RunSQL.noop
        )
    ]
