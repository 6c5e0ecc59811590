"""A customer's statement as a letter, and by mail."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail

from backfill.errors import ValidationFailed
from backfill.tenancy.models import Company
from ledger.models import Activity
from receivables.delivery.statement_mail import send_statement
from receivables.errors import CustomerNotFound
from receivables.models import Customer, Mailing, MailingStatus
from receivables.printing.statements import statement_name, statement_pdf
from receivables.services.delivery import deliver_mailing
from receivables.services.invoices import void_invoice
from receivables.statements import customer_statement
from tests.factories import line, make_company, make_invoice, make_payment
from tests.receivables.books import ACTOR, by
from tests.receivables.letters import german_company, german_customer, pages_of

pytestmark = pytest.mark.django_db

UNTAXED = {"tax_status": "out_of_scope"}  # a German company's lines are taxed where they say nothing

START, END = date(2026, 2, 1), date(2026, 2, 28)


@pytest.fixture
def company() -> Company:
    return german_company()


@pytest.fixture
def customer(company: Company) -> Customer:
    return german_customer(company)


def text_of(customer: Customer, **options: Any) -> str:
    return " ".join(pages_of(statement_pdf(customer_statement(customer, start=START, end=END, **options))))


def test_tells_what_moved_and_what_is_open(company: Company, customer: Customer) -> None:
    """1,190.00 of January, 595.00 of February less 200.00 paid, and 59.50 that was void again."""
    january = make_invoice(
        company, line("1000", tax_code="UST19"), customer=customer, on=date(2026, 1, 5), due_date=date(2026, 1, 19)
    )
    make_invoice(
        company, line("500", tax_code="UST19"), customer=customer, on=date(2026, 2, 20), due_date=date(2026, 3, 6)
    )
    make_payment(company, "200", january, on=date(2026, 2, 10))
    wrong = make_invoice(company, line("50", tax_code="UST19"), customer=customer, on=date(2026, 2, 21))
    void_invoice(**by(company, wrong), on=date(2026, 2, 22))
    text = text_of(customer)
    for expected in (
        "Kontoauszug",
        "Zeitraum 01.02.2026 – 28.02.2026",
        "Übergrößen & Söhne KG",
        "01.02.2026 Saldovortrag 1.190,00",
        "10.02.2026 Zahlung PAY-1001 200,00 990,00",
        "20.02.2026 Rechnung INV-1002 06.03.2026 595,00 1.585,00",
        "22.02.2026 Rechnung INV-1003, storniert 59,50 1.585,00",
        "Saldo am 28.02.2026 1.585,00 €",
        "davon überfällig 990,00",
        "05.01.2026 Rechnung INV-1001 19.01.2026 40 990,00",
        "Verwendungszweck INV-1001, INV-1002",
    ):
        assert expected in text


def test_asks_for_nothing_when_nothing_is_owed(company: Company, customer: Customer) -> None:
    make_payment(company, "10", customer=customer, on=date(2026, 2, 3))
    text = text_of(customer)
    assert "Guthaben am 28.02.2026 10,00 €" in text
    assert "Verwendungszweck" not in text


def test_is_written_in_the_language_of_the_customer_and_one_currency(company: Company) -> None:
    customer = german_customer(company, language="en")
    make_invoice(company, line("70", **UNTAXED), customer=customer, on=date(2026, 2, 3))
    make_invoice(
        company,
        line("7", **UNTAXED),
        customer=customer,
        on=date(2026, 2, 3),
        currency="USD",
        exchange_rate=Decimal("0.9"),
    )
    text = text_of(customer, currency="USD")
    assert "Statement of account" in text
    assert "Balance on 28 Feb 2026 US$7.00" in text
    assert "70.00" not in text


def test_prints_the_same_bytes_again(company: Company, customer: Customer) -> None:
    make_invoice(company, customer=customer, on=date(2026, 2, 3))
    statement = customer_statement(customer, start=START, end=END)
    assert statement_pdf(statement) == statement_pdf(statement)
    assert statement_name(statement) == "kontoauszug-2026-02-28.pdf"


def sent(customer: Customer, **options: Any) -> Mailing:
    return send_statement(
        company_id=customer.company_id, customer_id=customer.id, start=START, end=END, actor=ACTOR, **options
    )


def test_mails_what_the_books_said_when_it_was_asked_for(company: Company, customer: Customer) -> None:
    make_invoice(company, line("70", **UNTAXED), customer=customer, on=date(2026, 2, 3))
    mailing = sent(customer)
    make_invoice(company, line("5", **UNTAXED), customer=customer, on=date(2026, 2, 4))
    assert deliver_mailing(mailing.id) == MailingStatus.SENT
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["muster@example.com"], "Kontoauszug 28.02.2026 – Nordwind Handel GmbH")
    ((name, content, mime_type),) = message.attachments
    assert (name, mime_type) == ("kontoauszug-2026-02-28.pdf", "application/pdf")
    assert "Saldo am 28.02.2026 70,00 €" in " ".join(pages_of(content))
    assert Activity.objects.filter(subject_type="customer", subject_id=customer.id, verb="mailed").exists()


def test_mails_a_request_once(company: Company, customer: Customer) -> None:
    assert sent(customer, request_id="a") == sent(customer, request_id="a")
    assert sent(customer, request_id="b").pk
    assert Mailing.objects.count() == 2


def test_refuses_a_customer_without_an_address_and_someone_elses(company: Company) -> None:
    with pytest.raises(ValidationFailed) as refused:
        sent(german_customer(company, email=""))
    assert refused.value.field == "recipients"
    foreign = german_customer(make_company())
    with pytest.raises(CustomerNotFound):
        send_statement(company_id=company.id, customer_id=foreign.id, start=START, end=END, actor=ACTOR)
