"""Let a line of a foreign currency be worth less than half the smallest unit of base currency."""

from django.db import migrations, models

from ledger.guards import entries
from ledger.guards.plans import PLANS

_FUNCTIONS = (entries.EVENTS, entries.COMPLETE_FUNCTION, PLANS)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_dates_of_undoing")]

    operations = [
        migrations.RemoveConstraint(model_name="journalline", name="line_one_sided"),
        migrations.RemoveConstraint(model_name="journalline", name="line_sides_agree"),
        migrations.AddConstraint(
            model_name="journalline",
            constraint=models.CheckConstraint(
                condition=~models.Q(amount=0, currency_amount=0), name="line_one_sided"
            ),
        ),
        migrations.AddConstraint(
            model_name="journalline",
            constraint=models.CheckConstraint(
                condition=models.Q(amount__gte=0, currency_amount__gte=0)
                | models.Q(amount__lte=0, currency_amount__lte=0),
                name="line_sides_agree",
            ),
        ),
        *(migrations.RunSQL(sql, reverse_sql=migrations.RunSQL.noop) for sql in _FUNCTIONS),
    ]
