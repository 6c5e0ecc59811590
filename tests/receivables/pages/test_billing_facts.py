"""What real invoices carry, entered in the admin."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from backfill.files.models import StoredFile
from backfill.files.services import keep_document
from backfill.tenancy.models import Company
from receivables.attachments import attached_files
from receivables.models import Customer, Invoice
from tests.factories import line, make_company, make_invoice
from tests.receivables.books import ACTOR
from tests.receivables.pages.forms import as_shown, typed
from tests.workspace.test_ledger_pages import words

pytestmark = pytest.mark.django_db


def shown(client: Client, address: str) -> dict[str, Any]:
    form = client.get(address).context["form"]
    return {name: value for name in form.fields if (value := form[name].value()) not in {None, False}}


def test_names_the_customers_order_contract_and_project(owner: Client, company: Company) -> None:
    invoice = make_invoice(company, status="draft", references={"order": "B-1", "tender": "LOS-6"})
    address = reverse("admin:edit_invoice", args=[invoice.pk])
    owner.post(address, {**as_shown(owner.get(address)), "contract": "V-2", "project": "P-3"})
    invoice.refresh_from_db()
    assert invoice.references == {"order": "B-1", "tender": "LOS-6", "contract": "V-2", "project": "P-3"}
    owner.post(address, {**as_shown(owner.get(address)), "order": "", "project": "P-4"})
    invoice.refresh_from_db()
    assert invoice.references == {"tender": "LOS-6", "contract": "V-2", "project": "P-4"}


def test_keeps_the_customers_mandate(owner: Client, company: Company, customer: Customer) -> None:
    address = reverse("admin:change_customer", args=[customer.pk])
    typed = {"mandate_reference": "M-1", "mandate_iban": "DE02 1001 0010 0006 8201 01", "country": "uk"}
    owner.post(address, shown(owner, address) | typed)
    customer.refresh_from_db()
    assert customer.direct_debit["iban"] == "DE02100100100006820101"
    assert customer.billing_address["country"] == "GB"
    page = owner.post(address, shown(owner, address) | {"country": "Narnia"})
    assert (page.status_code, "is no country" in words(page)) == (422, True)
    page = owner.post(address, shown(owner, address) | {"vat_id": "DE136695977"})
    assert (page.status_code, "is no VAT id of DE" in words(page)) == (422, True)


def test_keeps_what_the_register_says_of_the_company(owner: Client, company: Company) -> None:
    address = reverse("admin:company")
    typed = {
        "legal_form": "GmbH",
        "register_court": "Amtsgericht Hamburg",
        "register_number": "HRB 1",
        "directors": "Anna Muster",
        "further_accounts": "DE02 1203 0000 0000 2020 51\n",
        "representative_name": "Fiskal GmbH",
        "representative_vat_id": "136695976",
        "representative_city": "Hamburg",
        "representative_country": "DE",
    }
    owner.post(address, shown(owner, address) | typed)
    company.refresh_from_db()
    assert (company.legal_form, company.register_number, company.directors) == ("GmbH", "HRB 1", "Anna Muster")
    assert company.further_accounts == [{"iban": "DE02120300000000202051", "bic": "", "name": ""}]
    assert company.tax_representative == {
        "name": "Fiskal GmbH",
        "vat_id": "DE136695976",
        "address": {"city": "Hamburg", "country": "DE"},
    }
    page = owner.post(address, shown(owner, address) | {"creditor_id": "DE97ZZZ09999999999"})
    assert (page.status_code, "is no SEPA creditor identifier" in words(page)) == (422, True)


WORK = {"description": "Work", "quantity": "1", "unit_amount": "100.00"}
FACTS: dict[str, Any] = {
    "invoice_type": "384",
    "references": {"order": "B-1", "tender": "LOS-6", "object": "Zähler 7", "accounting": "KST 4"},
    "preceding_invoices": [{"number": "R 1", "date": "2025-12-31"}, {"number": "R-2", "date": None}],
    "cash_discounts": [{"days": 7, "percent": "3"}, {"days": 14, "percent": "2.50", "base_amount": "80.00"}],
    "payee": {"name": "Factor Bank", "identifier": "F-1", "legal_identifier": "HRB 99"},
    "is_direct_debit": True,
}


def facts_of(invoice: Invoice) -> dict[str, Any]:
    invoice.refresh_from_db()
    return {name: getattr(invoice, name) for name in FACTS}


class TestHeader:
    def test_keeps_what_came_over_the_api_word_for_word(self, owner: Client, company: Company) -> None:
        invoice = make_invoice(company, status="draft", **FACTS)
        before, address = facts_of(invoice), reverse("admin:edit_invoice", args=[invoice.pk])
        page = owner.get(address)
        assert page.context["form"].has_buyer_facts
        owner.post(address, {**as_shown(page), "memo": "Changed"})
        assert (facts_of(invoice), invoice.memo) == (before, "Changed")

    def test_takes_what_is_typed_and_shows_it_again(self, owner: Client, company: Company, customer: Customer) -> None:
        typed_facts = {
            "invoice_type": "326",
            "cash_discounts": "3% in 7 days; 14 Tage: 2.5 % of 80.00",
            "preceding_invoices": "R 1 2025-12-31;R-2",
            "payee_name": "Factor Bank",
            "payee_identifier": "F-1",
            "tender": "LOS-6",
            "despatch_advice": "LS-3",
            "is_direct_debit": "yes",
        }
        owner.post(reverse("admin:new_invoice"), typed(customer, WORK, **typed_facts))
        invoice = Invoice.objects.get(company=company)
        assert facts_of(invoice) == {
            "invoice_type": "326",
            "references": {"tender": "LOS-6", "despatch_advice": "LS-3"},
            "preceding_invoices": [{"number": "R 1", "date": "2025-12-31"}, {"number": "R-2"}],
            "cash_discounts": [{"days": 7, "percent": "3"}, {"days": 14, "percent": "2.5", "base_amount": "80.00"}],
            "payee": {"name": "Factor Bank", "identifier": "F-1"},
            "is_direct_debit": True,
        }
        shown_again = as_shown(owner.get(reverse("admin:edit_invoice", args=[invoice.pk])))
        assert shown_again["cash_discounts"] == "7 days 3 %; 14 days 2.5 % of 80.00"
        assert shown_again["preceding_invoices"] == "R 1 2025-12-31; R-2"

    def test_is_taken_out_again(self, owner: Client, company: Company) -> None:
        invoice = make_invoice(company, status="draft", **FACTS)
        address = reverse("admin:edit_invoice", args=[invoice.pk])
        cleared = dict.fromkeys(("cash_discounts", "preceding_invoices", "is_direct_debit", "tender"), "")
        cleared |= dict.fromkeys(("payee_name", "payee_identifier", "payee_legal_identifier", "order"), "")
        owner.post(address, {**as_shown(owner.get(address)), **cleared, "invoice_type": "380"})
        assert facts_of(invoice) == {
            "invoice_type": "380",
            "references": {"object": "Zähler 7", "accounting": "KST 4"},
            "preceding_invoices": [],
            "cash_discounts": [],
            "payee": {},
            "is_direct_debit": False,
        }

    @pytest.mark.parametrize(
        "refused",
        [
            ("cash_discounts", "2 %", "names no days"),
            ("cash_discounts", "14 days", "names no days and percentage"),
            ("cash_discounts", "14 days 2 % soon", "«soon» is not understood"),
            ("cash_discounts", "14 days 101 %", "at most 100"),
            ("cash_discounts", "14 days 2.125 %", "two decimals"),
            ("preceding_invoices", "R-1 2025-13-31", ""),
            ("prepayments", "R-404", "There is no invoice «R-404»"),
            ("payee_identifier", "F-1", ""),
            ("invoice_type", "999", "Choose one of the list"),
            ("tender", "x" * 101, "At most 100 characters"),
        ],
    )
    def test_is_refused_at_its_field(
        self, owner: Client, company: Company, customer: Customer, refused: tuple[str, str, str]
    ) -> None:
        name, text, told = refused
        page = owner.post(reverse("admin:new_invoice"), typed(customer, WORK, **{name: text}))
        assert page.status_code == 422
        form = page.context["form"]
        place = "payee_name" if name == "payee_identifier" else name
        assert told.casefold() in form.errors[place].casefold()
        assert (form.header[name], form.has_buyer_facts) == (text, True)
        assert not Invoice.objects.filter(company=company).exists()

    def test_takes_advance_invoices_off_by_their_numbers(
        self, owner: Client, company: Company, customer: Customer
    ) -> None:
        on = date(2026, 2, 1)
        advance = make_invoice(company, line("30"), customer=customer, on=on, invoice_type="386")
        number = advance.document_number.lower()
        owner.post(reverse("admin:new_invoice"), typed(customer, WORK, prepayments=f" {number} ;"))
        invoice = Invoice.objects.get(company=company, status="draft")
        assert [one["invoice_id"] for one in invoice.prepayments] == [str(advance.pk)]
        address = reverse("admin:edit_invoice", args=[invoice.pk])
        assert as_shown(owner.get(address))["prepayments"] == advance.document_number
        plain = make_invoice(company, line("30"), customer=customer, on=on)
        page = owner.post(address, {**as_shown(owner.get(address)), "prepayments": plain.document_number})
        assert "is not an advance or partial invoice" in page.context["form"].errors["prepayments"]
        owner.post(address, {**as_shown(owner.get(address)), "prepayments": ""})
        invoice.refresh_from_db()
        assert invoice.prepayments == []

    def test_stands_on_the_invoices_page(self, owner: Client, company: Company) -> None:
        invoice = make_invoice(company, status="draft", **FACTS)
        said = words(owner.get(reverse("admin:invoice", args=[invoice.pk])))
        discounts = "7 days 3 %; 14 days 2.50 % of 80.00"
        for fact in ("Corrected invoice", discounts, "Factor Bank", "LOS-6", "R 1 2025-12-31"):
            assert fact in said


LINE_FACTS: dict[str, Any] = {
    "is_charge": False,
    "list_price": Decimal("120.50"),
    "note": "For part 7",
    "buyer_sku": "K-77",
    "gtin": "4006381333931",
    "buyer_order_line": "10",
    "accounting_reference": "4711",
    "delivered_on": date(2026, 2, 27),
    "billing_period_start": datetime(2026, 2, 1, 9, 30, tzinfo=UTC),
    "billing_period_end": datetime(2026, 2, 28, 9, 30, tzinfo=UTC),
}


EMPTY = dict.fromkeys(("note", "buyer_sku", "gtin", "buyer_order_line", "accounting_reference"), "") | {
    "is_charge": False
}


def line_facts_of(invoice: Invoice) -> list[dict[str, Any]]:
    return [{name: getattr(row, name) for name in LINE_FACTS} for row in invoice.lines.order_by("line_number")]


class TestLine:
    def test_keeps_what_came_over_the_api_to_the_second(self, owner: Client, company: Company) -> None:
        invoice = make_invoice(company, line("100.00", **LINE_FACTS), line("7"), status="draft")
        before, address = line_facts_of(invoice), reverse("admin:edit_invoice", args=[invoice.pk])
        assert before[0] == LINE_FACTS
        page = owner.get(address)
        assert [one.has_facts for one in page.context["form"].lines] == [True, False, False]
        owner.post(address, {**as_shown(page), "memo": "Changed"})
        assert line_facts_of(invoice) == before

    def test_takes_what_is_typed_and_what_is_taken_out(
        self, owner: Client, company: Company, customer: Customer
    ) -> None:
        typed_facts = {
            "is_charge": ["", "yes"],
            "list_price": ["120.50", ""],
            "note": ["For part 7", ""],
            "gtin": ["4006381333931", ""],
            "buyer_order_line": ["10", "20"],
            "delivered_on": ["2026-02-27", ""],
            "billing_period_start": ["2026-02-01", ""],
            "billing_period_end": ["2026-02-28", ""],
        }
        freight = {"description": "Freight", "unit_amount": "12.00"}
        owner.post(reverse("admin:new_invoice"), {**typed(customer, WORK, freight), **typed_facts})
        invoice = Invoice.objects.get(company=company)
        first, second = line_facts_of(invoice)
        assert [company.day_of(first[f"billing_period_{end}"]).isoformat() for end in ("start", "end")] == [
            "2026-02-01",
            "2026-02-28",
        ]
        assert (first["list_price"], first["note"], first["gtin"]) == (Decimal("120.50"), "For part 7", "4006381333931")
        assert (first["delivered_on"], first["buyer_order_line"]) == (date(2026, 2, 27), "10")
        assert (second["is_charge"], second["buyer_order_line"], second["list_price"]) == (True, "20", None)
        address = reverse("admin:edit_invoice", args=[invoice.pk])
        changed = as_shown(owner.get(address)) | {name: ["", "", ""] for name in typed_facts}
        owner.post(address, {**changed, "list_price": ["130", "", ""]})
        first, second = line_facts_of(invoice)
        assert first == {**dict.fromkeys(LINE_FACTS), **EMPTY, "list_price": Decimal(130)}
        assert second == {**dict.fromkeys(LINE_FACTS), **EMPTY}

    @pytest.mark.parametrize(
        "refused",
        [
            ("gtin", "4006381333932", "is no GTIN"),
            ("list_price", "much", "is not a number"),
            ("list_price", "99", "100"),
            ("delivered_on", "2026-02-30", ""),
            ("billing_period_start", "soon", ""),
            ("buyer_sku", "x" * 101, "At most 100 characters"),
        ],
    )
    def test_is_refused_at_its_cell(
        self, owner: Client, company: Company, customer: Customer, refused: tuple[str, str, str]
    ) -> None:
        name, text, told = refused
        page = owner.post(reverse("admin:new_invoice"), {**typed(customer, WORK, WORK), name: ["", text]})
        assert page.status_code == 422
        first, second = page.context["form"].lines
        assert told in second.errors[name]
        assert (first.errors, second.facts[name]) == ({}, text)
        assert second.errors[name] in words(page)
        assert not Invoice.objects.filter(company=company).exists()


PDF = b"%PDF-1.7\n%%EOF\n"


def pdf(name: str, content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


class TestFiles:
    def test_come_along_stay_and_are_taken_off(self, owner: Client, company: Company, customer: Customer) -> None:
        first, second = pdf("a.pdf", PDF), pdf("b.pdf", PDF + b"\n%%EOF\n")
        owner.post(reverse("admin:new_invoice"), {**typed(customer, WORK), "new_attachment_ids": [first, second]})
        invoice = Invoice.objects.get(company=company)
        assert [row.original_name for row in attached_files(invoice)] == ["a.pdf", "b.pdf"]
        before, address = invoice.attachment_ids, reverse("admin:edit_invoice", args=[invoice.pk])
        page = owner.get(address)
        assert (f'value="{before[0]}" checked' in page.content.decode(), "a.pdf" in words(page)) == (True, True)
        owner.post(address, {**as_shown(page), "memo": "Changed"})
        invoice.refresh_from_db()
        assert (invoice.memo, invoice.attachment_ids) == ("Changed", before)
        third = pdf("c.pdf", PDF + b"\n\n%%EOF\n")
        owner.post(address, {**as_shown(owner.get(address)), "attachment_ids": before[1], "new_attachment_ids": third})
        invoice.refresh_from_db()
        assert [row.original_name for row in attached_files(invoice)] == ["b.pdf", "c.pdf"]
        owner.post(address, {**as_shown(owner.get(address)), "attachment_ids": ""})
        invoice.refresh_from_db()
        assert invoice.attachment_ids == []

    def test_of_another_kind_are_refused_at_their_field(
        self, owner: Client, company: Company, customer: Customer
    ) -> None:
        wrong = SimpleUploadedFile("a.exe", b"MZ", content_type="application/x-msdownload")
        page = owner.post(reverse("admin:new_invoice"), {**typed(customer, WORK), "new_attachment_ids": wrong})
        assert page.context["form"].errors["attachment_ids"] in words(page)
        assert (page.context["form"].has_buyer_facts, Invoice.objects.count(), StoredFile.objects.count()) == (
            True,
            0,
            0,
        )

    def test_of_another_company_are_none(self, owner: Client, company: Company, customer: Customer) -> None:
        theirs = keep_document(
            company=make_company(), content=PDF, name="a.pdf", mime_type="application/pdf", actor=ACTOR
        )
        form = {**typed(customer, WORK), "attachment_ids": [str(theirs.pk), "x"]}
        owner.post(reverse("admin:new_invoice"), form)
        assert Invoice.objects.get(company=company).attachment_ids == []
