"""Whatever is typed into a form of sales is answered by the form, never by a server error, and nothing half done."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company
from ledger.documents.pages.typed_line import TypedLine
from receivables.models import Customer
from tests.factories import make_item
from tests.receivables.books import prove
from tests.receivables.pages.conftest import make_order
from tests.receivables.pages.forms import as_shown
from tests.receivables.pages.routes import records

pytestmark = pytest.mark.django_db

NASTY = (
    *("\0", "-1", "0", "1e400", "NaN", "9" * 60, "0." + "1" * 30, "٣", "x" * 3000, "😀", "<b>", "10 % + + %", "%"),
    *("9999-99-99", "0001-01-01", "a@b, c", "--", "1,2,3.4.5", "00000000-0000-0000-0000-000000000000"),
)
EDITORS = ("new_invoice", "new_sales_receipt", "new_refund_receipt")
FORMS = {
    "new_customer": "",
    "pay_invoice": "invoice",
    "discount_invoice": "invoice",
    "write_off_invoice": "invoice",
    "send_invoice": "invoice",
    "void_invoice": "invoice",
    "refund_payment": "payment",
    "edit_payment": "payment_draft",
    "new_item": "",
    "change_item": "item",
}


def some(seed: int) -> list[str]:
    """A few of them, others for every seed; all of everything would take minutes."""
    return [NASTY[(seed * 5 + step * 4) % len(NASTY)] for step in range(3)]


def answer(client: Client, url: str, form: dict[str, Any]) -> int:
    return client.post(url, form).status_code


@pytest.mark.parametrize("name", EDITORS)
def test_editors_take_whatever_is_typed(name: str, owner: Client, company: Company, customer: Customer) -> None:
    make_item(company, name="Rope", unit_price=5)
    url = reverse(f"admin:{name}")
    good = {
        **as_shown(owner.get(url + f"?customer={customer.pk}")),
        **{column: [""] for column in TypedLine.inputs},
        "description": ["Work"],
        "unit_amount": ["5"],
        "quantity": ["1"],
    }
    assert answer(owner, url, {**good, "action": "confirm"}) == 302
    for seed, field in enumerate(sorted(good)):
        for nasty in some(seed + len(name)):
            wrong = {**good, field: [nasty] if field in TypedLine.inputs else nasty, "action": "confirm"}
            status = answer(owner, url, wrong)
            assert status in {302, 404, 409, 422}, (field, nasty)
    prove(company)


@pytest.mark.parametrize("name", FORMS)
def test_forms_take_whatever_is_typed(name: str, owner: Client, company: Company, customer: Customer) -> None:
    ids = {**records(company, customer), "item": make_item(company, name="Rope").pk}
    url = reverse(f"admin:{name}", args=[ids[FORMS[name]]] if FORMS[name] else [])
    form = owner.get(url).context["form"]
    good = {field: form[field].value() or "" for field in form.fields}
    for seed, field in enumerate(good):
        for nasty in some(seed + len(name)):
            status = answer(owner, url, {**good, field: nasty})
            assert status in {302, 404, 409, 422} | ({400} if field == "request_id" else set()), (field, nasty)
    prove(company)


def test_grids_take_whatever_is_typed(owner: Client, company: Company, customer: Customer) -> None:
    ids = records(company, customer)
    order = make_order(company, customer, status="open")
    item = make_item(company, name="Rope", quantity_on_hand=5, purchase_cost=2)
    only = order.lines.get()
    for nasty in NASTY:
        for name, key, form in (
            ("apply_payment", ids["payment"], {f"pay-{ids['invoice']}": nasty}),
            ("invoice_sales_order", order.pk, {f"take-{only.pk}": nasty}),
            ("fulfil_sales_order", order.pk, {f"take-{only.pk}": nasty}),
            ("unapply_payment", ids["payment"], {"invoice": nasty}),
            ("count_item", item.pk, {"seen": "5", "counted": [nasty]}),
            ("count_item", item.pk, {"seen": "5", "counted": [""], "new_place": nasty, "new_counted": "1"}),
        ):
            status = answer(owner, reverse(f"admin:{name}", args=[key]), form)
            assert status in {302, 404, 409, 422}, (name, nasty)
    for seed, query in enumerate(("customer", "invoice", "amount", "currency", "page", "q", "state", "start")):
        for nasty in some(seed):
            for name in ("new_invoice", "new_payment", "invoices", "items"):
                assert owner.get(reverse(f"admin:{name}"), {query: nasty}).status_code in {200, 404}, (
                    name,
                    query,
                    nasty,
                )
    prove(company)
