"""The documents of receivables in the Backfill contract: each a description of what it is called, shows and does."""

from typing import Final

from backfill.api.resources import Action, Resource
from ledger.api.documents.steps import SORTABLE, lifecycle, refusals
from ledger.api.documents.writing import Writing
from receivables import models, selectors
from receivables.api import examples, filters, translation
from receivables.api.conversions import convert_order, fulfil_order
from receivables.api.serializers.credit_memos import CreditMemoInput, CreditMemoOutput
from receivables.api.serializers.customers import CustomerInput, CustomerOutput
from receivables.api.serializers.invoices import (
    DiscountInput,
    InvoiceInput,
    InvoiceOutput,
    MarkPaidInput,
    WriteOffInput,
)
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
from receivables.services import (
    credit_memos,
    customers,
    invoices,
    marking_paid,
    orders,
    payments,
    reductions,
    refund_receipts,
    sales_receipts,
)
from receivables.services.quote_invoices import invoice_quote

_INACTIVE: Final = "CUSTOMER_INACTIVE"
_STOCK: Final = "INSUFFICIENT_INVENTORY"
_SETTLING: Final = ("OVER_ALLOCATED", "SETTLEMENT_MISMATCH")

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
    body_example=examples.CUSTOMER,
    answer_example=examples.ANSWERS.get("customer"),
    sortable={"name": "name", "created_at": "created_at", "updated_at": "updated_at"},
    errors={409: ("RECORD_IN_USE",), 422: ("REFERENCE_NOT_FOUND", "INVALID_CURRENCY")},
)

_credit_memos = Writing(credit_memos.credit_memos)
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
    is_void=_credit_memos.is_void,
    delete=credit_memos.credit_memos.delete,
    actions=lifecycle(
        credit_memos.credit_memos,
        apply=Action(
            service=credit_memos.apply_credit_memo,
            summary="Apply a credit memo to invoices",
            body=ApplyInput,
            body_example=examples.APPLICATION,
        ),
        unapply=Action(
            service=credit_memos.unapply_credit_memo,
            summary="Take a credit memo off invoices",
            body=UnapplyInput,
            body_example=examples.UNAPPLICATION,
        ),
    ),
    filterset=filters.CreditMemoFilters,
    body_example=examples.CREDIT_MEMO,
    answer_example=examples.ANSWERS.get("credit_memo"),
    sortable=SORTABLE,
    errors=refusals("OVER_CREDITED", *_SETTLING, conflicts=(_INACTIVE, _STOCK)),
)

_invoices = Writing(invoices.invoices, translation.invoice_words)
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
    is_void=_invoices.is_void,
    delete=invoices.invoices.delete,
    actions=lifecycle(
        invoices.invoices,
        mark_paid=Action(
            service=marking_paid.mark_invoice_paid,
            summary="Record a payment for the rest of an invoice",
            body=MarkPaidInput,
            body_example=examples.PAID,
            shows={"status": "paid", "amount_paid": "362.00", "balance_due": "0.00"},
        ),
        discount=Action(
            service=reductions.discount_invoice,
            summary="Grant a discount for early payment",
            body=DiscountInput,
            body_example=examples.DISCOUNT,
            makes=CREDIT_MEMOS,
            errors={422: ("OVER_ALLOCATED", "OVER_CREDITED", "SLOT_UNASSIGNED")},
        ),
        write_off=Action(
            service=reductions.write_off_invoice,
            summary="Write off what will not be paid",
            body=WriteOffInput,
            body_example=examples.WRITE_OFF,
            makes=CREDIT_MEMOS,
            errors={422: ("OVER_ALLOCATED", "OVER_CREDITED")},
        ),
    ),
    filterset=filters.InvoiceFilters,
    body_example=examples.INVOICE,
    answer_example=examples.ANSWERS.get("invoice"),
    sortable={**SORTABLE, "due_date": "due_date"},
    errors=refusals("OVER_INVOICED", conflicts=(_INACTIVE, _STOCK)),
)

_payments = Writing(payments.payments, translation.payment_words)
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
    is_void=_payments.is_void,
    delete=payments.payments.delete,
    actions=lifecycle(
        payments.payments,
        apply=Action(
            service=payments.apply_payment,
            summary="Apply a payment to invoices",
            body=ApplyInput,
            body_example=examples.APPLICATION,
        ),
        unapply=Action(
            service=payments.unapply_payment,
            summary="Take a payment off invoices",
            body=UnapplyInput,
            body_example=examples.UNAPPLICATION,
        ),
    ),
    filterset=filters.PaymentFilters,
    body_example=examples.PAYMENT,
    answer_example=examples.ANSWERS.get("payment"),
    sortable=SORTABLE,
    errors=refusals(*_SETTLING, conflicts=(_INACTIVE,)),
)

_sales_receipts = Writing(sales_receipts.sales_receipts)
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
    is_void=_sales_receipts.is_void,
    delete=sales_receipts.sales_receipts.delete,
    actions=lifecycle(sales_receipts.sales_receipts),
    filterset=filters.SalesReceiptFilters,
    body_example=examples.SALES_RECEIPT,
    answer_example=examples.ANSWERS.get("sales_receipt"),
    sortable=SORTABLE,
    errors=refusals(conflicts=(_INACTIVE, _STOCK)),
)

_refund_receipts = Writing(refund_receipts.refund_receipts, translation.refund_words)
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
    is_void=_refund_receipts.is_void,
    delete=refund_receipts.refund_receipts.delete,
    actions=lifecycle(
        refund_receipts.refund_receipts,
        complete=Action(service=refund_receipts.refund_receipts.confirm, summary="Complete a pending refund receipt"),
    ),
    filterset=filters.RefundReceiptFilters,
    body_example=examples.REFUND_RECEIPT,
    answer_example=examples.ANSWERS.get("refund_receipt"),
    sortable=SORTABLE,
    errors=refusals(*_SETTLING, conflicts=(_INACTIVE,)),
)

_sales_orders = Writing(orders.sales_orders)
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
    is_void=_sales_orders.is_void,
    delete=orders.sales_orders.delete,
    actions=lifecycle(
        orders.sales_orders,
        convert=Action(
            service=convert_order,
            summary="Draft an invoice of a sales order",
            body=QuantitiesInput,
            body_example=examples.QUANTITIES,
            makes=INVOICES,
            errors={409: ("NOT_CONVERTIBLE",), 422: ("OVER_INVOICED",)},
        ),
        fulfil=Action(
            service=fulfil_order,
            summary="Count what was delivered of a sales order",
            body=QuantitiesInput,
            body_example=examples.QUANTITIES,
        ),
    ),
    filterset=filters.SalesOrderFilters,
    body_example=examples.SALES_ORDER,
    answer_example=examples.ANSWERS.get("sales_order"),
    sortable=SORTABLE,
    errors=refusals(conflicts=(_INACTIVE, "NOT_CONVERTIBLE")),
)

_quotes = Writing(orders.quotes)
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
    is_void=_quotes.is_void,
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
    body_example=examples.QUOTE,
    answer_example=examples.ANSWERS.get("quote"),
    sortable=SORTABLE,
    errors=refusals(conflicts=(_INACTIVE,)),
)
