"""Every page of sales, and the kind of record that each is about: what tests of roles and companies go through."""

from uuid import UUID

from backfill.tenancy.models import Company
from receivables.delivery.sending import send_invoice
from receivables.models import Customer, Mailing
from receivables.services.delivery import deliver_mailing
from tests.factories import make_invoice
from tests.receivables.pages.conftest import (
    ACTOR,
    make_credit_memo,
    make_draft_payment,
    make_order,
    make_quote,
    make_receipt,
    make_refund,
    make_unapplied_payment,
)

# Pages without an id: lists that everybody may look at, and forms.
LISTS = (
    *("customers", "invoices", "payments", "ageing", "credit_memos", "quotes", "sales_orders", "sales_receipts"),
    *("refund_receipts", "receivable_items", "mailings"),
)
FORMS = (
    *("new_customer", "new_invoice", "new_credit_memo", "new_quote", "new_sales_order", "new_sales_receipt"),
    *("new_refund_receipt", "new_payment"),
)

# Pages about one record: looked at by everybody, or by those who change it.
LOOKS = {
    "customer": "customer",
    "customer_items": "customer",
    "invoice": "invoice",
    "print_invoice": "invoice",
    "payment": "payment",
    "credit_memo": "credit_memo",
    "print_credit_memo": "credit_memo",
    "quote": "quote",
    "sales_order": "sales_order",
    "sales_receipt": "sales_receipt",
    "refund_receipt": "refund_receipt",
    "sent_pdf": "mailing",
}
REFUSED_LOOKS = {"xml_invoice": "invoice", "xml_credit_memo": "credit_memo"}  # the customer's country is missing
CHANGES = {
    "change_customer": "customer",
    "edit_invoice": "draft",
    "edit_quote": "quote_draft",
    "edit_payment": "payment_draft",
    "pay_invoice": "invoice",
    "discount_invoice": "invoice",
    "write_off_invoice": "invoice",
    "send_invoice": "invoice",
    "send_credit_memo": "credit_memo",
    "void_invoice": "invoice",
    "void_payment": "payment",
    "void_quote": "quote",
    "void_sales_receipt": "sales_receipt",
    "void_refund_receipt": "refund_receipt",
    "apply_payment": "payment",
    "apply_credit_memo": "credit_memo",
    "refund_payment": "payment",
    "refund_credit_memo": "credit_memo",
    "invoice_sales_order": "sales_order",
    "fulfil_sales_order": "sales_order",
}
BUTTONS = {
    "deactivate_customer": "customer",
    "activate_customer": "customer",
    "delete_customer": "customer",
    "confirm_invoice": "draft",
    "submit_invoice": "draft",
    "approve_invoice": "draft",
    "reject_invoice": "draft",
    "delete_invoice": "draft",
    "confirm_payment": "payment_draft",
    "delete_payment": "payment_draft",
    "unapply_payment": "payment",
    "unapply_credit_memo": "credit_memo",
    "accept_quote": "quote",
    "decline_quote": "quote",
    "convert_quote": "quote",
    "invoice_quote": "quote",
}


def records(company: Company, customer: Customer) -> dict[str, UUID]:
    """The id of one record of each kind."""
    invoice = make_invoice(company, customer=customer)
    return {
        "customer": customer.pk,
        "invoice": invoice.pk,
        "draft": make_invoice(company, customer=customer, status="draft").pk,
        "payment": make_unapplied_payment(company, customer).pk,
        "payment_draft": make_draft_payment(company, customer).pk,
        "credit_memo": make_credit_memo(company, customer).pk,
        "quote": make_quote(company, customer, status="sent").pk,
        "quote_draft": make_quote(company, customer).pk,
        "sales_order": make_order(company, customer, status="open").pk,
        "sales_receipt": make_receipt(company).pk,
        "refund_receipt": make_refund(company).pk,
        "mailing": make_sent_mail(company, invoice.pk).pk,
    }


def make_sent_mail(company: Company, invoice_id: UUID) -> Mailing:
    """A mail that has left, with the PDF that was kept of it."""
    mailing = send_invoice(
        company_id=company.pk, document_id=invoice_id, actor=ACTOR, recipients=["books@example.com"], mail_format="pdf"
    )
    deliver_mailing(mailing.pk)
    mailing.refresh_from_db()
    return mailing
