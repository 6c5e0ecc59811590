"""A customer who owes more than it may is a warning, never a refusal."""

from datetime import date
from decimal import Decimal

import pytest

from backfill.tenancy.models import Company
from ledger.currencies.rates import record_exchange_rate
from receivables.customers.credit_limits import credit_limit_warning, credit_limit_warning_of
from tests.factories import line, make_company, make_customer, make_invoice, make_payment

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company()


def test_warns_above_the_limit_only(company: Company) -> None:
    customer = make_customer(company, credit_limit=Decimal(100))
    make_invoice(company, line("100"), customer=customer)
    assert credit_limit_warning(customer) is None
    warning = credit_limit_warning(customer, adding=Decimal("0.01"))
    assert warning is not None
    assert warning.facts() == {
        "code": "CREDIT_LIMIT_EXCEEDED",
        "message": "the customer owes 100.01 USD, 0.01 more than the limit of 100.00",
        "details": {"credit_limit": "100.00", "balance": "100.01", "exceeded_by": "0.01"},
    }


def test_has_nothing_to_say_without_a_limit(company: Company) -> None:
    customer = make_customer(company)
    make_invoice(company, line("1000000"), customer=customer)
    assert credit_limit_warning(customer) is None


def test_counts_what_the_customer_has_to_its_credit(company: Company) -> None:
    customer = make_customer(company, credit_limit=Decimal(50))
    make_invoice(company, line("100"), customer=customer)
    make_payment(company, "60", customer=customer)
    assert credit_limit_warning(customer) is None


def test_counts_a_draft_as_if_confirmed(company: Company) -> None:
    customer = make_customer(company, credit_limit=Decimal(150))
    confirmed = make_invoice(company, line("100"), customer=customer)
    assert credit_limit_warning_of(confirmed) is None
    draft = make_invoice(company, line("100"), customer=customer, status="draft")
    warning = credit_limit_warning_of(draft)
    assert warning is not None
    assert warning.exceeded_by == 50


def test_calculates_a_draft_in_base_currency(company: Company) -> None:
    customer = make_customer(company, credit_limit=Decimal(150))
    record_exchange_rate(company=company, currency="EUR", rate=Decimal("0.5"), on=date(2026, 1, 1))
    draft = make_invoice(company, line("100"), customer=customer, status="draft", currency="EUR")
    warning = credit_limit_warning_of(draft)
    assert warning is not None
    assert warning.balance == 200
