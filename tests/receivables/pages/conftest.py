"""A company that sells, with people signed in to its admin."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from receivables.models import CreditMemo, Customer, Payment, Quote, RefundReceipt, SalesOrder, SalesReceipt
from receivables.services.credit_memos import create_credit_memo
from receivables.services.orders import create_quote, create_sales_order
from receivables.services.payments import create_payment
from receivables.services.refund_receipts import create_refund_receipt
from receivables.services.sales_receipts import create_sales_receipt
from tests.factories import line, make_company, make_customer
from tests.workspace.conftest import own_counters, signed_in

__all__ = ["own_counters", "signed_in"]

ACTOR = system_actor()


@pytest.fixture
def company(db: None) -> Company:
    return make_company(name="Acme Tools, Inc.", chart="us", currency="USD", country="US")


@pytest.fixture
def customer(company: Company) -> Customer:
    return make_customer(company, name="Harbor Supplies", payment_terms_days=14)


@pytest.fixture
def owner(company: Company, signed_in: Callable[..., Client]) -> Client:
    return signed_in(company)


@pytest.fixture
def other(db: None) -> Company:
    """Another company, in which none of the people are members."""
    return make_company(name="Other GmbH", chart="skr03", currency="EUR", country="DE")


def make_unapplied_payment(company: Company, customer: Customer, amount: str = "30.00") -> Payment:
    values = {"customer_id": customer.pk, "amount": Decimal(amount), "document_date": date(2026, 2, 1)}
    return create_payment({**values, "status": "completed"}, company=company, actor=ACTOR)


def make_draft_payment(company: Company, customer: Customer, **values: Any) -> Payment:
    body = {"customer_id": customer.pk, "amount": Decimal("30.00"), "document_date": date(2026, 2, 1), **values}
    return create_payment(body, company=company, actor=ACTOR)


def make_receipt(company: Company, **values: Any) -> SalesReceipt:
    body = {"document_date": date(2026, 2, 1), "lines": [line("15.00")], "status": "completed", **values}
    return create_sales_receipt(body, company=company, actor=ACTOR)


def make_refund(company: Company, **values: Any) -> RefundReceipt:
    body = {"document_date": date(2026, 2, 1), "lines": [line("5.00")], "status": "completed", **values}
    return create_refund_receipt(body, company=company, actor=ACTOR)


def make_credit_memo(company: Company, customer: Customer, **values: Any) -> CreditMemo:
    body = {"customer_id": customer.pk, "document_date": date(2026, 2, 1), "lines": [line("20.00")], "status": "open"}
    return create_credit_memo({**body, **values}, company=company, actor=ACTOR)


def make_quote(company: Company, customer: Customer, **values: Any) -> Quote:
    body = {"customer_id": customer.pk, "document_date": date(2026, 2, 1), "lines": [line("50.00")], **values}
    return create_quote(body, company=company, actor=ACTOR)


def make_order(company: Company, customer: Customer, **values: Any) -> SalesOrder:
    body = {"customer_id": customer.pk, "document_date": date(2026, 2, 1), "lines": [line("60.00")], **values}
    return create_sales_order(body, company=company, actor=ACTOR)
