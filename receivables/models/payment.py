"""What customers pay, and what is paid back to them."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger.documents.models import (
    Document,
    DocumentLine,
    SettledDocument,
    amount_field,
    document_constraints,
    settlement_constraints,
)
from ledger.models import Account
from receivables.models.customer import Customer


class PaymentStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    COMPLETED = "completed", pgettext_lazy("payment", "Completed")
    VOID = "void", pgettext_lazy("state", "Void")


class Payment(SettledDocument):
    """Money from a customer: `total_amount` is what the customer paid, `fees` what the provider kept of it.

    What is settled has gone to invoices or back to the customer; the rest is the customer's credit.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="payments", db_index=False)
    fees = amount_field("Kept by the payment provider.")
    deposit_to_account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    payment_method = models.CharField(max_length=100, blank=True)
    payment_method_type = models.CharField(max_length=50, blank=True)
    payment_method_details = models.JSONField(default=dict, blank=True)
    reference_number = models.CharField(max_length=200, blank=True)
    requested_allocations = models.JSONField(
        default=list, blank=True, help_text="What a draft will pay: [{invoice_id, amount, allocated_at}]."
    )
    tax_code = models.CharField(
        max_length=20, blank=True, help_text="What is taxed of an advance payment, where it is not the usual code."
    )

    class Meta:
        verbose_name = pgettext_lazy("document type", "payment")
        verbose_name_plural = pgettext_lazy("document type", "payments")
        ordering = ("-document_date", "-id")
        constraints = (
            *document_constraints("payment", statuses=PaymentStatus.values),
            *settlement_constraints("payment"),
            models.UniqueConstraint(
                "company", Upper("document_number"), condition=~Q(document_number=""), name="payment_number_unique"
            ),
            models.CheckConstraint(
                condition=Q(fees__gte=0, fees__lte=F("total_amount")), name="payment_fees_within_amount"
            ),
        )
        indexes = (
            models.Index(fields=["company", "-created_at"], name="payment_by_creation"),
            models.Index(fields=["company", "customer", "-document_date"], name="payment_by_customer"),
            models.Index(
                fields=["company", "customer"],
                condition=Q(status="completed", settled_amount__lt=F("total_amount")),
                name="payment_unapplied",
            ),
            models.Index(fields=["company", "voided_on"], condition=Q(voided_on__isnull=False), name="payment_voided"),
        )

    @property
    def net_amount(self) -> Decimal:
        return self.total_amount - self.fees

    @property
    def unapplied_amount(self) -> Decimal:
        return self.open_amount if self.is_posted and not self.is_void else Decimal(0)


class RefundStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    COMPLETED = "completed", pgettext_lazy("payment", "Completed")
    VOID = "void", pgettext_lazy("state", "Void")


class RefundReceipt(SettledDocument):
    """Money back to a customer: of a payment, of a credit memo, or of a sale that never was an open item.

    One that refunds a payment or a credit settles it; one that stands alone takes back revenue and tax.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="refund_receipts", db_index=False
    )
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds")
    credit_memo = models.ForeignKey(
        "receivables.CreditMemo", on_delete=models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    paid_from_account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    charge_id = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    net_amount = amount_field("Without tax.")
    refunded_at = models.DateTimeField(null=True, blank=True, help_text="The instant the sender stated.")

    class Meta:
        verbose_name = pgettext_lazy("document type", "refund receipt")
        verbose_name_plural = pgettext_lazy("document type", "refund receipts")
        ordering = ("-document_date", "-id")
        constraints = (
            *document_constraints("refund", statuses=RefundStatus.values),
            *settlement_constraints("refund"),
            models.UniqueConstraint(
                "company", Upper("document_number"), condition=~Q(document_number=""), name="refund_number_unique"
            ),
            models.CheckConstraint(
                condition=Q(payment__isnull=True) | Q(credit_memo__isnull=True), name="refund_of_one_thing"
            ),
        )
        indexes = (
            models.Index(fields=["company", "-created_at"], name="refund_by_creation"),
            models.Index(fields=["company", "customer", "-document_date"], name="refund_by_customer"),
            models.Index(fields=["company", "voided_on"], condition=Q(voided_on__isnull=False), name="refund_voided"),
        )

    @property
    def refunds_credit(self) -> bool:
        """Whether it gives back a customer's credit; else it takes back a sale."""
        return self.payment_id is not None or self.credit_memo_id is not None


class RefundReceiptLine(DocumentLine):
    document = models.ForeignKey(RefundReceipt, on_delete=models.CASCADE, related_name="lines", db_index=False)
    charge_line_ref = models.CharField(max_length=100, blank=True)
    payment_line_ref = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ("line_number",)
        constraints = (
            models.UniqueConstraint(fields=["id", "company"], name="refund_line_company_id"),
            models.UniqueConstraint(fields=["document", "line_number"], name="refund_line_number_unique"),
        )


class SalesReceipt(Document):
    """A sale that is paid on the spot: revenue and money in one entry, never an open item."""

    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sales_receipts",
        db_index=False,
        help_text="Who bought, if known.",
    )
    deposit_to_account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Where the money went; by default undeposited funds.",
    )
    revenue_account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Revenue account of lines that name none.",
    )
    payment_method = models.CharField(max_length=100, blank=True, help_text="cash, card, …")
    location_id = models.CharField(max_length=100, blank=True, help_text="Related location.")
    register_id = models.CharField(max_length=100, blank=True, help_text="Related cash register.")
    sales_rep_id = models.CharField(max_length=100, blank=True, help_text="Related sales representative.")
    ship_method = models.CharField(max_length=100, blank=True, help_text="How it is shipped.")

    class Meta:
        verbose_name = pgettext_lazy("document type", "sales receipt")
        verbose_name_plural = pgettext_lazy("document type", "sales receipts")
        ordering = ("-document_date", "-id")
        constraints = (
            *document_constraints("sales_receipt", statuses=PaymentStatus.values),
            models.UniqueConstraint(
                "company",
                Upper("document_number"),
                condition=~Q(document_number=""),
                name="sales_receipt_number_unique",
            ),
        )
        indexes = (
            models.Index(fields=["company", "-created_at"], name="sales_receipt_by_creation"),
            models.Index(fields=["company", "-document_date", "-id"], name="sales_receipt_by_date"),
        )


class SalesReceiptLine(DocumentLine):
    document = models.ForeignKey(SalesReceipt, on_delete=models.CASCADE, related_name="lines", db_index=False)

    class Meta:
        ordering = ("line_number",)
        constraints = (
            models.UniqueConstraint(fields=["id", "company"], name="sales_receipt_line_company_id"),
            models.UniqueConstraint(fields=["document", "line_number"], name="sales_receipt_line_number_unique"),
        )
