"""Nothing counts before what it gives back, and an allocation ends where one of its documents does."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

# Until now reports looked for the day on which a document was void; the row itself says it from now on.
_ENDS = """
UPDATE receivables_allocation a SET undone_on = greatest(a.applied_on, e.ended)
FROM (
    SELECT a.id, least(i.voided_on, r.voided_on, p.voided_on, c.voided_on) AS ended
    FROM receivables_allocation a
        LEFT JOIN receivables_invoice i ON i.id = a.invoice_id
        LEFT JOIN receivables_refundreceipt r ON r.id = a.refund_id
        LEFT JOIN receivables_payment p ON p.id = a.payment_id
        LEFT JOIN receivables_creditmemo c ON c.id = a.credit_memo_id
) e
WHERE e.id = a.id AND a.undone_on > greatest(a.applied_on, e.ended);
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
_DOCUMENTS = {
    "invoice": "invoice",
    "payment": "payment",
    "creditmemo": "credit_memo",
    "refundreceipt": "refund",
    "salesreceipt": "sales_receipt",
    "quote": "quote",
    "salesorder": "sales_order",
}


class Migration(migrations.Migration):
    dependencies = [("receivables", "0005_statement_mail"), ("ledger", "0008_dates_of_undoing")]

    operations = [
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(_ENDS, reverse_sql=migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=Q(undone_on__isnull=True) | Q(undone_on__gte=F("applied_on")),
                name="allocation_undone_after_done",
            ),
        ),
        *(
            migrations.AddConstraint(
                model_name=model,
                constraint=models.CheckConstraint(
                    condition=Q(voided_on__isnull=True)
                    | Q(voided_on__gte=Coalesce(F("effective_date"), F("document_date"))),
                    name=f"{name}_void_after_posting",
                ),
            )
            for model, name in _DOCUMENTS.items()
        ),
    ]
