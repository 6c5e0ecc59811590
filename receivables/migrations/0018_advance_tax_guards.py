"""Let the tax on advance payments refer to its own company only, and stay as it was posted."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("receivables", "0017_advance_tax")]

    operations = [
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), reverse_sql=migrations.RunSQL.noop)
    ]
