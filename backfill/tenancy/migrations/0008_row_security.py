"""Let each company's access, too, be seen by that company alone."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0007_queued_mail")]

    operations = [
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), reverse_sql=migrations.RunSQL.noop)
    ]
