"""Customers: what may be said of them, and when they may go."""

from decimal import Decimal

import pytest

from backfill.errors import ValidationFailed
from backfill.tenancy.models import Company
from ledger.documents.errors import DuplicateName, DuplicateTaxId, DuplicateVatId, HasOpenInvoices, PartyInactive
from ledger.errors import RecordInUse, ReferenceNotFound, UnknownCurrency
from ledger.models import Account, Activity
from receivables import selectors
from receivables.customers.customers import (
    create_customer,
    deactivate_customer,
    delete_customer,
    register_customer,
    rename_customer,
    update_customer,
)
from receivables.errors import CustomerNotFound
from receivables.models import Customer
from receivables.services.marking_paid import mark_invoice_paid
from tests.factories import make_company, make_customer, make_invoice, make_payment
from tests.receivables.books import ACTOR, by

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company(chart="skr04", currency="EUR")


def test_keeps_what_it_is_told(company: Company) -> None:
    customer = create_customer(
        {"name": "  Acme   GmbH ", "email": "office@example.com", "credit_limit": Decimal(1000), "tax_ids": [{"a": 1}]},
        company=company,
        actor=ACTOR,
    )
    assert (customer.name, customer.credit_limit) == ("Acme GmbH", Decimal(1000))
    assert Activity.objects.filter(subject_id=customer.id, verb="created").exists()


@pytest.mark.parametrize(
    ("values", "refusal", "field"),
    [
        ({"name": ""}, ValidationFailed, "name"),
        ({"name": "x" * 256}, ValidationFailed, "name"),
        ({"name": "A", "email": "nobody"}, ValidationFailed, "email"),
        ({"name": "A", "currency": "XXX"}, UnknownCurrency, "currency"),
        ({"name": "A", "default_account_code": "9999999"}, ReferenceNotFound, "default_account_code"),
    ],
)
def test_refuses_what_cannot_be(company: Company, values: dict[str, str], refusal: type[Exception], field: str) -> None:
    with pytest.raises(refusal) as refused:
        create_customer(values, company=company, actor=ACTOR)
    assert refused.value.field == field  # type: ignore[attr-defined]


def test_refuses_another_companys_account(company: Company) -> None:
    foreign = Account.objects.filter(company=make_company()).first()
    assert foreign is not None
    with pytest.raises(ReferenceNotFound):
        create_customer({"name": "A", "default_account_id": foreign.id}, company=company, actor=ACTOR)


def test_changes_only_what_is_said(company: Company) -> None:
    customer = make_customer(company, name="Acme", phone="1")
    changed = update_customer(customer, {"email": "a@example.com"}, actor=ACTOR)
    assert (changed.name, changed.phone, changed.email) == ("Acme", "1", "a@example.com")


class TestRegistering:
    def test_refuses_a_name_a_tax_number_or_a_vat_id_in_use(self, company: Company) -> None:
        values = {"name": "Acme GmbH", "tax_id": "12/345", "vat_id": "DE136695976"}
        first = register_customer(values, company=company, actor=ACTOR)
        deactivate_customer(company_id=company.id, customer_id=first.id, actor=ACTOR)
        for again, refusal in (
            ({"name": "ACME gmbh"}, DuplicateName),
            ({"name": "B", "tax_id": "12/345"}, DuplicateTaxId),
            ({"name": "B", "vat_id": "DE136695976"}, DuplicateVatId),
        ):
            with pytest.raises(refusal) as refused:
                register_customer(again, company=company, actor=ACTOR)
            assert refused.value.details["existing_id"] == str(first.id)
        register_customer({"name": "B"}, company=company, actor=ACTOR)
        register_customer({"name": "C"}, company=company, actor=ACTOR)

    def test_lets_a_customer_keep_its_name_in_other_letters(self, company: Company) -> None:
        customer = register_customer({"name": "Acme"}, company=company, actor=ACTOR)
        register_customer({"name": "Bolt"}, company=company, actor=ACTOR)
        assert rename_customer(customer, {"name": "ACME"}, actor=ACTOR).name == "ACME"
        with pytest.raises(DuplicateName):
            rename_customer(customer, {"name": "bolt"}, actor=ACTOR)


class TestLeaving:
    def test_waits_until_everything_is_paid(self, company: Company) -> None:
        invoice = make_invoice(company)
        key = {"company_id": company.id, "customer_id": invoice.customer_id, "actor": ACTOR}
        with pytest.raises(HasOpenInvoices):
            deactivate_customer(**key)
        mark_invoice_paid(**by(company, invoice))
        assert not deactivate_customer(**key).is_active
        assert not deactivate_customer(**key).is_active
        with pytest.raises(PartyInactive):
            make_invoice(company, customer=invoice.customer)

    def test_deletes_only_who_has_no_documents(self, company: Company) -> None:
        customer = make_customer(company)
        delete_customer(**by(company, customer))
        assert not Customer.objects.filter(id=customer.id).exists()
        with pytest.raises(RecordInUse, match="has documents"):
            delete_customer(**by(company, make_invoice(company, status="draft").customer))

    def test_hides_another_companys_customer(self, company: Company) -> None:
        with pytest.raises(CustomerNotFound):
            delete_customer(**by(company, make_customer(make_company())))


def test_knows_what_everyone_owes_in_one_statement(company: Company, django_assert_num_queries: object) -> None:
    acme, bolt = make_customer(company, name="Acme"), make_customer(company, name="Bolt")
    make_customer(company, name="Calm")
    make_invoice(company, customer=acme)
    make_invoice(company, customer=acme, status="draft")
    make_payment(company, "30.00", customer=acme)
    make_payment(company, "5.00", customer=bolt)
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = {customer.name: customer.balance for customer in selectors.customers(company.id)}
    assert found == {"Acme": Decimal(70), "Bolt": Decimal(-5), "Calm": Decimal(0)}
    balances = selectors.customer_balances(company_id=company.id, customer_ids=[acme.id, bolt.id])
    assert balances[acme.id].balance == Decimal(70)
    assert balances[bolt.id].open_credits == Decimal(5)
