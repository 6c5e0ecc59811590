"""Let posted documents stay posted, keep their entry, and let none of their lines go."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("receivables", "0011_dunning_facts"), ("ledger", "0011_number_series_forward")]

    operations = [
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), reverse_sql=migrations.RunSQL.noop)
    ]
