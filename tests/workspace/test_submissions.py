"""A form that is submitted twice has one effect."""

import re
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.urls.converters import IntConverter, UUIDConverter
from django.utils import timezone

from backfill.tenancy.models import ApiKey, Company
from backfill.urls import PAGES
from backfill.workspace.models import FormSubmission
from backfill.workspace.tasks import purge_form_submissions
from receivables.models import Customer, Invoice, Payment
from tests.factories import make_customer, make_invoice
from tests.receivables.test_races import at_once
from tests.workspace.conftest import Browser, SignedIn, words

# Signing in has no effect that money hangs on, and nobody is in a company yet.
_OF_NO_COMPANY = {"workspace/records/second_factor.html"}  # the device takes a code once
_BEFORE_SIGN_IN = {"tenancy/page.html", "workspace/sign_in.html", "workspace/sign_in_code.html"}
_POSTS = re.compile(r'<form[^>]*method="post"[^>]*>(.*?)</form>', re.DOTALL)


@pytest.fixture
def invoice(company: Company) -> Invoice:
    return make_invoice(company, customer=make_customer(company, name="Harbor Supplies"))


def payment_form(invoice: Invoice, amount: str = "60", **fields: str) -> dict[str, str]:
    return {"amount": amount, "paid_on": "2026-02-01", f"pay-{invoice.pk}": amount, **fields}


def payment_url(invoice: Invoice) -> str:
    return f"{reverse('admin:new_payment')}?customer={invoice.customer_id}"


def amounts(company: Company) -> list[int]:
    return sorted(
        int(amount) for amount in Payment.objects.filter(company=company).values_list("total_amount", flat=True)
    )


@pytest.mark.django_db
class TestTheSameForm:
    def test_pays_once_and_leads_to_what_it_did(self, owner: Client, company: Company, invoice: Invoice) -> None:
        form = payment_form(invoice, request_id=str(uuid4()))
        first = owner.post(payment_url(invoice), form)
        again = owner.post(payment_url(invoice), form)
        assert amounts(company) == [60]
        assert again.headers["Location"] == first.headers["Location"]
        assert "nothing was done a second time" in words(owner.get(again.headers["Location"]))

    def test_pays_again_with_other_content(self, owner: Client, company: Company, invoice: Invoice) -> None:
        key = str(uuid4())
        owner.post(payment_url(invoice), payment_form(invoice, request_id=key))
        owner.post(payment_url(invoice), payment_form(invoice, "40", request_id=key))
        assert amounts(company) == [40, 60]

    def test_may_be_sent_again_after_a_refusal(self, owner: Client, company: Company, invoice: Invoice) -> None:
        form = payment_form(invoice, request_id=str(uuid4()), paid_on="2026-02-30")
        assert owner.post(payment_url(invoice), form).status_code == 422
        assert not FormSubmission.objects.exists()
        assert owner.post(payment_url(invoice), {**form, "paid_on": "2026-02-28"}).status_code == 302

    def test_is_another_one_in_another_company(
        self, company: Company, other: Company, invoice: Invoice, signed_in: SignedIn
    ) -> None:
        key = str(uuid4())
        theirs = make_invoice(other)
        signed_in(company).post(payment_url(invoice), payment_form(invoice, request_id=key))
        signed_in(other).post(payment_url(theirs), payment_form(theirs, request_id=key))
        assert (len(amounts(company)), len(amounts(other))) == (1, 1)

    def test_takes_no_second_step(self, owner: Client, company: Company, invoice: Invoice) -> None:
        form = {"request_id": str(uuid4()), "reason": "Wrong"}
        url = reverse("admin:void_invoice", args=[invoice.pk])
        first, again = owner.post(url, form), owner.post(url, form)
        assert first.headers["Location"] == again.headers["Location"]
        assert "nothing was done a second time" in words(owner.get(again.headers["Location"]))

    def test_makes_one_key_and_shows_its_token_once(self, owner: Client, company: Company) -> None:
        page = owner.get(reverse("admin:new_api_key"))
        form = {"name": "Shop", "contract": "backfill", "scopes": "finance:read", "term": "90", **_hidden(page)}
        first = owner.post(reverse("admin:new_api_key"), form)
        again = owner.post(reverse("admin:new_api_key"), form)
        assert (first.status_code, again.status_code) == (200, 409)
        assert ApiKey.objects.filter(company=company).count() == 1
        assert "bf_live_" not in words(again)

    def test_is_forgotten_after_a_week(self, owner: Client, company: Company, invoice: Invoice) -> None:
        owner.post(payment_url(invoice), payment_form(invoice, request_id=str(uuid4())))
        assert purge_form_submissions() == 0
        FormSubmission.objects.update(created_at=timezone.now() - timedelta(days=8))
        assert purge_form_submissions() == 1


@pytest.mark.django_db(transaction=True)
def test_pays_once_however_many_requests_arrive_together(company: Company, signed_in: SignedIn) -> None:
    invoice = make_invoice(company, customer=make_customer(company))
    form = payment_form(invoice, request_id=str(uuid4()))
    owner = signed_in(company)
    calls = [partial(_browser_of(owner).post, payment_url(invoice), form) for _ in range(8)]
    answers = at_once(*calls)
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert amounts(company) == [60]


@pytest.mark.django_db
def test_is_known_by_what_the_page_wrote(owner: Client, company: Company) -> None:
    customer: Customer = make_customer(company, name="Harbor Supplies")
    page = owner.get(reverse("admin:new_payment") + f"?customer={customer.pk}")
    hidden = _hidden(page)
    assert hidden["page_company"] == str(company.pk)
    assert hidden["request_id"] != _hidden(owner.get(reverse("admin:new_payment")))["request_id"]


@pytest.mark.django_db
@pytest.mark.parametrize("request_id", ["", "17", None])
def test_does_nothing_without_it_on_any_page(owner: Client, company: Company, request_id: str | None) -> None:
    """Nothing on a page's way from its address to its answer matters: the ids are of no record."""
    sent = {} if request_id is None else {"request_id": request_id}
    pages, exempt = 0, set()
    for pattern in PAGES:
        page = pattern.callback.view_class
        if not hasattr(page, "post"):
            continue
        if not page.submits_once:
            exempt.add(pattern.name)
            continue
        kwargs = {name: _some(converter) for name, converter in pattern.pattern.converters.items()}
        kwargs |= {name: KNOWN[name] for name in KNOWN if name in kwargs and pattern.name != "change_numbering"}
        response = Client.post(owner, reverse(f"admin:{pattern.name}", kwargs=kwargs), sent)
        assert response.status_code == 400, (pattern.name, response.status_code)
        assert "nothing was done. Open the page anew" in words(response)
        pages += 1
    assert pages > 80
    assert exempt == {"security"}
    assert not FormSubmission.objects.exists()


# Which list or kind of record it is decides who may see the page.
KNOWN = {"key": "journal", "kind": "journal_entry"}


def _some(converter: Any) -> Any:
    return uuid4() if isinstance(converter, UUIDConverter) else 1 if isinstance(converter, IntConverter) else "x"


@pytest.mark.parametrize(
    "template",
    sorted(path for path in Path(settings.BASE_DIR, "templates").rglob("*.html")),
    ids=lambda path: path.name,
)
def test_has_its_keys_in_every_template(template: Path) -> None:
    name = template.relative_to(Path(settings.BASE_DIR, "templates")).as_posix()
    forms = _POSTS.findall(template.read_text())
    for form in forms:
        assert (
            "{% form_keys" in form
            or name in _BEFORE_SIGN_IN | _OF_NO_COMPANY
            or "switch_company" in template.read_text()
        ), name


def _hidden(page: Any) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.content.decode())
    return {name: value for name, value in found if name in {"request_id", "page_company"}}


def _browser_of(client: Client) -> Client:
    browser = Browser()
    browser.cookies = client.cookies.copy()  # type: ignore[assignment]
    return browser
