"""Nothing is reversed or undone before it was there."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import F, Q

# What was settled later than it was undone never counted.
_SETTLEMENTS = """
UPDATE ledger_settlement SET undone_on = settled_on WHERE undone_on < settled_on;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_posting_dates")]

    operations = [
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(_SETTLEMENTS, reverse_sql=migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.CheckConstraint(
                condition=Q(undone_on__isnull=True) | Q(undone_on__gte=F("settled_on")),
                name="settlement_undone_after_done",
            ),
        ),
    ]
