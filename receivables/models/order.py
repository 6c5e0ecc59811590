"""Quotes and sales orders: they post nothing and become invoices."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger.documents.models import Document, DocumentLine, document_constraints
from receivables.models.customer import Customer


class QuoteStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", pgettext_lazy("quote", "Declined")
    CONVERTED = "converted", _("Converted")
    VOID = "void", pgettext_lazy("state", "Void")


class Quote(Document):
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="quotes", db_index=False
    )
    customer_name = models.CharField(max_length=255, blank=True)
    description = models.TextField(blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("document type", "quote")
        verbose_name_plural = pgettext_lazy("document type", "quotes")
        ordering = ("-document_date", "-id")
        constraints = (
            *document_constraints("quote", statuses=QuoteStatus.values),
            models.UniqueConstraint(
                "company", Upper("document_number"), condition=~Q(document_number=""), name="quote_number_unique"
            ),
        )
        indexes = (models.Index(fields=["company", "-created_at"], name="quote_by_creation"),)


class QuoteLine(DocumentLine):
    document = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines", db_index=False)

    class Meta:
        ordering = ("line_number",)
        constraints = (
            models.UniqueConstraint(fields=["id", "company"], name="quote_line_company_id"),
            models.UniqueConstraint(fields=["document", "line_number"], name="quote_line_number_unique"),
        )


class SalesOrderStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    PARTIALLY_INVOICED = "partially_invoiced", _("Partially invoiced")
    INVOICED = "invoiced", _("Invoiced")
    VOID = "void", pgettext_lazy("state", "Void")


class SalesOrder(Document):
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="sales_orders", db_index=False
    )
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, null=True, blank=True, related_name="sales_orders")

    class Meta:
        verbose_name = pgettext_lazy("document type", "sales order")
        verbose_name_plural = pgettext_lazy("document type", "sales orders")
        ordering = ("-document_date", "-id")
        constraints = (
            *document_constraints("sales_order", statuses=SalesOrderStatus.values),
            models.UniqueConstraint(
                "company",
                Upper("document_number"),
                condition=~Q(document_number=""),
                name="sales_order_number_unique",
            ),
        )
        indexes = (models.Index(fields=["company", "-created_at"], name="sales_order_by_creation"),)


class SalesOrderLine(DocumentLine):
    document = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="lines", db_index=False)
    fulfilled_quantity = models.DecimalField(max_digits=20, decimal_places=6, default=0)
    invoiced_quantity = models.DecimalField(max_digits=20, decimal_places=6, default=0)

    class Meta:
        ordering = ("line_number",)
        constraints = (
            models.UniqueConstraint(fields=["id", "company"], name="sales_order_line_company_id"),
            models.UniqueConstraint(fields=["document", "line_number"], name="sales_order_line_number_unique"),
            models.CheckConstraint(
                condition=Q(invoiced_quantity__gte=0, invoiced_quantity__lte=F("quantity")),
                name="sales_order_line_invoiced_in_range",
            ),
            models.CheckConstraint(
                condition=Q(fulfilled_quantity__gte=0, fulfilled_quantity__lte=F("quantity")),
                name="sales_order_line_fulfilled_in_range",
            ),
        )
