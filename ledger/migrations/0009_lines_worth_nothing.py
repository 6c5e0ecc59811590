"""Let a line of a foreign currency be worth less than half the smallest unit of base currency."""

from pathlib import Path

from django.db import migrations, models


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
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), reverse_sql=migrations.RunSQL.noop),
    ]
