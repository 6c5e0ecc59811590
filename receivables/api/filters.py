"""The filters of the lists of receivables."""

import django_filters
from django.db.models import QuerySet

from backfill.api.filters import BooleanFilter, ChoiceFilter, TextFilter, UUIDFilter
from ledger.api.documents.filters import DocumentFilters
from receivables.models import (
    CreditMemo,
    CreditMemoStatus,
    Customer,
    Invoice,
    InvoiceStatus,
    Payment,
    PaymentStatus,
    Quote,
    QuoteStatus,
    RefundReceipt,
    RefundStatus,
    SalesOrder,
    SalesOrderStatus,
    SalesReceipt,
)

OVERDUE = "overdue"


class CustomerFilters(django_filters.FilterSet):
    name = TextFilter(lookup_expr="icontains", help_text="Part of the name.")
    email = TextFilter(lookup_expr="iexact", help_text="The customer with this e-mail address.")
    active = BooleanFilter(field_name="is_active", help_text="Only active or only inactive customers.")

    class Meta:
        model = Customer
        fields = ()


class OfCustomer(DocumentFilters):
    customer_id = UUIDFilter(help_text="Only this customer's.")


class InvoiceFilters(OfCustomer):
    status = ChoiceFilter(
        choices=[*InvoiceStatus.choices, (OVERDUE, "Overdue")],
        method="with_status",
        help_text="overdue: open or partially paid, and past its due date, else its own date.",
    )

    class Meta:
        model = Invoice
        fields = ()

    def with_status(self, rows: QuerySet[Invoice], name: str, value: str) -> QuerySet[Invoice]:
        # What is overdue depends on the company's day; the view that knows it has filtered already.
        return rows if value == OVERDUE else rows.filter(status=value)


class PaymentFilters(OfCustomer):
    status = ChoiceFilter(choices=PaymentStatus.choices, help_text="Only payments in this status.")
    reference_number = TextFilter(help_text="The payment with this reference.")

    class Meta:
        model = Payment
        fields = ()


class SalesReceiptFilters(OfCustomer):
    status = ChoiceFilter(choices=PaymentStatus.choices, help_text="Only sales receipts in this status.")

    class Meta:
        model = SalesReceipt
        fields = ()


class CreditMemoFilters(OfCustomer):
    status = ChoiceFilter(choices=CreditMemoStatus.choices, help_text="Only credit memos in this status.")
    invoice_id = UUIDFilter(help_text="Only those of this invoice.")

    class Meta:
        model = CreditMemo
        fields = ()


class RefundReceiptFilters(OfCustomer):
    status = ChoiceFilter(choices=RefundStatus.choices, help_text="Only refund receipts in this status.")
    payment_id = UUIDFilter(help_text="Only those of this payment.")

    class Meta:
        model = RefundReceipt
        fields = ()


class QuoteFilters(OfCustomer):
    status = ChoiceFilter(choices=QuoteStatus.choices, help_text="Only quotes in this status.")

    class Meta:
        model = Quote
        fields = ()


class SalesOrderFilters(OfCustomer):
    status = ChoiceFilter(choices=SalesOrderStatus.choices, help_text="Only sales orders in this status.")

    class Meta:
        model = SalesOrder
        fields = ()
