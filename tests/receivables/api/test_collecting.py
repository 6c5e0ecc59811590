"""Paper, e-invoices, mail, recurring invoices and reminders, over the Backfill contract."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from backfill.tenancy.models import Company
from receivables.models import Invoice, Mailing, RecurringInvoice
from receivables.recurring.invoices import draft_due_invoices
from receivables.services.delivery import deliver_mailing
from tests.factories import line, make_customer, make_invoice
from tests.ledger.api.conftest import ApiClient
from tests.receivables import einvoices as kinds
from tests.receivables.api.conftest import refusal
from tests.receivables.books import ACTOR
from tests.receivables.letters import german_company, german_customer, pages_of

pytestmark = pytest.mark.django_db

LEVELS = {"levels": [{"days_overdue": 7, "fee": "5.00", "interest_rate": "9"}]}
UNTAXED = {"tax_status": "out_of_scope"}  # a German company's lines are taxed where they say nothing
PAPERS = ("pdf", "xml")


@pytest.fixture
def seller(api_client: Callable[..., ApiClient]) -> ApiClient:
    return api_client(german_company())


@pytest.fixture
def other(api_client: Callable[..., ApiClient]) -> ApiClient:
    return api_client(german_company())


def data(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.content
    return response.json()["data"]


def template(company: Company, **values: Any) -> dict[str, Any]:
    customer = make_customer(company)
    lines = [{"description": "Hosting", "quantity": "1.5", "unit_amount": "20.00", "amount": "30.00", **UNTAXED}]
    return {
        "name": "Hosting",
        "customer_id": str(customer.id),
        "starts_on": "2026-01-31",
        "invoice": {"lines": lines, "notes": "Thanks"},
        **values,
    }


def overdue(company: Company) -> Invoice:
    facts = {"on": date(2026, 2, 1), "due_date": date(2026, 3, 1), "customer": german_customer(company)}
    return make_invoice(company, line("1000", tax_code="UST19"), **facts)


class TestPaper:
    def test_prints_an_invoice(self, seller: ApiClient) -> None:
        invoice = kinds.plain(seller.company)
        response = seller.get(f"/v1/invoices/{invoice.id}/pdf")
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == 'inline; filename="INV-1001.pdf"'
        assert "Rechnung INV-1001" in pages_of(response.content)[0]
        hybrid = seller.get(f"/v1/invoices/{invoice.id}/pdf", format="factur-x")
        assert b"factur-x.xml" in hybrid.content

    def test_writes_e_invoices(self, seller: ApiClient) -> None:
        invoice = kinds.plain(seller.company)
        response = seller.get(f"/v1/invoices/{invoice.id}/xml")
        assert response["Content-Type"] == "application/xml"
        assert etree.QName(etree.fromstring(response.content)).localname == "CrossIndustryInvoice"
        response = seller.get(f"/v1/invoices/{invoice.id}/xml", format="xrechnung")
        assert etree.QName(etree.fromstring(response.content)).localname == "Invoice"

    def test_serves_credit_memos(self, seller: ApiClient) -> None:
        memo = kinds.credit_memo(seller.company)
        assert "Rechnungskorrektur" in pages_of(seller.get(f"/v1/credit_memos/{memo.id}/pdf").content)[0]
        xml = seller.get(f"/v1/credit_memos/{memo.id}/xml", format="xrechnung").content
        assert etree.QName(etree.fromstring(xml)).localname == "CreditNote"

    def test_lists_what_is_missing(self, seller: ApiClient) -> None:
        invoice = make_invoice(seller.company, line("1", tax_code="UST19"), customer=german_customer(seller.company))
        response = seller.get(f"/v1/invoices/{invoice.id}/xml", format="xrechnung")
        assert (response.status_code, response.json()["code"]) == (422, "EINVOICE_NOT_POSSIBLE")
        assert response.json()["details"]["problems"] == [
            {
                "term": "BT-10",
                "message": "the buyer reference (Leitweg-ID)",
                "rule": "BR-DE-15",
                "where": "customer: buyer_reference",
            }
        ]

    def test_refuses_an_e_invoice_of_a_draft(self, seller: ApiClient) -> None:
        draft = make_invoice(seller.company, status="draft")
        assert refusal(seller.get(f"/v1/invoices/{draft.id}/xml"))[:2] == (409, "INVALID_STATE_TRANSITION")
        assert "ENTWURF" in pages_of(seller.get(f"/v1/invoices/{draft.id}/pdf").content)[0]

    @pytest.mark.parametrize("paper", PAPERS)
    def test_hides_someone_elses_documents(self, seller: ApiClient, other: ApiClient, paper: str) -> None:
        invoice, memo = kinds.plain(other.company), kinds.credit_memo(other.company)
        for path in (f"invoices/{invoice.id}", f"credit_memos/{memo.id}"):
            assert seller.get(f"/v1/{path}/{paper}").status_code == 404

    @pytest.mark.parametrize("paper", PAPERS)
    def test_needs_the_scope(self, seller: ApiClient, api_client: Callable[..., ApiClient], paper: str) -> None:
        invoice = kinds.plain(seller.company)
        reader = api_client(seller.company, scopes=("bank:read",))
        assert reader.get(f"/v1/invoices/{invoice.id}/{paper}").status_code == 403


class TestSending:
    def test_answers_the_mailing(self, seller: ApiClient) -> None:
        invoice = kinds.plain(seller.company)
        response = seller.post(f"/v1/invoices/{invoice.id}/send", {"recipients": ["a@example.com"], "message": "Hi"})
        sent = data(response, 202)
        assert (sent["status"], sent["recipients"], sent["body"], sent["format"]) == (
            "queued",
            ["a@example.com"],
            "Hi",
            "factur-x",
        )
        mailing_id = response.json()["id"]
        assert data(seller.get(f"/v1/mailings/{mailing_id}")) == sent
        listed = seller.get("/v1/mailings", subject_id=str(invoice.id)).json()
        assert [row["id"] for row in listed["data"]] == [mailing_id]

    def test_is_one_mail_for_one_request(self, seller: ApiClient) -> None:
        invoice = kinds.plain(seller.company)
        for _ in range(2):
            headers = {"X-Request-Id": "5f0c6a1e-0000-4000-8000-000000000001"}
            assert seller.post(f"/v1/invoices/{invoice.id}/send", {}, **headers).status_code == 202
        assert Mailing.objects.count() == 1

    def test_sends_credit_memos(self, seller: ApiClient) -> None:
        memo = kinds.credit_memo(seller.company)
        assert data(seller.post(f"/v1/credit_memos/{memo.id}/send", {"format": "pdf"}), 202)["kind"] == "credit_memo"

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"recipients": ["nobody"]}, "recipients[0]"),
            ({"format": "fax"}, "format"),
            ({"to": "a@example.com"}, "to"),
        ],
    )
    def test_refuses_what_is_wrong(self, seller: ApiClient, body: Any, field: str) -> None:
        invoice = kinds.plain(seller.company)
        assert refusal(seller.post(f"/v1/invoices/{invoice.id}/send", body)) == (422, "VALIDATION_ERROR", field)

    def test_hides_someone_elses_documents(self, seller: ApiClient, other: ApiClient) -> None:
        invoice, memo = kinds.plain(other.company), kinds.credit_memo(other.company)
        for path in (f"invoices/{invoice.id}", f"credit_memos/{memo.id}"):
            assert seller.post(f"/v1/{path}/send", {}).status_code == 404
        mailing = other.post(f"/v1/invoices/{invoice.id}/send", {}).json()["id"]
        assert seller.get(f"/v1/mailings/{mailing}").status_code == 404
        assert seller.get("/v1/mailings").json()["data"] == []


class TestRecurring:
    def test_creates_changes_and_deletes(self, seller: ApiClient) -> None:
        response = seller.post("/v1/recurring_invoices", template(seller.company, confirms_invoices=True))
        made, key = data(response, 201), response.json()["id"]
        assert (made["status"], made["next_on"], made["confirms_invoices"]) == ("active", "2026-01-31", True)
        assert made["invoice"]["lines"][0]["quantity"] == "1.5"
        changed = data(seller.put(f"/v1/recurring_invoices/{key}", {"interval_unit": "year", "due_days": 7}))
        assert (changed["interval_unit"], changed["due_days"], changed["name"]) == ("year", 7, "Hosting")
        assert data(seller.post(f"/v1/recurring_invoices/{key}/pause"))["status"] == "paused"
        assert data(seller.post(f"/v1/recurring_invoices/{key}/resume"))["status"] == "active"
        assert seller.delete(f"/v1/recurring_invoices/{key}").json()["deleted"] is True

    def test_shows_what_was_drafted(self, seller: ApiClient) -> None:
        key = seller.post("/v1/recurring_invoices", template(seller.company)).json()["id"]
        with time_machine.travel("2026-03-01T12:00:00Z"):
            draft_due_invoices(recurring_id=RecurringInvoice.objects.get().id, actor=ACTOR)
        runs = data(seller.get(f"/v1/recurring_invoices/{key}"))["recent_runs"]
        assert [run["occurs_on"] for run in runs] == ["2026-02-28", "2026-01-31"]
        assert data(seller.get(f"/v1/invoices/{runs[0]['invoice_id']}"))["total_amount"] == "30.00"

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"invoice": {"lines": []}}, "invoice.lines"),
            (
                {"invoice": {"lines": [{"description": "x", "amount": "1", "tax_code": "NO"}]}},
                "invoice.lines[0].tax_code",
            ),
            ({"invoice": {"lines": [{"description": "x", "amount": "1"}], "status": "open"}}, "invoice.status"),
            ({"interval_unit": "moon"}, "interval_unit"),
            ({"customer_id": "01890000-0000-7000-8000-000000000000"}, "customer_id"),
        ],
    )
    def test_refuses_what_is_wrong(self, seller: ApiClient, values: Any, field: str) -> None:
        response = seller.post("/v1/recurring_invoices", template(seller.company, **values))
        assert refusal(response)[0::2] == (422, field)

    def test_hides_someone_elses_templates(self, seller: ApiClient, other: ApiClient) -> None:
        key = other.post("/v1/recurring_invoices", template(other.company)).json()["id"]
        path = f"/v1/recurring_invoices/{key}"
        for response in (
            seller.get(path),
            seller.put(path, {"name": "Mine"}),
            seller.delete(path),
            seller.post(f"{path}/pause"),
            seller.post(f"{path}/resume"),
        ):
            assert response.status_code == 404
        assert seller.get("/v1/recurring_invoices").json()["data"] == []


class TestDunning:
    def proposal(self, seller: ApiClient) -> str:
        data(seller.put("/v1/dunning_policy", LEVELS))
        overdue(seller.company)
        assert seller.post("/v1/dunning_proposals/search").json() == {"proposed": 1}
        return str(seller.get("/v1/dunning_proposals").json()["data"][0]["id"])

    def test_keeps_the_policy(self, seller: ApiClient) -> None:
        assert seller.get("/v1/dunning_policy").status_code == 404
        put = data(seller.put("/v1/dunning_policy", {**LEVELS, "is_automatic": True}))
        assert put == data(seller.get("/v1/dunning_policy"))
        assert (put["is_automatic"], put["levels"][0]["fee"]) == (True, "5.00")
        assert refusal(seller.put("/v1/dunning_policy", {"levels": [{"days_overdue": 0}]}))[0] == 422

    def test_sends_and_charges_a_reminder(self, seller: ApiClient) -> None:
        with time_machine.travel("2026-03-15T12:00:00Z"):
            path = f"/v1/dunning_proposals/{self.proposal(seller)}"
            shown = data(seller.get(path))
            assert (shown["status"], shown["days_overdue"], shown["total_amount"]) == ("proposed", 14, "1199.11")
            sent = data(seller.post(f"{path}/send", {}))
            assert (sent["status"], sent["sent_on"]) == ("queued", "2026-03-15")
            assert refusal(seller.post(f"{path}/charge", {}))[:2] == (409, "INVALID_STATE_TRANSITION")
            deliver_mailing(UUID(sent["mailing_id"]))
            assert data(seller.get(path))["status"] == "sent"
            assert data(seller.get(f"/v1/mailings/{sent['mailing_id']}"))["kind"] == "reminder"
            charged = data(seller.post(f"{path}/charge", {}))
            assert data(seller.get(f"/v1/invoices/{charged['charge_id']}"))["total_amount"] == "9.11"
            assert refusal(seller.post(f"{path}/dismiss", {}))[:2] == (409, "INVALID_STATE_TRANSITION")

    def test_notes_a_reminder_that_went_out_on_paper(self, seller: ApiClient) -> None:
        with time_machine.travel("2026-03-15T12:00:00Z"):
            path = f"/v1/dunning_proposals/{self.proposal(seller)}"
            assert refusal(seller.post(f"{path}/mark_sent", {"when": "now"}))[0::2] == (422, "when")
            noted = data(seller.post(f"{path}/mark_sent", {}))
            assert (noted["status"], noted["sent_on"], noted["mailing_id"]) == ("sent", "2026-03-15", None)
            assert data(seller.post(f"{path}/mark_sent", {})) == noted
            assert seller.get("/v1/mailings").json()["data"] == []

    def test_dismisses_a_reminder(self, seller: ApiClient) -> None:
        path = f"/v1/dunning_proposals/{self.proposal(seller)}"
        assert data(seller.post(f"{path}/dismiss", {"reason": "agreed"}))["dismissal_reason"] == "agreed"
        assert seller.get("/v1/dunning_proposals", status="dismissed").json()["pagination"]["total_count"] == 1

    def test_hides_someone_elses_reminders(self, seller: ApiClient, other: ApiClient) -> None:
        path = f"/v1/dunning_proposals/{self.proposal(other)}"
        for response in (
            seller.get(path),
            *(seller.post(f"{path}/{step}", {}) for step in ("send", "mark_sent", "dismiss", "charge")),
            seller.get("/v1/dunning_policy"),
        ):
            assert response.status_code == 404
        assert seller.get("/v1/dunning_proposals").json()["data"] == []
        assert seller.post("/v1/dunning_proposals/search").json() == {"proposed": 0}


class TestWarnings:
    def test_tell_of_the_credit_limit_before_it_is_too_late(self, seller: ApiClient) -> None:
        customer = make_customer(seller.company, credit_limit=Decimal(50))
        small = make_invoice(seller.company, line("40", **UNTAXED), customer=customer, status="draft")
        large = make_invoice(seller.company, line("60", **UNTAXED), customer=customer, status="draft")
        assert seller.get(f"/v1/invoices/{small.id}/warnings").json() == {"warnings": []}
        (warning,) = seller.get(f"/v1/invoices/{large.id}/warnings").json()["warnings"]
        assert (warning["code"], warning["details"]["exceeded_by"]) == ("CREDIT_LIMIT_EXCEEDED", "10.00")

    def test_hide_someone_elses_invoices(self, seller: ApiClient, other: ApiClient) -> None:
        assert seller.get(f"/v1/invoices/{kinds.plain(other.company).id}/warnings").status_code == 404


@pytest.mark.parametrize("plural", ["recurring_invoices", "dunning_proposals", "mailings"])
def test_lists_with_a_fixed_number_of_statements(seller: ApiClient, plural: str) -> None:
    def fill() -> None:
        invoice = overdue(seller.company)
        seller.post(f"/v1/invoices/{invoice.id}/send", {"format": "pdf"})
        seller.post("/v1/recurring_invoices", template(seller.company))
        seller.post("/v1/dunning_proposals/search")

    def statements(count: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert len(seller.get(f"/v1/{plural}").json()["data"]) == count
        return len(captured)

    seller.put("/v1/dunning_policy", LEVELS)
    fill()
    seller.get(f"/v1/{plural}")
    one = statements(1)
    fill()
    fill()
    assert statements(3) == one


def test_serves_the_papers_to_both_contracts(api_client: Callable[..., ApiClient]) -> None:
    company = german_company()
    invoice = kinds.plain(company)
    reader = api_client(company)
    response = reader.client.get(
        f"/v1/invoices/{invoice.id}/pdf",
        headers={"Authorization": f"Bearer {reader.token}", "Backfill-Contract": "books"},
    )
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
