"""Reminders: proposed once per invoice and level, sent by a person or where the company says so, charged on demand."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from backfill.errors import ValidationFailed
from backfill.tenancy.models import Company
from ledger.currencies.rates import record_exchange_rate
from ledger.documents.errors import DocumentNotFound
from ledger.errors import InvalidStateTransition
from ledger.models import Activity
from receivables.dunning.reminders import charge_reminder, dismiss_reminder, mark_reminder_sent
from receivables.dunning.search import PAID
from receivables.dunning.sending import SentReminders, send_automatic_reminders, send_reminder, send_reminders
from receivables.models import DunningPolicy, DunningProposal, Invoice, Mailing, MailingStatus
from receivables.services.delivery import deliver_mailing
from receivables.services.invoices import void_invoice
from receivables.tasks import propose_company_reminders
from tests.factories import make_company, make_customer, make_invoice, make_payment
from tests.receivables.books import ACTOR, by, lines_of, posted
from tests.receivables.letters import german_company, german_customer, pages_of
from tests.receivables.reminders import DUE, LEVELS, delivered, overdue, proposed, reminding, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return reminding(german_company())


class TestPolicy:
    @pytest.mark.parametrize(
        ("levels", "field"),
        [
            ([{"days_overdue": 0}], "levels[0].days_overdue"),
            ([{"days_overdue": 7}, {"days_overdue": 7}], "levels[1].days_overdue"),
            ([{"days_overdue": 7, "fee": Decimal(-1)}], "levels[0].fee"),
            ([{"days_overdue": 7, "fee": Decimal("1.001")}], "levels[0].fee"),
            ([{"days_overdue": 7, "interest_rate": Decimal(101)}], "levels[0].interest_rate"),
            ([{"days_overdue": 7, "subject_en": "x" * 201}], "levels[0].subject_en"),
            ([{"days_overdue": 7 * n} for n in range(1, 11)], "levels"),
        ],
    )
    def test_is_checked(self, company: Company, levels: Any, field: str) -> None:
        with pytest.raises(ValidationFailed) as refused:
            reminding(company, levels=levels)
        assert refused.value.field == field

    def test_replaces_the_levels(self, company: Company) -> None:
        reminding(company, levels=LEVELS[:1], is_automatic=True)
        policy = DunningPolicy.objects.get(company=company)
        assert policy.levels.count() == 1
        since = policy.automatic_since
        reminding(company, levels=[], is_automatic=True)
        policy.refresh_from_db()
        assert policy.automatic_since == since is not None


class TestProposing:
    def test_waits_for_the_first_level(self, company: Company) -> None:
        invoice = overdue(company)
        assert proposed(company, 6) == []
        (proposal,) = proposed(company, 7)
        assert (proposal.invoice, proposal.level_number, proposal.days_overdue) == (invoice, 1, 7)
        assert (proposal.open_amount, proposal.fee, proposal.interest) == (1190, 0, 0)

    def test_proposes_once(self, company: Company) -> None:
        overdue(company)
        assert [len(proposed(company, 7)), len(proposed(company, 7)), len(proposed(company, 60))] == [1, 0, 0]

    def test_goes_level_by_level_with_time_between(self, company: Company) -> None:
        """Level 1 is sent late, on day 30: level 2 comes 14 days after it, not at once."""
        overdue(company)
        delivered(sent(proposed(company, 30)[0], 30))
        assert proposed(company, 43) == []
        (second,) = proposed(company, 44)
        assert (second.level_number, second.fee) == (2, 5)
        delivered(sent(second, 44))
        assert proposed(company, 57) == []
        (third,) = proposed(company, 58)
        sent(third, 58)
        assert proposed(company, 500) == []

    def test_goes_on_after_a_dismissal(self, company: Company) -> None:
        overdue(company)
        (first,) = proposed(company, 7)
        with time_machine.travel(DUE + timedelta(days=7, hours=12)):
            dismiss_reminder(company_id=company.id, proposal_id=first.id, actor=ACTOR, reason="on the phone")
        assert proposed(company, 20) == []
        assert proposed(company, 21)[0].level_number == 2

    def test_calculates_interest_on_what_is_open(self, company: Company) -> None:
        """(1,190 − 190) × 9.12 % × 90 days / 365 = 22.487… → 22.49"""
        invoice = overdue(company)
        make_payment(company, "190", invoice, on=date(2026, 3, 2))
        reminding(company, levels=LEVELS[2:])
        (proposal,) = proposed(company, 90)
        assert (proposal.open_amount, proposal.interest, proposal.fee) == (1000, Decimal("22.49"), 10)
        assert proposal.total_amount == Decimal("1032.49")

    def test_asks_the_fee_in_the_invoices_currency(self, company: Company) -> None:
        """5 EUR at 1.25 USD per EUR; where no rate is known there is no fee rather than no reminder."""
        reminding(company, levels=LEVELS[1:])
        overdue(company, currency="SEK", exchange_rate=Decimal("0.90"))
        assert proposed(company, 21)[0].fee == 0
        record_exchange_rate(company=company, currency="USD", rate=Decimal("1.25"), on=DUE)
        overdue(company, currency="USD", exchange_rate=Decimal("0.90"))
        (proposal,) = proposed(company, 21)
        assert (proposal.currency, proposal.fee) == ("USD", Decimal("6.25"))

    def test_dismisses_what_was_paid_since(self, company: Company) -> None:
        invoice = overdue(company)
        (proposal,) = proposed(company, 7)
        make_payment(company, "1190", invoice, on=date(2026, 3, 9))
        assert proposed(company, 30) == []
        proposal.refresh_from_db()
        assert (proposal.status, proposal.dismissal_reason) == ("dismissed", PAID)

    def test_leaves_paid_void_and_draft_invoices_alone(self, company: Company) -> None:
        make_payment(company, "1190", overdue(company), on=date(2026, 3, 2))
        void_invoice(**by(company, overdue(company)))
        overdue(company, status="draft")
        assert proposed(company, 90) == []

    def test_proposes_nothing_without_levels(self) -> None:
        company = german_company()
        overdue(company)
        assert proposed(company, 90) == []

    def test_stays_within_the_company(self, company: Company) -> None:
        overdue(reminding(german_company()))
        assert proposed(company, 90) == []

    def test_costs_the_same_for_any_number(self, company: Company) -> None:
        def queries(count: int) -> int:
            for _ in range(count):
                overdue(company)
            with CaptureQueriesContext(connection) as captured:
                assert len(proposed(company, 7)) == count
            return len(captured)

        assert queries(2) == queries(6)


class TestSending:
    def test_mails_the_letter_and_the_invoice(self, company: Company) -> None:
        overdue(company)
        delivered(sent(proposed(company, 7)[0], 7))
        second = sent(proposed(company, 21)[0], 22)
        assert (second.status, second.sent_on, second.days_overdue) == ("queued", date(2026, 3, 23), 22)
        assert second.mailing is not None
        assert deliver_mailing(second.mailing.id) == MailingStatus.SENT
        second.refresh_from_db()
        assert (second.status, second.sent_on) == ("sent", date(2026, 3, 23))
        message = mail.outbox[-1]
        assert message.subject == "Mahnung: Rechnung INV-1001"
        assert "sind seit dem 01.03.2026 fällig, seit 22 Tagen." in message.body
        letter, invoice = message.attachments
        assert (letter[0], invoice[0]) == ("mahnung-2-INV-1001.pdf", "INV-1001.pdf")
        text = pages_of(letter[1])[0]
        for expected in (
            "Mahnung: Rechnung INV-1001",
            "Datum 23.03.2026",
            "Sehr geehrte Damen und Herren,",
            "Offener Betrag 1.190,00",
            "Mahngebühr 5,00",
            "Zu zahlen 1.195,00 €",
        ):
            assert expected in text

    def test_takes_the_companys_words(self, company: Company) -> None:
        own = {"subject_en": "Hey {customer}", "text_en": "Pay {total} of {number}, {nonsense}. #strong[x]"}
        reminding(company, levels=[{"days_overdue": 7, **own}])
        overdue(company, customer=german_customer(company, language="en", company_name=""))
        proposal = sent(proposed(company, 7)[0], 7)
        assert proposal.mailing is not None
        assert proposal.mailing.subject == "Hey Erika Muster"
        assert "Pay €1,190.00 of INV-1001, {nonsense}. #strong[x]" in proposal.mailing.body
        deliver_mailing(proposal.mailing.id)
        assert "#strong[x]" in pages_of(mail.outbox[-1].attachments[0][1])[0]

    def test_sends_once(self, company: Company) -> None:
        overdue(company)
        (proposal,) = proposed(company, 7)
        assert sent(proposal, 7).mailing_id == sent(proposal, 8).mailing_id

    def test_sends_anew_what_failed(self, company: Company) -> None:
        overdue(company)
        proposal = sent(proposed(company, 7)[0], 7)
        assert proposal.mailing is not None
        proposal.mailing.status = MailingStatus.FAILED
        proposal.mailing.save()
        assert sent(proposal, 8).mailing_id != proposal.mailing_id

    def test_calculates_the_day_it_is_sent(self, company: Company) -> None:
        invoice = overdue(company)
        (proposal,) = proposed(company, 7)
        make_payment(company, "190", invoice, on=date(2026, 3, 9))
        assert sent(proposal, 12).open_amount == 1000

    def test_refuses_what_needs_no_reminder(self, company: Company) -> None:
        invoice = overdue(company)
        (proposal,) = proposed(company, 7)
        make_payment(company, "1190", invoice, on=date(2026, 3, 9))
        with pytest.raises(InvalidStateTransition, match="dismiss its reminder"):
            sent(proposal, 12)
        dismiss_reminder(company_id=company.id, proposal_id=proposal.id, actor=ACTOR)
        with pytest.raises(InvalidStateTransition, match="was dismissed"):
            sent(proposal, 12)

    def test_does_not_dismiss_what_was_sent(self, company: Company) -> None:
        overdue(company)
        proposal = sent(proposed(company, 7)[0], 7)
        with pytest.raises(InvalidStateTransition):
            dismiss_reminder(company_id=company.id, proposal_id=proposal.id, actor=ACTOR)

    def test_tells_the_invoice(self, company: Company) -> None:
        invoice = overdue(company)
        delivered(sent(proposed(company, 7)[0], 7))
        assert Activity.objects.filter(subject_id=invoice.id, verb="reminder_sent").exists()

    @pytest.mark.parametrize("service", [send_reminder, mark_reminder_sent, dismiss_reminder, charge_reminder])
    def test_knows_nothing_of_someone_elses_reminders(self, company: Company, service: Any) -> None:
        other = reminding(german_company())
        overdue(other)
        (foreign,) = proposed(other, 7)
        with pytest.raises(DocumentNotFound):
            service(company_id=company.id, proposal_id=foreign.id, actor=ACTOR)


class TestOneLetter:
    """What one customer is reminded of together."""

    def both(self, company: Company, **values: Any) -> list[DunningProposal]:
        """Proposals of 1,190.00 due on 1 March and 1,190.00 due on 8 March."""
        customer = german_customer(company, **values)
        overdue(company, customer=customer, due_date=date(2026, 3, 8))
        overdue(company, customer=customer)
        return proposed(company, 35)

    def sent(self, proposals: list[DunningProposal]) -> SentReminders:
        with time_machine.travel(DUE + timedelta(days=35, hours=12), tick=False):
            keys = [one.id for one in proposals]
            return send_reminders(company_id=proposals[0].company_id, proposal_ids=keys, actor=ACTOR)

    def test_tells_all_invoices_the_oldest_first(self, company: Company) -> None:
        outcome = self.sent(self.both(company))
        assert (outcome.letters, outcome.reminders, outcome.refusals) == (1, 2, {})
        mailing = Mailing.objects.get()
        assert deliver_mailing(mailing.id) == MailingStatus.SENT
        message = mail.outbox[-1]
        assert message.subject == "Zahlungserinnerung: 2 Rechnungen"
        assert "unsere Rechnungen INV-1002 und INV-1001 nur übersehen: Insgesamt 2.380,00" in message.body
        assert [one[0] for one in message.attachments] == [
            "mahnung-1-2026-04-05.pdf",
            "INV-1002.pdf",
            "INV-1001.pdf",
        ]
        (text,) = pages_of(message.attachments[0][1])
        assert "INV-1002 01.02.2026 01.03.2026 35 1.190,00 INV-1001 01.02.2026 08.03.2026 28 1.190,00" in text
        assert "Zu zahlen 2.380,00 €" in text

    def test_asks_for_one_fee_the_highest_and_all_interest(self, company: Company) -> None:
        """Level 2 costs 5.00, level 3 costs 10.00 and 9.12 %: 1,190 × 9.12 % × 60 / 365 = 17.840… → 17.84"""
        customer = german_customer(company)
        overdue(company, customer=customer)
        delivered(sent(proposed(company, 7)[0], 7))
        delivered(sent(proposed(company, 21)[0], 21))
        newer = overdue(company, customer=customer, due_date=DUE + timedelta(days=30))
        reminding(company, levels=[{"days_overdue": 7, "fee": Decimal(2)}, *LEVELS[1:]])
        third, first = sorted(proposed(company, 60), key=lambda one: -one.level_number)
        assert (third.level_number, third.fee, first.invoice, first.fee) == (3, 10, newer, 2)
        with time_machine.travel(DUE + timedelta(days=60, hours=12), tick=False):
            send_reminders(company_id=company.id, proposal_ids=[first.id, third.id], actor=ACTOR)
        third.refresh_from_db()
        first.refresh_from_db()
        assert (third.fee, third.interest, first.fee, first.interest) == (10, Decimal("17.84"), 0, 0)
        assert third.mailing == first.mailing
        assert third.mailing is not None
        assert third.mailing.subject == "Letzte Mahnung: 2 Rechnungen"

    def test_goes_to_each_customer_alone_and_holds_up_nobody(self, company: Company) -> None:
        paid, open_one = self.both(company)
        make_payment(company, "1190", paid.invoice, on=date(2026, 3, 30))
        overdue(company)
        overdue(company, customer=german_customer(company, name="Ohne Adresse", email=""))
        outcome = self.sent([paid, open_one, *proposed(company, 35)])
        assert (outcome.letters, outcome.reminders) == (2, 2)
        assert sorted(type(error).__name__ for error in outcome.refusals.values()) == [
            "InvalidStateTransition",
            "ValidationFailed",
        ]
        assert Mailing.objects.count() == 2

    def test_sends_nothing_twice(self, company: Company) -> None:
        proposals = self.both(company)
        self.sent(proposals[:1])
        assert self.sent(proposals).reminders == 1
        assert self.sent(proposals).reminders == 0
        assert Mailing.objects.count() == 2

    def test_sends_anew_together_what_failed_together(self, company: Company) -> None:
        proposals = self.both(company)
        self.sent(proposals)
        Mailing.objects.update(status=MailingStatus.FAILED)
        assert (self.sent(proposals).letters, Mailing.objects.count()) == (1, 2)

    def test_names_the_first_few_of_many(self, company: Company) -> None:
        customer = german_customer(company, language="en")
        for _ in range(8):
            overdue(company, customer=customer)
        self.sent(proposed(company, 35))
        assert "INV-1001, INV-1002, INV-1003, INV-1004, INV-1005 and 3 more: " in Mailing.objects.get().body

    def test_leaves_someone_elses_alone(self, company: Company) -> None:
        foreign = self.both(reminding(german_company()))
        outcome = send_reminders(company_id=company.id, proposal_ids=[one.id for one in foreign], actor=ACTOR)
        assert (outcome.letters, outcome.refusals, Mailing.objects.count()) == (0, {}, 0)


class TestOnPaper:
    def test_is_sent_without_a_mail_with_the_figures_of_the_day(self, company: Company) -> None:
        overdue(company, customer=german_customer(company, email=""))
        (proposal,) = proposed(company, 21)
        with time_machine.travel(DUE + timedelta(days=23, hours=12), tick=False):
            done = mark_reminder_sent(company_id=company.id, proposal_id=proposal.id, actor=ACTOR)
            assert mark_reminder_sent(company_id=company.id, proposal_id=proposal.id, actor=ACTOR) == done
        assert (done.status, done.sent_on, done.days_overdue) == ("sent", date(2026, 3, 24), 23)
        assert not Mailing.objects.exists()

    def test_takes_the_place_of_a_mail_that_failed(self, company: Company) -> None:
        overdue(company)
        proposal = sent(proposed(company, 7)[0], 7)
        assert mark_reminder_sent(company_id=company.id, proposal_id=proposal.id, actor=ACTOR).mailing is not None
        Mailing.objects.update(status=MailingStatus.FAILED)
        with time_machine.travel(DUE + timedelta(days=9, hours=12), tick=False):
            done = mark_reminder_sent(company_id=company.id, proposal_id=proposal.id, actor=ACTOR)
        assert (done.mailing, done.sent_on) == (None, date(2026, 3, 10))

    def test_is_refused_when_there_is_no_need(self, company: Company) -> None:
        invoice = overdue(company)
        (proposal,) = proposed(company, 7)
        make_payment(company, "1190", invoice, on=date(2026, 3, 9))
        with pytest.raises(InvalidStateTransition, match="nothing is left to pay"):
            mark_reminder_sent(company_id=company.id, proposal_id=proposal.id, actor=ACTOR)


class TestAutomatic:
    def test_sends_nothing_by_itself(self, company: Company) -> None:
        overdue(company)
        with time_machine.travel(DUE + timedelta(days=8)):
            assert propose_company_reminders(str(company.id)) == 1
        assert DunningProposal.objects.get().status == "proposed"

    def test_sends_where_the_company_says_so(self, company: Company) -> None:
        reminding(company, is_automatic=True)
        overdue(company)
        overdue(company, customer=german_customer(company, email=""))
        with time_machine.travel(DUE + timedelta(days=8)):
            propose_company_reminders(str(company.id))
        assert sorted(DunningProposal.objects.values_list("status", flat=True)) == ["proposed", "queued"]
        again = send_automatic_reminders(company=company, actor=ACTOR)
        assert (again.reminders, len(again.refusals)) == (0, 1)


class TestCharging:
    def test_invoices_fee_and_interest(self, company: Company) -> None:
        reminding(company, levels=LEVELS[2:])
        overdue(company)
        proposal = delivered(sent(proposed(company, 90)[0], 90))
        charge = charge_reminder(company_id=company.id, proposal_id=proposal.id, actor=ACTOR).charge
        assert charge is not None
        assert (charge.status, charge.total_amount, charge.tax_amount) == ("open", Decimal("36.76"), 0)
        assert [row.description for row in charge.lines.all()] == [
            "Mahngebühr · INV-1001",
            "Zinsen zu 9,12\N{NO-BREAK SPACE}% für 90 Tage · INV-1001",
        ]
        assert lines_of(charge.entry) == posted(("1400", "36.76"), ("8400", "-10.00"), ("8400", "-26.76"))

    def test_charges_once(self, company: Company) -> None:
        reminding(company, levels=LEVELS[1:])
        overdue(company)
        proposal = delivered(sent(proposed(company, 21)[0], 21))
        keys = {
            charge_reminder(company_id=company.id, proposal_id=proposal.id, actor=ACTOR).charge_id for _ in range(2)
        }
        assert len(keys) == 1

    def test_refuses_what_was_not_sent_or_costs_nothing(self, company: Company) -> None:
        overdue(company)
        (proposal,) = proposed(company, 7)
        with pytest.raises(InvalidStateTransition):
            charge_reminder(company_id=company.id, proposal_id=proposal.id, actor=ACTOR)
        delivered(sent(proposal, 7))
        with pytest.raises(ValidationFailed):
            charge_reminder(company_id=company.id, proposal_id=proposal.id, actor=ACTOR)


@pytest.mark.django_db(transaction=True)
def test_proposes_once_by_eight_threads() -> None:
    company = reminding(german_company())
    for _ in range(5):
        overdue(company)
    counts = at_once([lambda: len(proposed(company, 7))] * 8)
    assert sum(counts) >= 5  # whoever stored it tells it; a search that saw it stored may tell it too
    assert DunningProposal.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_sends_and_charges_once_by_eight_threads() -> None:
    company = reminding(german_company(), levels=LEVELS[1:])
    overdue(company)
    (proposal,) = proposed(company, 21)
    named = {"company_id": company.id, "proposal_id": proposal.id, "actor": ACTOR}
    assert len(set(at_once([lambda: send_reminder(**named).mailing_id] * 8))) == 1
    delivered(DunningProposal.objects.get(id=proposal.id))
    assert len(set(at_once([lambda: charge_reminder(**named).charge_id] * 8))) == 1
    assert Invoice.objects.filter(company=company).count() == 2


@pytest.mark.django_db(transaction=True)
def test_sends_one_letter_by_eight_threads() -> None:
    company = reminding(german_company())
    customer = german_customer(company)
    for _ in range(3):
        overdue(company, customer=customer)
    keys = [one.id for one in proposed(company, 7)]
    calls = [
        lambda order=order: send_reminders(company_id=company.id, proposal_ids=order, actor=ACTOR).reminders
        for order in (keys, keys[::-1]) * 4
    ]
    assert sorted(at_once(calls)) == [0] * 7 + [3]
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


def test_reminds_in_another_country() -> None:
    company = reminding(make_company(country="US"))
    make_invoice(company, customer=make_customer(company, email="a@example.com"), on=DUE, due_date=DUE)
    proposal = sent(proposed(company, 7)[0], 7)
    assert proposal.mailing is not None
    assert proposal.mailing.subject == "Payment reminder: invoice INV-1001"
