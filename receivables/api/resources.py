"""The documents of receivables in the Backfill contract: each a description of what it is called, shows and does."""

from collections.abc import Mapping
from typing import Any, Final

from rest_framework import serializers

from backfill.api.resources import Action, Resource
from ledger.api.documents.inputs import ReasonInput, VoidInput
from ledger.api.documents.outputs import VoidReportOutput
from ledger.documents.lifecycle import Documents
from receivables import models, selectors
from receivables.api import filters, translation
from receivables.api.conversions import convert_order, fulfil_order
from receivables.api.serializers.credit_memos import CreditMemoInput, CreditMemoOutput
from receivables.api.serializers.customers import CustomerInput, CustomerOutput
from receivables.api.serializers.invoices import InvoiceInput, InvoiceOutput, MarkPaidInput
from receivables.api.serializers.orders import (
    QuantitiesInput,
    QuoteInput,
    QuoteOutput,
    SalesOrderInput,
    SalesOrderOutput,
)
from receivables.api.serializers.payments import ApplyInput, PaymentInput, PaymentOutput, UnapplyInput
from receivables.api.serializers.refund_receipts import RefundReceiptInput, RefundReceiptOutput
from receivables.api.serializers.sales_receipts import SalesReceiptInput, SalesReceiptOutput
from receivables.services import credit_memos, customers, invoices, orders, payments, refund_receipts, sales_receipts
from receivables.services.quote_invoices import invoice_quote

_CONFLICTS: Final = ("DOCUMENT_POSTED", "DUPLICATE_DOCUMENT_NUMBER", "INVALID_STATE_TRANSITION", "PERIOD_LOCKED")
_APPROVALS: Final = ("APPROVAL_REQUIRED",)
_INPUT: Final = (
    *("REFERENCE_NOT_FOUND", "TOTALS_MISMATCH", "INVALID_TAX_CODE", "INVALID_CURRENCY", "EXCHANGE_RATE_MISSING"),
    *("ACCOUNT_INACTIVE", "SLOT_UNASSIGNED", "INVALID_LINE"),
)
_SETTLING: Final = ("OVER_ALLOCATED", "SETTLEMENT_MISMATCH")
_SORTABLE: Final = {
    name: name
    for name in ("document_date", "document_number", "issued_at", "total_amount", "status", "created_at", "updated_at")
}


class VoidFacts(serializers.Serializer[Any]):
    void_report = VoidReportOutput(source="*")


def lifecycle(kind: Documents[Any, Any], **more: Action) -> dict[str, Action]:
    """Return the steps that every document has, with those of its own."""
    a_draft = f"a draft {kind.noun}"
    steps = {
        "submit": Action(service=kind.submit, summary=f"Submit {a_draft} for approval"),
        "approve": Action(
            service=kind.approve, summary=f"Approve a {kind.noun}", errors={403: ("SELF_APPROVAL_DENIED",)}
        ),
        "reject": Action(service=kind.reject, summary=f"Reject a submitted {kind.noun}", body=ReasonInput),
        "confirm": Action(service=kind.confirm, summary=f"Confirm {a_draft}"),
        "void": Action(service=kind.void_report, summary=f"Void a {kind.noun}", body=VoidInput, report=VoidFacts),
    }
    return {**steps, **more}


def refusals(*input_codes: str, conflicts: tuple[str, ...] = ()) -> Mapping[int, tuple[str, ...]]:
    return {
        409: (*_CONFLICTS, *_APPROVALS, "CUSTOMER_INACTIVE", *conflicts),
        422: (*_INPUT, *input_codes),
    }


CUSTOMERS = Resource(
    object_name="customer",
    plural="customers",
    module="receivables",
    tag="Customers",
    records=selectors.customers,
    output=CustomerOutput,
    id_keyword="document_id",
    create=translation.customer_created,
    create_input=CustomerInput,
    update=translation.customer_updated,
    delete=customers.delete_customer,
    filterset=filters.CustomerFilters,
    sortable={"name": "name", "created_at": "created_at", "updated_at": "updated_at"},
    errors={409: ("RECORD_IN_USE",), 422: ("REFERENCE_NOT_FOUND", "INVALID_CURRENCY")},
)

_invoices = translation.Writing(invoices.invoices, translation.invoice_words)
INVOICES = Resource(
    object_name="invoice",
    plural="invoices",
    module="receivables",
    tag="Invoices",
    records=translation.invoices,
    output=InvoiceOutput,
    context=InvoiceOutput.lines_of(models.Invoice),
    id_keyword="document_id",
    create=_invoices.create,
    create_input=InvoiceInput,
    update=_invoices.update,
    delete=invoices.invoices.delete,
    actions=lifecycle(
        invoices.invoices,
        mark_paid=Action(
            service=payments.mark_invoice_paid,
            summary="Record a payment for the rest of an invoice",
            body=MarkPaidInput,
            body_example={"paid_on": "2026-05-20", "payment_method": "bank transfer"},
        ),
    ),
    filterset=filters.InvoiceFilters,
    sortable={**_SORTABLE, "due_date": "due_date"},
    errors=refusals("OVER_INVOICED", conflicts=("INSUFFICIENT_INVENTORY",)),
)

_payments = translation.Writing(payments.payments, translation.payment_words)
PAYMENTS = Resource(
    object_name="payment",
    plural="payments",
    module="receivables",
    tag="Payments",
    records=translation.payments,
    output=PaymentOutput,
    id_keyword="document_id",
    create=_payments.create,
    create_input=PaymentInput,
    update=_payments.update,
    delete=payments.payments.delete,
    actions=lifecycle(
        payments.payments,
        apply=Action(service=payments.apply_payment, summary="Apply a payment to invoices", body=ApplyInput),
        unapply=Action(service=payments.unapply_payment, summary="Take a payment off invoices", body=UnapplyInput),
    ),
    filterset=filters.PaymentFilters,
    sortable=_SORTABLE,
    errors=refusals(*_SETTLING),
)

_sales_receipts = translation.Writing(sales_receipts.sales_receipts)
SALES_RECEIPTS = Resource(
    object_name="sales_receipt",
    plural="sales_receipts",
    module="receivables",
    tag="Sales receipts",
    records=translation.sales_receipts,
    output=SalesReceiptOutput,
    context=SalesReceiptOutput.lines_of(models.SalesReceipt),
    id_keyword="document_id",
    create=_sales_receipts.create,
    create_input=SalesReceiptInput,
    update=_sales_receipts.update,
    delete=sales_receipts.sales_receipts.delete,
    actions=lifecycle(sales_receipts.sales_receipts),
    filterset=filters.SalesReceiptFilters,
    sortable=_SORTABLE,
    errors=refusals(conflicts=("INSUFFICIENT_INVENTORY",)),
)

_credit_memos = translation.Writing(credit_memos.credit_memos)
CREDIT_MEMOS = Resource(
    object_name="credit_memo",
    plural="credit_memos",
    module="receivables",
    tag="Credit memos",
    records=translation.credit_memos,
    output=CreditMemoOutput,
    context=CreditMemoOutput.lines_of(models.CreditMemo),
    id_keyword="document_id",
    create=_credit_memos.create,
    create_input=CreditMemoInput,
    update=_credit_memos.update,
    delete=credit_memos.credit_memos.delete,
    actions=lifecycle(
        credit_memos.credit_memos,
        apply=Action(
            service=credit_memos.apply_credit_memo, summary="Apply a credit memo to invoices", body=ApplyInput
        ),
        unapply=Action(
            service=credit_memos.unapply_credit_memo, summary="Take a credit memo off invoices", body=UnapplyInput
        ),
    ),
    filterset=filters.CreditMemoFilters,
    sortable=_SORTABLE,
    errors=refusals("OVER_CREDITED", *_SETTLING, conflicts=("INSUFFICIENT_INVENTORY",)),
)

_refund_receipts = translation.Writing(refund_receipts.refund_receipts, translation.refund_words)
REFUND_RECEIPTS = Resource(
    object_name="refund_receipt",
    plural="refund_receipts",
    module="receivables",
    tag="Refund receipts",
    records=translation.refund_receipts,
    output=RefundReceiptOutput,
    context=RefundReceiptOutput.lines_of(models.RefundReceipt),
    id_keyword="document_id",
    create=_refund_receipts.create,
    create_input=RefundReceiptInput,
    update=_refund_receipts.update,
    delete=refund_receipts.refund_receipts.delete,
    actions=lifecycle(
        refund_receipts.refund_receipts,
        complete=Action(service=refund_receipts.refund_receipts.confirm, summary="Complete a pending refund receipt"),
    ),
    filterset=filters.RefundReceiptFilters,
    sortable=_SORTABLE,
    errors=refusals(*_SETTLING),
)

_sales_orders = translation.Writing(orders.sales_orders)
SALES_ORDERS = Resource(
    object_name="sales_order",
    plural="sales_orders",
    module="receivables",
    tag="Sales orders",
    records=translation.sales_orders,
    output=SalesOrderOutput,
    context=SalesOrderOutput.lines_of(models.SalesOrder),
    id_keyword="document_id",
    create=_sales_orders.create,
    create_input=SalesOrderInput,
    update=_sales_orders.update,
    delete=orders.sales_orders.delete,
    actions=lifecycle(
        orders.sales_orders,
        convert=Action(
            service=convert_order,
            summary="Draft an invoice of a sales order",
            body=QuantitiesInput,
            makes=INVOICES,
            errors={409: ("NOT_CONVERTIBLE",), 422: ("OVER_INVOICED",)},
        ),
        fulfil=Action(service=fulfil_order, summary="Count what was delivered of a sales order", body=QuantitiesInput),
    ),
    filterset=filters.SalesOrderFilters,
    sortable=_SORTABLE,
    errors=refusals(conflicts=("NOT_CONVERTIBLE",)),
)

_quotes = translation.Writing(orders.quotes)
QUOTES = Resource(
    object_name="quote",
    plural="quotes",
    module="receivables",
    tag="Quotes",
    records=translation.quotes,
    output=QuoteOutput,
    context=QuoteOutput.lines_of(models.Quote),
    id_keyword="document_id",
    create=_quotes.create,
    create_input=QuoteInput,
    update=_quotes.update,
    delete=orders.quotes.delete,
    actions=lifecycle(
        orders.quotes,
        send=Action(service=orders.send_quote, summary="Mark a quote as sent"),
        accept=Action(service=orders.accept_quote, summary="Mark a quote as accepted"),
        decline=Action(service=orders.decline_quote, summary="Mark a quote as declined"),
        convert=Action(
            service=orders.convert_quote,
            summary="Make a sales order of a quote",
            makes=SALES_ORDERS,
            errors={409: ("NOT_CONVERTIBLE",)},
        ),
        invoice=Action(
            service=invoice_quote,
            summary="Draft an invoice of a quote, by way of its sales order",
            makes=INVOICES,
            errors={409: ("NOT_CONVERTIBLE",)},
        ),
    ),
    filterset=filters.QuoteFilters,
    sortable=_SORTABLE,
    errors=refusals(),
)
