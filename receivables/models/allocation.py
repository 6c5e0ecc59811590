"""What settles what: an amount of a payment or credit applied to an invoice or given back by a refund."""

from django.db import models
from django.db.models import F, Q

from ledger.documents.models import AllocationRow
from receivables.models.credit_memo import CreditMemo
from receivables.models.customer import Customer
from receivables.models.invoice import Invoice
from receivables.models.payment import Payment, RefundReceipt


class Allocation(AllocationRow):
    """One debit (invoice or refund) settled by one credit (payment, credit memo, or an entry posted elsewhere)."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="allocations")
    refund = models.ForeignKey(
        RefundReceipt, on_delete=models.PROTECT, null=True, blank=True, related_name="allocations"
    )
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="allocations")
    credit_memo = models.ForeignKey(
        CreditMemo, on_delete=models.PROTECT, null=True, blank=True, related_name="allocations"
    )

    class Meta:
        ordering = ("created_at", "id")
        constraints = (
            models.UniqueConstraint(fields=["id", "company"], name="allocation_company_id"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_positive"),
            models.CheckConstraint(
                condition=Q(undone_on__isnull=True) | Q(undone_on__gte=F("applied_on")),
                name="allocation_undone_after_done",
            ),
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, refund__isnull=True) | Q(invoice__isnull=True, refund__isnull=False),
                name="allocation_one_debit",
            ),
            models.CheckConstraint(
                condition=Q(payment__isnull=False, credit_memo__isnull=True, settlement_entry__isnull=True)
                | Q(payment__isnull=True, credit_memo__isnull=False, settlement_entry__isnull=True)
                | Q(payment__isnull=True, credit_memo__isnull=True, settlement_entry__isnull=False),
                name="allocation_one_credit",
            ),
        )
        indexes = (
            models.Index(fields=["company", "customer", "applied_on"], name="allocation_by_customer"),
            models.Index(
                fields=["settlement_entry"],
                condition=Q(settlement_entry__isnull=False, undone_on__isnull=True),
                name="allocation_by_entry",
            ),
            # Reports as of an earlier day read what happened since.
            models.Index(
                fields=["company", "applied_on"], condition=Q(undone_on__isnull=True), name="allocation_by_day"
            ),
            models.Index(
                fields=["company", "undone_on"], condition=Q(undone_on__isnull=False), name="allocation_undone_by_day"
            ),
        )
