"""Documents settle each other through open items; what is settled of them is a copy that a trigger keeps."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

_SETTLED = {"creditmemo": "credit_memo", "invoice": "invoice", "payment": "payment", "refundreceipt": "refund"}


class Migration(migrations.Migration):
    dependencies = [
        ("receivables", "0013_confirmed_facts"),
        ("ledger", "0013_delete_settlement"),
        ("open_items", "0002_guards"),
    ]

    operations = [
        migrations.DeleteModel(name="Allocation"),
        migrations.RemoveField(model_name="payment", name="exchange_gain"),
        migrations.RemoveField(model_name="refundreceipt", name="exchange_gain"),
        *(
            operation
            for model, name in _SETTLED.items()
            for operation in (
                migrations.RemoveConstraint(model_name=model, name=f"{name}_settled_is_posted"),
                migrations.AddConstraint(
                    model_name=model,
                    constraint=models.CheckConstraint(
                        condition=Q(posted_at__isnull=False) | Q(settled_amount=0, settled_base=0),
                        name=f"{name}_settled_is_posted",
                    ),
                ),
            )
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), reverse_sql=migrations.RunSQL.noop),
    ]
