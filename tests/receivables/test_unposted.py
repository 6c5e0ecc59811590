"""`ledger.documents.unposted`: drafts of documents that a final lock must not leave behind."""

from datetime import date

import pytest
from django.db import transaction

from backfill.tenancy.models import Role
from ledger.errors import PeriodNotLockable
from ledger.journal.locking import request_lock
from receivables.models import RefundReceipt, SalesReceipt
from receivables.services.credit_memos import create_credit_memo
from receivables.services.invoices import delete_invoice, void_invoice
from receivables.services.sales_receipts import create_sales_receipt
from tests.factories import actor_of, line, make_company, make_customer, make_invoice, make_member, make_payment

pytestmark = pytest.mark.django_db


def test_blocks_the_lock_by_every_document_that_would_post_in_it() -> None:
    company = make_company()
    asker = actor_of(make_member(company, role=Role.OWNER))
    customer = make_customer(company)
    make_invoice(company, customer=customer, on=date(2026, 3, 1))
    draft = make_invoice(company, customer=customer, on=date(2026, 3, 31), status="draft")
    later = make_invoice(company, customer=customer, on=date(2026, 3, 31), status="draft", effective_date="2026-04-01")
    make_invoice(company, customer=customer, on=date(2026, 4, 1), status="draft")
    payment = make_payment(company, "10.00", customer=customer, on=date(2026, 3, 2), status="draft")
    fields = {"customer_id": customer.id, "document_date": date(2026, 3, 3), "lines": [line("5.00")]}
    memo = create_credit_memo(fields, company=company, actor=asker)
    receipt = create_sales_receipt({**fields, "status": "draft"}, company=company, actor=asker)
    assert (SalesReceipt.objects.count(), RefundReceipt.objects.count()) == (1, 0)
    with pytest.raises(PeriodNotLockable) as refused, transaction.atomic():
        request_lock(company=company, name="2026-03", actor=asker)
    assert [(one["type"], one["id"]) for one in refused.value.details["blockers"]] == [
        ("payment", str(payment.id)),
        ("credit_memo", str(memo.id)),
        ("sales_receipt", str(receipt.id)),
        ("invoice", str(draft.id)),
    ]
    assert later.posting_date == date(2026, 4, 1)


def test_is_not_blocked_by_what_is_void_or_deleted() -> None:
    company = make_company()
    asker = actor_of(make_member(company, role=Role.OWNER))
    for end in (void_invoice, delete_invoice):
        end(company_id=company.id, document_id=make_invoice(company, status="draft").id, actor=asker)
    assert request_lock(company=company, name="2026-01", actor=asker).status == "pending"
