"""The tax codes that the forms of sales offer: for sales, of the day, by their names."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.inventory.items import create_item
from receivables.models import RefundReceipt
from receivables.services.invoices import confirm_invoice, create_invoice
from receivables.services.payments import create_payment
from tests.factories import make_company, make_customer
from tests.receivables.test_derived_tax import DAY

pytestmark = pytest.mark.django_db
ACTOR = system_actor()
OF_2026 = [
    *("UST0-13B", "UST0-DRITT", "UST0-EUL", "UST0-EX", "UST0-EXP", "UST0-IGL", "UST0-KU", "UST19", "UST7"),
]
OF_2020 = [*OF_2026[:-2], "UST16", "UST5"]


@pytest.fixture
def company(db: None) -> Company:
    return make_company(name="Muster GmbH", chart="skr03", currency="EUR", country="DE")


@pytest.fixture
def owner(company: Company, signed_in: Callable[..., Client]) -> Client:
    return signed_in(company)


def draft(company: Company, **values: object) -> Any:
    lines = [{"description": "Work", "amount": Decimal(100)}]
    customer = make_customer(company)
    made = {"customer_id": customer.pk, "document_date": DAY, "lines": lines, **values}
    return create_invoice(made, company=company, actor=ACTOR)


@pytest.mark.parametrize(
    ("values", "offered"),
    [
        ({"document_date": "2026-03-10"}, OF_2026),
        ({"document_date": "2020-12-31"}, OF_2020),
        ({"document_date": "2021-01-05", "shipping_details": {"delivery_date": "2020-12-30"}}, OF_2020),
    ],
)
def test_an_editor_offers_codes_for_sales_of_its_day(
    owner: Client, company: Company, values: dict[str, object], offered: list[str]
) -> None:
    made = draft(company, **values)
    page = owner.get(reverse("admin:edit_invoice", args=[made.pk]))
    codes = page.context["offered_codes"]
    assert [code.code for code in codes if code.is_offered] == offered
    assert not [code.code for code in codes if code.code.startswith("VST")]
    text = page.content.decode()
    hidden = set(re.findall(r'<option value="(UST[^"]*)"[^>]* hidden disabled', text))
    assert hidden == {code.code for code in codes} - set(offered)
    assert "UST7 · Umsatzsteuer 7 %" in text or "UST5 · Umsatzsteuer 5 %" in text


@pytest.mark.parametrize("form", ["new_item", "new_customer", "usual_tax"])
def test_a_form_offers_codes_for_sales_of_today(owner: Client, form: str) -> None:
    fields = owner.get(reverse(f"admin:{form}")).context["form"].fields
    choices = fields["code" if form == "usual_tax" else "tax_code"].choices
    assert [code for code, _ in choices] == ["", *OF_2026]
    assert ("UST7", "UST7 · Umsatzsteuer 7 %") in choices


def test_a_code_that_is_chosen_stays_with_its_days(owner: Client, company: Company) -> None:
    item = create_item({"name": "Old", "tax_code": "UST16"}, company=company, actor=ACTOR)
    customer = make_customer(company, tax_code="UST5")
    for page, args, code, label in (
        ("change_item", item.pk, "UST16", "UST16 · Umsatzsteuer 16 % (from 01.07.2020 until 31.12.2020)"),
        ("change_customer", customer.pk, "UST5", "UST5 · Umsatzsteuer 5 % (from 01.07.2020 until 31.12.2020)"),
    ):
        shown = owner.get(reverse(f"admin:{page}", args=[args])).context["form"].fields["tax_code"].choices
        assert (code, label) in shown


def test_a_refund_of_a_payment_warns_of_nothing(owner: Client, company: Company) -> None:
    paid = {"customer_id": make_customer(company).pk, "amount": Decimal(50), "document_date": DAY}
    payment = create_payment({**paid, "status": "completed"}, company=company, actor=ACTOR)
    values = {"total_amount": "50", "document_date": DAY.isoformat(), "paid_from_account_id": "", "reason": "Too much"}
    owner.post(reverse("admin:refund_payment", args=[payment.pk]), values)
    refund = RefundReceipt.objects.get()
    assert (refund.status, refund.total_amount, refund.tax_amount, refund.warnings) == ("completed", 50, 0, [])
    page = owner.get(reverse("admin:refund_receipt", args=[refund.pk])).content.decode()
    assert "not taxed" not in page


class TestAConfirmedInvoice:
    def test_says_how_to_mend_what_can_be_mended(self, owner: Client, company: Company) -> None:
        lines = [{"description": "Work", "amount": Decimal(100), "tax_rate": Decimal(0)}]
        made = draft(company, lines=lines, status="open")
        page = owner.get(reverse("admin:invoice", args=[made.pk])).content.decode()
        assert "the usual account is for UST19 (19 %)" in page
        assert "If that was not meant: void it, or issue a credit memo." in page

    def test_says_nothing_of_what_is_as_it_should_be(self, owner: Client, company: Company) -> None:
        book = create_item({"name": "Book", "tax_code": "UST7"}, company=company, actor=ACTOR)
        exempt = make_customer(company, name="Amt", tax_exempt=True)
        lines = [{"product_id": book.pk, "description": "Book", "amount": Decimal(100)}]
        made = draft(company, lines=lines, customer_id=exempt.pk)
        page = reverse("admin:invoice", args=[made.pk])
        assert "UST0-EX was taken, not UST7 of the item" in owner.get(page).content.decode()
        confirm_invoice(company_id=company.pk, document_id=made.pk, actor=ACTOR)
        assert "was taken" not in owner.get(page).content.decode()
