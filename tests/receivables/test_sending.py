"""Mailing invoices and credit memos: asked for once, sent once, kept as sent."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from smtplib import SMTPException
from threading import Barrier
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, connections
from django.test import Client, override_settings
from django.utils import timezone
from facturx import get_xml_from_pdf

from backfill.einvoices.errors import EInvoiceNotPossible
from backfill.errors import ValidationFailed
from backfill.files.selectors import opened_file
from backfill.tenancy.models import Company
from ledger.documents.errors import DocumentNotFound
from ledger.errors import InvalidStateTransition
from ledger.models import Activity, Attachment
from receivables.delivery.sending import send_credit_memo, send_invoice
from receivables.models import Invoice, Mailing, MailingStatus
from receivables.services.delivery import deliver_mailing, waiting_mailings
from receivables.services.invoices import void_invoice
from receivables.tasks import resume_mailings
from tests.factories import line, make_api_key, make_company, make_customer, make_invoice
from tests.outages import broker_away
from tests.receivables import einvoices as kinds
from tests.receivables.books import by
from tests.receivables.letters import german_company, german_customer, pages_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return german_company()


@pytest.fixture
def invoice(company: Company) -> Invoice:
    return kinds.plain(company)


@pytest.fixture
def eager_tasks() -> Iterator[None]:
    current_app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    current_app.conf.update(task_always_eager=False, task_eager_propagates=False)


class BrokenBackend(EmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise SMTPException("the server is busy")


broken = override_settings(EMAIL_BACKEND="tests.receivables.test_sending.BrokenBackend")


def sent(mailing: Mailing) -> Any:
    """Deliver a mailing and return the mail."""
    assert deliver_mailing(mailing.id) == MailingStatus.SENT
    return mail.outbox[-1]


class TestAsking:
    def test_writes_to_the_customer_in_its_language(self, company: Company, invoice: Invoice) -> None:
        mailing = send_invoice(**by(company, invoice))
        assert mailing.recipients == ["muster@example.com"]
        assert mailing.subject == "Rechnung INV-1001 – Nordwind Handel GmbH"
        assert (
            "unsere Rechnung INV-1001 vom 02.11.2026 über 119,00\N{NO-BREAK SPACE}€, fällig am 16.11.2026."
            in mailing.body
        )
        assert mailing.format == "factur-x"
        assert (mailing.status, mail.outbox) == ("queued", [])

    def test_writes_in_english(self) -> None:
        company = make_company(name="Northwind", country="US")
        customer = make_customer(company, email="jane@example.com", payment_terms_days=30)
        mailing = send_invoice(**by(company, make_invoice(company, customer=customer, on=kinds.DAY)))
        assert mailing.subject == "Invoice INV-1001 – Northwind"
        assert "our invoice INV-1001 of Nov 2, 2026 over $100.00, due on Dec 2, 2026." in mailing.body
        assert mailing.format == "pdf"

    def test_takes_the_senders_words(self, company: Company, invoice: Invoice) -> None:
        words = {"subject": "Your\ninvoice", "message": "Hello {{ x }} <b>", "recipients": ["a@example.com"]}
        mailing = send_invoice(**by(company, invoice), **words)
        assert (mailing.subject, mailing.body, mailing.recipients) == (
            "Your invoice",
            "Hello {{ x }} <b>",
            ["a@example.com"],
        )

    def test_starts_after_the_commit(
        self, company: Company, invoice: Invoice, django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks() as callbacks:
            send_invoice(**by(company, invoice))
        assert len(callbacks) == 1

    def test_is_the_same_mail_for_the_same_request(
        self, company: Company, invoice: Invoice, django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks() as callbacks:
            first, again = (send_invoice(**by(company, invoice), request_id="req-1") for _ in range(2))
            other = send_invoice(**by(company, invoice), request_id="req-2")
        assert first.id == again.id != other.id
        assert len(callbacks) == 2

    def test_tells_the_trail(self, company: Company, invoice: Invoice) -> None:
        sent(send_invoice(**by(company, invoice)))
        trail = Activity.objects.filter(subject_type="invoice", subject_id=invoice.id).order_by("at", "id")
        assert list(trail.values_list("verb", flat=True))[-3:] == ["mail_requested", "file_attached", "mailed"]

    @pytest.mark.parametrize("status", ["draft", "void"])
    def test_refuses_what_is_no_invoice(self, company: Company, status: str) -> None:
        invoice = make_invoice(company, status="draft" if status == "draft" else "open")
        if status == "void":
            void_invoice(**by(company, invoice))
        with pytest.raises(InvalidStateTransition):
            send_invoice(**by(company, invoice))

    def test_needs_an_address(self, company: Company) -> None:
        invoice = make_invoice(company, customer=make_customer(company))
        with pytest.raises(ValidationFailed) as refused:
            send_invoice(**by(company, invoice))
        assert refused.value.field == "recipients"
        with pytest.raises(ValidationFailed) as refused:
            send_invoice(**by(company, invoice), recipients=["a@example.com", "nobody"])
        assert refused.value.field == "recipients[1]"

    def test_refuses_an_e_invoice_that_is_not_possible(self, company: Company) -> None:
        customer = german_customer(company)
        invoice = make_invoice(company, line("1", tax_code="UST19"), customer=customer)
        with pytest.raises(EInvoiceNotPossible):
            send_invoice(**by(company, invoice), mail_format="xrechnung")

    @pytest.mark.parametrize("service", [send_invoice, send_credit_memo])
    def test_knows_nothing_of_someone_elses_documents(self, invoice: Invoice, service: Any) -> None:
        with pytest.raises(DocumentNotFound):
            service(**by(make_company(), invoice))


class TestDelivering:
    def test_follows_the_commit(
        self, company: Company, invoice: Invoice, eager_tasks: None, django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            mailing = send_invoice(**by(company, invoice))
            assert mail.outbox == []
        mailing.refresh_from_db()
        assert (mailing.status, len(mail.outbox)) == ("sent", 1)

    def test_comes_in_the_companys_name(self, company: Company, invoice: Invoice) -> None:
        message = sent(send_invoice(**by(company, invoice)))
        assert message.from_email == "Nordwind Handel GmbH <backfill@localhost>"
        assert message.reply_to == ["rechnung@example.com"]
        assert message.to == ["muster@example.com"]

    def test_attaches_the_hybrid_invoice(self, company: Company, invoice: Invoice) -> None:
        (file,) = sent(send_invoice(**by(company, invoice))).attachments
        assert (file[0], file[2]) == ("INV-1001.pdf", "application/pdf")
        assert get_xml_from_pdf(file[1])[0] == "factur-x.xml"

    def test_attaches_xrechnung_and_its_picture(self, company: Company, invoice: Invoice) -> None:
        xml, pdf = sent(send_invoice(**by(company, invoice), mail_format="xrechnung")).attachments
        assert (xml[0], xml[2], pdf[0]) == ("INV-1001.xml", "application/xml", "INV-1001.pdf")
        assert "xrechnung_3.0" in str(xml[1])

    def test_sends_a_credit_memo(self, company: Company) -> None:
        message = sent(send_credit_memo(**by(company, kinds.credit_memo(company)), mail_format="pdf"))
        assert message.subject.startswith("Rechnungskorrektur CM-1001")
        assert "Rechnungskorrektur CM-1001" in pages_of(message.attachments[0][1])[0]

    def test_keeps_what_was_sent(self, company: Company, invoice: Invoice) -> None:
        mailing = send_invoice(**by(company, invoice))
        message = sent(mailing)
        mailing.refresh_from_db()
        assert mailing.pdf is not None
        with opened_file(mailing.pdf) as kept:
            assert kept.read() == message.attachments[0][1]
        assert Attachment.objects.get(subject_id=invoice.id).document == mailing.pdf

    def test_sends_once(self, company: Company, invoice: Invoice) -> None:
        mailing = send_invoice(**by(company, invoice))
        assert [deliver_mailing(mailing.id) for _ in range(2)] == [MailingStatus.SENT, None]
        assert len(mail.outbox) == 1

    def test_waits_for_a_mail_server_that_fails(self, company: Company, invoice: Invoice) -> None:
        mailing = send_invoice(**by(company, invoice))
        with broken:
            assert deliver_mailing(mailing.id) == MailingStatus.QUEUED
        mailing.refresh_from_db()
        assert (mailing.status, mailing.error) == ("queued", "the server is busy")
        assert waiting_mailings() == []
        Mailing.objects.update(created_at=timezone.now() - timedelta(minutes=6))
        assert waiting_mailings() == [mailing.id]
        assert deliver_mailing(mailing.id) == MailingStatus.SENT

    def test_gives_up_after_a_day(self, company: Company, invoice: Invoice) -> None:
        mailing = send_invoice(**by(company, invoice))
        Mailing.objects.update(created_at=timezone.now() - timedelta(hours=25))
        assert resume_mailings() == 0
        mailing.refresh_from_db()
        assert (mailing.status, mailing.error) == ("failed", "no worker sent it within 24 hours")
        assert Activity.objects.filter(subject_id=invoice.id, verb="mail_failed").exists()

    def test_takes_over_from_a_worker_that_died(self, company: Company, invoice: Invoice) -> None:
        mailing = send_invoice(**by(company, invoice))
        Mailing.objects.update(claimed_at=timezone.now() - timedelta(minutes=5))
        assert deliver_mailing(mailing.id) is None
        Mailing.objects.update(claimed_at=timezone.now() - timedelta(minutes=20))
        assert deliver_mailing(mailing.id) == MailingStatus.SENT

    def test_fails_for_good_when_it_can_no_longer_be_written(self, company: Company, invoice: Invoice) -> None:
        mailing = send_invoice(**by(company, invoice), mail_format="xrechnung")
        Invoice.objects.filter(pk=invoice.pk).update(confirmed_facts={})  # as before they were kept
        customer = invoice.customer
        customer.buyer_reference = ""
        customer.save()
        assert deliver_mailing(mailing.id) == MailingStatus.FAILED
        mailing.refresh_from_db()
        assert "Leitweg-ID" in mailing.error


@pytest.mark.django_db(transaction=True)
def test_sends_once_by_eight_threads() -> None:
    company = german_company()
    mailing = send_invoice(**by(company, kinds.plain(company)), mail_format="pdf")
    statuses = at_once([lambda: deliver_mailing(mailing.id)] * 8)
    assert sorted(map(str, statuses)) == ["None"] * 7 + ["sent"]
    assert Mailing.objects.get().status == MailingStatus.SENT


@pytest.mark.django_db(transaction=True)
def test_asks_once_by_eight_threads() -> None:
    company = german_company()
    invoice = kinds.plain(company)
    ids = at_once([lambda: send_invoice(**by(company, invoice), mail_format="pdf", request_id="one").id] * 8)
    assert len(set(ids)) == 1
    assert Mailing.objects.count() == 1


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_is_asked_for_without_the_broker_and_sent_once_it_is_back(
    company: Company, invoice: Invoice, eager_tasks: None, django_capture_on_commit_callbacks: Any
) -> None:
    """The answer used to be 500 after the commit, so that callers asked again and the mail went out twice."""
    token = make_api_key(company).token
    client = Client(headers={"Authorization": f"Bearer {token}"})
    with broker_away(), django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"/v1/invoices/{invoice.id}/send", {}, "application/json")
    assert answer.status_code in {200, 202}
    mailing = Mailing.objects.get()
    assert (mailing.status, len(mail.outbox)) == ("queued", 0)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert resume_mailings() == 1
        assert resume_mailings() == 0
    mailing.refresh_from_db()
    assert (mailing.status, len(mail.outbox)) == ("sent", 1)
