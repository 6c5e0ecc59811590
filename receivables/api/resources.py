"""The documents of receivables in the Backfill contract: each a description of what it is called, shows and does."""

from typing import Final

from backfill.api.filters import ChoiceFilter, TextFilter, UUIDFilter
from backfill.api.resources import Action, Resource
from ledger.documents.api.derived import resource
from receivables import selectors
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
from receivables.customers import customers
from receivables.models import InvoiceStatus
from receivables.services import adjustments as reductions
from receivables.services import credit_memos, marking_paid, orders, payments
from receivables.services.quote_invoices import invoice_quote
from receivables.services.refund_receipts import complete_refund_receipt
from receivables.types.credit_memos import CREDIT_MEMO
from receivables.types.invoices import INVOICE
from receivables.types.payments import PAYMENT
from receivables.types.quotes import QUOTE
from receivables.types.refund_receipts import REFUND_RECEIPT
from receivables.types.sales_orders import SALES_ORDER
from receivables.types.sales_receipts import SALES_RECEIPT

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

CREDIT_MEMOS = resource(
    CREDIT_MEMO,
    records=translation.credit_memos,
    create_input=CreditMemoInput,
    output=CreditMemoOutput,
    steps={
        "apply": Action(
            service=credit_memos.apply_credit_memo,
            summary="Apply a credit memo to invoices",
            body=ApplyInput,
            body_example=examples.APPLICATION,
        ),
        "unapply": Action(
            service=credit_memos.unapply_credit_memo,
            summary="Take a credit memo off invoices",
            body=UnapplyInput,
            body_example=examples.UNAPPLICATION,
        ),
    },
    filters={"invoice_id": UUIDFilter(help_text="Only those of this invoice.")},
    refused=("OVER_CREDITED", *_SETTLING),
)

INVOICES = resource(
    INVOICE,
    records=translation.invoices,
    create_input=InvoiceInput,
    output=InvoiceOutput,
    worded=translation.invoice_words,
    steps={
        "mark_paid": Action(
            service=marking_paid.mark_invoice_paid,
            summary="Record a payment for the rest of an invoice",
            body=MarkPaidInput,
            body_example=examples.PAID,
            shows={"status": "paid", "amount_paid": "362.00", "balance_due": "0.00"},
        ),
        "discount": Action(
            service=reductions.discount_invoice,
            summary="Grant a discount for early payment",
            body=DiscountInput,
            body_example=examples.DISCOUNT,
            makes=CREDIT_MEMOS,
            errors={422: ("OVER_ALLOCATED", "OVER_CREDITED", "SLOT_UNASSIGNED")},
        ),
        "write_off": Action(
            service=reductions.write_off_invoice,
            summary="Write off what will not be paid",
            body=WriteOffInput,
            body_example=examples.WRITE_OFF,
            makes=CREDIT_MEMOS,
            errors={422: ("OVER_ALLOCATED", "OVER_CREDITED")},
        ),
    },
    filters={
        "status": ChoiceFilter(
            choices=[*InvoiceStatus.choices, (filters.OVERDUE, "Overdue")],
            method=filters.with_status,
            help_text="overdue: open or partially paid, and past its due date, else its own date.",
        )
    },
    sortable={"due_date": "due_date"},
    refused=("OVER_INVOICED",),
)

PAYMENTS = resource(
    PAYMENT,
    records=translation.payments,
    create_input=PaymentInput,
    output=PaymentOutput,
    worded=translation.payment_words,
    steps={
        "apply": Action(
            service=payments.apply_payment,
            summary="Apply a payment to invoices",
            body=ApplyInput,
            body_example=examples.APPLICATION,
        ),
        "unapply": Action(
            service=payments.unapply_payment,
            summary="Take a payment off invoices",
            body=UnapplyInput,
            body_example=examples.UNAPPLICATION,
        ),
    },
    filters={"reference_number": TextFilter(help_text="The payment with this reference.")},
    refused=_SETTLING,
)

SALES_RECEIPTS = resource(SALES_RECEIPT)

REFUND_RECEIPTS = resource(
    REFUND_RECEIPT,
    records=translation.refund_receipts,
    create_input=RefundReceiptInput,
    output=RefundReceiptOutput,
    worded=translation.refund_words,
    steps={"complete": Action(service=complete_refund_receipt, summary="Complete a pending refund receipt")},
    filters={"payment_id": UUIDFilter(help_text="Only those of this payment.")},
    refused=_SETTLING,
)

SALES_ORDERS = resource(
    SALES_ORDER,
    records=translation.sales_orders,
    create_input=SalesOrderInput,
    output=SalesOrderOutput,
    steps={
        "convert": Action(
            service=convert_order,
            summary="Draft an invoice of a sales order",
            body=QuantitiesInput,
            body_example=examples.QUANTITIES,
            makes=INVOICES,
            errors={409: ("NOT_CONVERTIBLE",), 422: ("OVER_INVOICED",)},
        ),
        "fulfil": Action(
            service=fulfil_order,
            summary="Count what was delivered of a sales order",
            body=QuantitiesInput,
            body_example=examples.QUANTITIES,
        ),
    },
    conflicts=("NOT_CONVERTIBLE",),
)

QUOTES = resource(
    QUOTE,
    records=translation.quotes,
    create_input=QuoteInput,
    output=QuoteOutput,
    steps={
        "send": Action(service=orders.send_quote, summary="Mark a quote as sent"),
        "accept": Action(service=orders.accept_quote, summary="Mark a quote as accepted"),
        "decline": Action(service=orders.decline_quote, summary="Mark a quote as declined"),
        "convert": Action(
            service=orders.convert_quote,
            summary="Make a sales order of a quote",
            makes=SALES_ORDERS,
            errors={409: ("NOT_CONVERTIBLE",)},
        ),
        "invoice": Action(
            service=invoice_quote,
            summary="Draft an invoice of a quote, by way of its sales order",
            makes=INVOICES,
            errors={409: ("NOT_CONVERTIBLE",)},
        ),
    },
)
