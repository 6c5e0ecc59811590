"""Customers of a German company get the number of their own account, as DATEV wants it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.accounts.accounts import create_account
from ledger.documents.errors import DuplicatePersonalAccount
from ledger.errors import DuplicateAccount
from receivables.customers.customers import update_customer
from receivables.models import Customer
from tests.factories import make_company, make_customer, make_invoice


def german() -> Company:
    return make_company(chart="skr04", currency="EUR", country="DE")


@pytest.mark.django_db
class TestNumbers:
    def test_are_given_from_10000_on_in_each_company(self) -> None:
        company, other = german(), german()
        numbers = [make_customer(company).personal_account for _ in range(3)]
        assert numbers == ["10000", "10001", "10002"]
        assert make_customer(other).personal_account == "10000"

    def test_follow_the_highest_that_was_stated(self) -> None:
        company = german()
        make_customer(company, personal_account="10700")
        make_customer(company, personal_account="70001")
        make_customer(company, personal_account="K-99999")
        assert make_customer(company).personal_account == "10701"

    def test_fill_gaps_once_the_last_is_given(self) -> None:
        company = german()
        make_customer(company, personal_account="69999")
        make_customer(company, personal_account="10000")
        assert make_customer(company).personal_account == "10001"

    def test_are_unique(self) -> None:
        company = german()
        first, second = make_customer(company), make_customer(company)
        with pytest.raises(DuplicatePersonalAccount) as refused:
            make_customer(company, personal_account=first.personal_account)
        assert (refused.value.field, refused.value.details["existing_id"]) == ("personal_account", str(first.id))
        with pytest.raises(DuplicatePersonalAccount):
            update_customer(second, {"personal_account": "10000"}, actor=system_actor())

    def test_are_on_the_lines_of_the_control_account(self) -> None:
        company = german()
        invoice = make_invoice(company, customer=make_customer(company))
        assert [line.personal_account for line in invoice.entry.lines.order_by("line_number")] == ["10000", ""]

    def test_are_not_for_other_charts(self) -> None:
        assert make_customer(make_company()).personal_account == ""


@pytest.mark.django_db(transaction=True)
def test_gives_each_number_once_when_many_customers_come_at_once() -> None:
    company = german()

    def create(_: int) -> None:
        try:
            make_customer(company)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(create, range(16)))
    numbers = sorted(Customer.objects.filter(company=company).values_list("personal_account", flat=True))
    assert numbers == [str(number) for number in range(10_000, 10_016)]


@pytest.mark.django_db
class TestAccountNumbers:
    @pytest.mark.parametrize("code", ["BANK", "18.00", "000", "123456789"])
    def test_are_digits_in_a_german_chart(self, code: str) -> None:
        with pytest.raises(ValidationFailed) as refused:
            create_account(company=german(), name="Bank", type="asset", code=code, actor=system_actor())
        assert refused.value.field == "code"

    @pytest.mark.parametrize("code", ["18000", "18000000"])
    def test_do_not_become_another_one_in_datev(self, code: str) -> None:
        with pytest.raises(DuplicateAccount, match="same number as 1800"):
            create_account(company=german(), name="Bank", type="asset", code=code, actor=system_actor())

    def test_may_be_longer_than_the_charts(self) -> None:
        account = create_account(company=german(), name="Bank", type="asset", code="18501", actor=system_actor())
        assert account.code == "18501"

    def test_are_free_elsewhere(self) -> None:
        assert create_account(company=make_company(), name="Bank", type="asset", code="BANK", actor=system_actor())
