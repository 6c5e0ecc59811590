"""Invoices and credit memos by mail and as e-invoice."""

from typing import Any

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company, Role
from receivables.models import Customer, Invoice, Mailing
from receivables.services.delivery import deliver_mailing
from tests.factories import make_customer, make_invoice, make_member
from tests.receivables.einvoices import plain
from tests.receivables.letters import german_company
from tests.receivables.pages.conftest import make_credit_memo
from tests.receivables.pages.routes import make_sent_mail
from tests.workspace.conftest import SignedIn, words

pytestmark = pytest.mark.django_db

ONCE = "00000000-0000-7000-8000-000000000001"


@pytest.fixture
def invoice(company: Company) -> Invoice:
    customer = make_customer(company, name="Harbor Supplies", email="accounts@harbor.example")
    return make_invoice(company, customer=customer)


def german_reader(company: Company) -> Client:
    member = make_member(company, role=Role.OWNER)
    member.user.language = "de"
    member.user.save()
    client = Client()
    client.force_login(member.user)
    return client


class TestSending:
    def send(self, client: Client, invoice: Invoice, **values: str) -> Any:
        url = reverse("admin:send_invoice", args=[invoice.pk])
        form = {"recipients": "books@harbor.example", "mail_format": "automatic", "request_id": ONCE, **values}
        return client.post(url, form, follow=True)

    def test_proposes_the_customers_address_and_our_words(self, owner: Client, invoice: Invoice) -> None:
        page = owner.get(reverse("admin:send_invoice", args=[invoice.pk]))
        assert page.context["form"].initial["recipients"] == "accounts@harbor.example"
        assert f"please find attached our invoice {invoice}" in words(page)

    def test_mails_and_shows_what_became_of_it(self, owner: Client, invoice: Invoice) -> None:
        page = self.send(owner, invoice, recipients="books@harbor.example, boss@harbor.example")
        assert "On its way" in words(page)
        deliver_mailing(Mailing.objects.get().pk)
        assert "is on its way to books@harbor.example, boss@harbor.example." in words(page)
        [sent] = mail.outbox
        assert sent.to == ["books@harbor.example", "boss@harbor.example"]
        assert [name for name, _, _ in sent.attachments] == [f"{invoice}.pdf"]
        seen = words(owner.get(reverse("admin:invoice", args=[invoice.pk])))
        assert "Handed to the mail server" in seen
        assert reverse("admin:sent_pdf", args=[Mailing.objects.get().pk]) in seen
        assert "This invoice was mailed before" in words(owner.get(reverse("admin:send_invoice", args=[invoice.pk])))

    def test_sends_a_form_that_comes_twice_once(self, owner: Client, invoice: Invoice) -> None:
        for _ in range(2):
            self.send(owner, invoice)
        assert Mailing.objects.count() == 1

    def test_names_what_is_no_address(self, owner: Client, invoice: Invoice) -> None:
        page = self.send(owner, invoice, recipients="books@harbor.example, boss")
        assert page.status_code == 422
        assert "«boss» is not an e-mail address." in words(page)
        assert not Mailing.objects.exists()

    def test_refuses_an_e_invoice_that_lacks_something(self, owner: Client, invoice: Invoice) -> None:
        page = self.send(owner, invoice, mail_format="xrechnung")
        assert page.status_code == 422
        assert "cannot be written as XRechnung yet" in words(page)
        assert "billing_address" not in words(page)
        assert not Mailing.objects.exists()

    def test_refuses_an_e_invoice_in_the_readers_language(self, company: Company, invoice: Invoice) -> None:
        page = self.send(german_reader(company), invoice, mail_format="xrechnung")
        text = words(page)
        assert f"Für {invoice} als XRechnung fehlen Angaben. Ergänzen Sie: USt-IdNr. oder Steuernummer" in text
        assert "Land des Kunden" in text

    def test_sends_no_draft(self, owner: Client, company: Company) -> None:
        draft = make_invoice(company, status="draft")
        page = owner.get(reverse("admin:send_invoice", args=[draft.pk]))
        assert (page.status_code, "a draft invoice cannot be sent" in words(page)) == (409, True)
        assert self.send(owner, draft).status_code == 409
        assert not Mailing.objects.exists()

    def test_sends_nothing_void(self, owner: Client, invoice: Invoice) -> None:
        owner.post(reverse("admin:void_invoice", args=[invoice.pk]), {"reason": "Wrong"})
        page = self.send(owner, invoice)
        assert page.status_code == 409
        assert "is void; only a confirmed one is sent" in words(page)
        assert not Mailing.objects.exists()

    def test_sends_a_credit_memo(self, owner: Client, company: Company, customer: Customer) -> None:
        memo = make_credit_memo(company, customer)
        form = {"recipients": "books@harbor.example", "mail_format": "pdf"}
        page = owner.post(reverse("admin:send_credit_memo", args=[memo.pk]), form, follow=True)
        assert "On its way" in words(page)
        assert Mailing.objects.get().kind == "credit_memo"

    def test_says_why_a_mail_was_not_sent(self, owner: Client, invoice: Invoice) -> None:
        self.send(owner, invoice)
        Mailing.objects.update(status="failed", error="the mail server knows no such address")
        seen = words(owner.get(reverse("admin:invoice", args=[invoice.pk])))
        assert "Not sent" in seen
        assert "the mail server knows no such address" in seen

    def test_hands_out_the_file_as_it_was_sent(self, owner: Client, company: Company, invoice: Invoice) -> None:
        mailing = make_sent_mail(company, invoice.pk)
        answer = owner.get(reverse("admin:sent_pdf", args=[mailing.pk]))
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
        assert owner.get(reverse("admin:sent_xml", args=[mailing.pk])).status_code == 404

    def test_says_when_the_file_is_gone(self, owner: Client, company: Company, invoice: Invoice) -> None:
        mailing = make_sent_mail(company, invoice.pk)
        assert mailing.pdf is not None
        default_storage.delete(mailing.pdf.storage_name)
        answer = owner.get(reverse("admin:sent_pdf", args=[mailing.pk]))
        assert (answer.status_code, "no longer in the store" in words(answer)) == (404, True)


class TestEInvoice:
    def test_is_a_file(self, signed_in: SignedIn, db: None) -> None:
        company = german_company()
        invoice = plain(company)
        for name, root in (("", b"CrossIndustryInvoice"), ("?format=xrechnung", b"urn:oasis:names:specification:ubl")):
            answer = signed_in(company).get(reverse("admin:xml_invoice", args=[invoice.pk]) + name)
            assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml")
            assert answer["Content-Disposition"] == f'attachment; filename="{invoice}.xml"'
            assert root in answer.content

    def test_tells_all_that_is_missing_and_where_to_set_it(self, owner: Client, invoice: Invoice) -> None:
        page = owner.get(reverse("admin:xml_invoice", args=[invoice.pk]) + "?format=xrechnung")
        assert page.status_code == 422
        text = words(page)
        for told in (
            "Your VAT ID or tax number",
            "The customer&#x27;s country",
            "The buyer reference",
            "How line 1 is taxed",
        ):
            assert told in text, told
        assert f'href="{reverse("admin:company")}">Add it' in text
        assert f'href="{reverse("admin:change_customer", args=[invoice.customer_id])}">Add it' in text

    def test_tells_it_in_the_readers_language(self, company: Company, invoice: Invoice) -> None:
        client = german_reader(company)
        text = words(client.get(reverse("admin:xml_invoice", args=[invoice.pk]) + "?format=xrechnung"))
        company_gaps, rest = text.split("Beim Kunden ", 1)
        customer_gaps, document_gaps = rest.split("An der Rechnung selbst", 1)
        assert "USt-IdNr. oder Steuernummer Ihres Unternehmens" in company_gaps
        assert "Käuferreferenz (Leitweg-ID)" in customer_gaps
        assert "Steuerschlüssel oder Steuerstatus von Position 1" in document_gaps

    def test_is_not_made_of_a_draft(self, owner: Client, company: Company) -> None:
        draft = make_invoice(company, status="draft")
        page = owner.get(reverse("admin:xml_invoice", args=[draft.pk]))
        assert page.status_code == 409
        assert "only a confirmed one is written as e-invoice" in words(page)
        assert "Another company" not in words(page)
