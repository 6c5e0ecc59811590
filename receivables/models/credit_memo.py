"""Credits to customers, for goods that came back or invoices that were too high."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger.documents.models import (
    DocumentLine,
    ExternallyPostableDocument,
    document_constraints,
    settlement_constraints,
)
from receivables.models.customer import Customer
from receivables.models.invoice import Invoice, InvoiceLine


class CreditMemoStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    PARTIALLY_APPLIED = "partially_applied", _("Partially applied")
    APPLIED = "applied", _("Applied")
    VOID = "void", pgettext_lazy("state", "Void")


class CreditMemo(ExternallyPostableDocument):
    """What the company owes a customer. In the Bookkeeping contract: an outgoing invoice of type credit_note."""

    settlement_statuses = ("open", "partially_applied", "applied")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="credit_memos", db_index=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="credit_memos")
    reason_code = models.CharField(max_length=100, blank=True)
    confirmed_facts = models.JSONField(
        default=dict, blank=True, help_text="Seller, buyer and items as they were when it was confirmed."
    )
    applied_at = models.DateTimeField(null=True, blank=True)
    refunded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("document type", "credit memo")
        verbose_name_plural = pgettext_lazy("document type", "credit memos")
        ordering = ("-document_date", "-id")
        constraints = (
            *document_constraints("credit_memo", statuses=CreditMemoStatus.values),
            *settlement_constraints("credit_memo"),
            models.UniqueConstraint(
                "company",
                Upper("document_number"),
                condition=Q(is_externally_posted=False) & ~Q(document_number=""),
                name="credit_memo_number_unique",
            ),
            models.UniqueConstraint(
                "company",
                "customer",
                Upper("document_number"),
                condition=~Q(document_number=""),
                name="credit_memo_number_unique_per_customer",
            ),
            models.CheckConstraint(
                name="credit_memo_status_tells_settlement",
                condition=Q(status__in=("draft", "void"))
                | Q(status="open", settled_amount=0, total_amount__gt=0)
                | Q(status="partially_applied", settled_amount__gt=0, settled_amount__lt=F("total_amount"))
                | Q(status="applied", settled_amount=F("total_amount")),
            ),
        )
        indexes = (
            models.Index(fields=["company", "-created_at"], name="credit_memo_by_creation"),
            models.Index(fields=["company", "-document_date", "-id"], name="credit_memo_by_date"),
            models.Index(fields=["company", "customer", "status"], name="credit_memo_by_customer"),
            models.Index(
                fields=["company", "customer"],
                condition=Q(status__in=("open", "partially_applied")),
                name="credit_memo_unapplied",
            ),
            models.Index(
                fields=["company", "voided_on"], condition=Q(voided_on__isnull=False), name="credit_memo_voided"
            ),
        )

    @property
    def remaining_credit(self) -> Decimal:
        return self.open_amount if self.is_posted and not self.is_void else Decimal(0)


class CreditMemoLine(DocumentLine):
    document = models.ForeignKey(CreditMemo, on_delete=models.CASCADE, related_name="lines", db_index=False)
    invoice_line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    invoice_line_ref = models.CharField(max_length=100, blank=True)
    reason_code = models.CharField(max_length=100, blank=True)
    return_quantity = models.DecimalField(
        max_digits=20, decimal_places=6, null=True, blank=True, help_text="Pieces that came back into stock."
    )

    class Meta:
        ordering = ("line_number",)
        constraints = (
            models.UniqueConstraint(fields=["id", "company"], name="credit_memo_line_company_id"),
            models.UniqueConstraint(fields=["document", "line_number"], name="credit_memo_line_number_unique"),
        )
