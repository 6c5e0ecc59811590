"""Invoices and their lines."""

from datetime import date
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
from ledger.documents.models.amounts import amount_field
from receivables.models.customer import Customer


class InvoiceStatus(models.TextChoices):
    """Overdue is derived from the due date and never stored."""

    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    PARTIALLY_PAID = "partially_paid", _("Partially paid")
    PAID = "paid", _("Paid")
    VOID = "void", pgettext_lazy("state", "Void")


class InvoiceType(models.TextChoices):
    """What kind of invoice it is (UNTDID 1001), as far as XRechnung knows it (BR-DE-17). All of them ask for money."""

    INVOICE = "380", _("Invoice")
    PARTIAL = "326", _("Partial invoice")
    CORRECTED = "384", _("Corrected invoice")
    ADVANCE = "386", _("Advance invoice")
    PARTIAL_CONSTRUCTION = "875", _("Partial construction invoice")
    PARTIAL_FINAL_CONSTRUCTION = "876", _("Partial final construction invoice")
    FINAL_CONSTRUCTION = "877", _("Final construction invoice")


class Invoice(ExternallyPostableDocument):
    """What a customer owes.

    A recorded invoice (Bookkeeping contract) does not post itself: its entry is posted elsewhere and linked once.
    """

    settlement_statuses = ("open", "partially_paid", "paid")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="invoices", db_index=False)
    due_at = models.DateTimeField(null=True, blank=True, help_text="The instant the sender stated, if any.")
    terms = models.CharField(max_length=200, blank=True)
    billing_address = models.JSONField(default=dict, blank=True)
    shipping_address = models.JSONField(default=dict, blank=True)
    shipping_details = models.JSONField(default=dict, blank=True)
    ship_method = models.CharField(max_length=100, blank=True)
    invoice_type = models.CharField(max_length=3, choices=InvoiceType.choices, default=InvoiceType.INVOICE)
    references = models.JSONField(
        default=dict, blank=True, help_text="What the buyer wants named: order, contract, project and the like."
    )
    preceding_invoices = models.JSONField(
        default=list, blank=True, help_text="Earlier invoices that this one is about: number and date."
    )
    cash_discounts = models.JSONField(
        default=list, blank=True, help_text="Discounts for early payment: days, percent and, if not all, base_amount."
    )
    payee = models.JSONField(default=dict, blank=True, help_text="Who is paid instead of the seller (BG-10).")
    is_direct_debit = models.BooleanField(default=False, help_text="The customer's account is debited.")
    attachment_ids = models.JSONField(default=list, blank=True, help_text="Files that the e-invoice carries (BG-24).")
    prepayments = models.JSONField(
        default=list, blank=True, help_text="Advance invoices taken off: id, number, date, amount, tax_amount."
    )
    prepaid_amount = amount_field("What of the total was paid on advance invoices.")
    confirmed_facts = models.JSONField(
        default=dict, blank=True, help_text="Seller, buyer and items as they were when it was confirmed."
    )
    sales_order = models.ForeignKey(
        "receivables.SalesOrder", on_delete=models.PROTECT, null=True, blank=True, related_name="invoices"
    )

    class Meta:
        verbose_name = pgettext_lazy("document type", "invoice")
        verbose_name_plural = pgettext_lazy("document type", "invoices")
        ordering = ("-document_date", "-id")
        constraints = (
            *document_constraints("invoice", statuses=InvoiceStatus.values),
            *settlement_constraints("invoice"),
            models.UniqueConstraint(
                "company",
                Upper("document_number"),
                condition=Q(is_externally_posted=False) & ~Q(document_number=""),
                name="invoice_number_unique",
            ),
            models.UniqueConstraint(
                "company",
                "customer",
                Upper("document_number"),
                condition=~Q(document_number=""),
                name="invoice_number_unique_per_customer",
            ),
            models.CheckConstraint(
                name="invoice_status_tells_settlement",
                condition=Q(status__in=("draft", "void"))
                | Q(status="open", settled_amount=0, total_amount__gt=0)
                | Q(status="partially_paid", settled_amount__gt=0, settled_amount__lt=F("total_amount"))
                | Q(status="paid", settled_amount=F("total_amount")),
            ),
            models.CheckConstraint(
                condition=~Q(status="draft") | Q(posted_at__isnull=True), name="invoice_draft_is_not_posted"
            ),
        )
        indexes = (
            models.Index(fields=["company", "-created_at"], name="invoice_by_creation"),
            models.Index(fields=["company", "-document_date", "-id"], name="invoice_by_date"),
            models.Index(fields=["company", "customer", "status"], name="invoice_by_customer"),
            models.Index(
                fields=["company", "due_date"],
                include=["customer", "total_amount", "settled_amount"],
                condition=Q(status__in=("open", "partially_paid")),
                name="invoice_open_by_due_date",
            ),
            models.Index(fields=["company", "voided_on"], condition=Q(voided_on__isnull=False), name="invoice_voided"),
        )

    @property
    def amount_paid(self) -> Decimal:
        return self.settled_amount

    @property
    def balance_due(self) -> Decimal:
        """What is left to pay; a draft and a void invoice have nothing to pay."""
        return self.open_amount if self.is_posted and not self.is_void else Decimal(0)

    @property
    def due_on(self) -> date:
        """The day it is due: where none was agreed on, that of the invoice (§ 271 BGB: at once)."""
        return self.due_date or self.document_date

    def is_overdue(self, today: date) -> bool:
        return self.due_on < today and self.balance_due > 0


class InvoiceLine(DocumentLine):
    document = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines", db_index=False)
    billing_period_start = models.DateTimeField(null=True, blank=True)
    billing_period_end = models.DateTimeField(null=True, blank=True)
    fulfillment_line_ref = models.CharField(max_length=100, blank=True)
    order_line_ref = models.CharField(max_length=100, blank=True)
    subscription_item_id = models.CharField(max_length=100, blank=True)
    is_charge = models.BooleanField(default=False, help_text="A charge on the whole document (BG-21), no goods.")
    list_price = models.DecimalField(
        max_digits=20, decimal_places=6, null=True, blank=True, help_text="The price before the discount on it."
    )
    note = models.CharField(max_length=1000, blank=True)
    buyer_sku = models.CharField(max_length=100, blank=True, help_text="The buyer's number of the item.")
    gtin = models.CharField(max_length=14, blank=True)
    buyer_order_line = models.CharField(max_length=100, blank=True, help_text="Line of the buyer's order.")
    accounting_reference = models.CharField(max_length=100, blank=True, help_text="Where the buyer books it.")
    delivered_on = models.DateField(null=True, blank=True)
    order_line = models.ForeignKey(
        "receivables.SalesOrderLine", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    @property
    def delivered_between(self) -> tuple[date, date] | None:
        """The day of delivery of this line as a period of one day, where it is told."""
        return (self.delivered_on, self.delivered_on) if self.delivered_on else None

    class Meta:
        ordering = ("line_number",)
        constraints = (
            models.UniqueConstraint(fields=["id", "company"], name="invoice_line_company_id"),
            models.UniqueConstraint(fields=["document", "line_number"], name="invoice_line_number_unique"),
        )
