"""What counts against a reminder: interest already charged, interest on interest, credit, what was paid meanwhile."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from backfill.tenancy.models import Company
from ledger.errors import InvalidStateTransition
from receivables.dunning.printing import previewed_letter
from receivables.dunning.reminders import charge_reminder
from receivables.dunning.search import propose_reminders
from receivables.models import DunningProposal, Invoice, Mailing
from receivables.selectors import waiting_reminders
from receivables.services.delivery import waiting_mailings
from receivables.services.invoices import void_invoice
from tests.factories import make_payment
from tests.receivables.books import ACTOR, by
from tests.receivables.letters import german_company, pages_of
from tests.receivables.reminders import delivered, overdue, proposed, reminding, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return reminding(german_company())


class TestWhatCountsAgainstIt:
    """Interest for no day twice and never on interest; credit of the customer; what was paid meanwhile."""

    HIGH: ClassVar[list[dict[str, Any]]] = [
        {"days_overdue": days, "fee": Decimal(5), "interest_rate": Decimal("9.12")} for days in (10, 20, 30)
    ]

    def charged(self, proposal: DunningProposal) -> Invoice:
        done = charge_reminder(company_id=proposal.company_id, proposal_id=proposal.id, actor=ACTOR)
        assert done.charge is not None
        return done.charge

    def interest(self, charge: Invoice) -> list[Decimal]:
        return [row.amount for row in charge.lines.all() if "Zinsen" in row.description]

    def test_asks_interest_only_for_days_that_were_not_charged(self, company: Company) -> None:
        reminding(company, levels=self.HIGH)
        overdue(company)
        first = delivered(sent(proposed(company, 10)[0], 10))
        assert self.interest(self.charged(first)) == [Decimal("2.97")]  # 1,190 at 9.12 % for 10 days
        (second,) = [one for one in proposed(company, 20) if one.level_number == 2]
        assert (second.interest, second.interest_days, second.days_overdue) == (Decimal("2.97"), 10, 20)
        assert self.interest(self.charged(delivered(sent(second, 25)))) == [Decimal("4.46")]  # 15 days more

    def test_charges_no_day_twice_in_whatever_order(self, company: Company) -> None:
        reminding(company, levels=self.HIGH)
        overdue(company)
        first = delivered(sent(proposed(company, 10)[0], 10))
        second = delivered(sent(proposed(company, 20)[0], 20))
        assert second.interest == Decimal("5.95")  # nothing was charged: the letter asks for all 20 days
        assert self.interest(self.charged(second)) == [Decimal("5.95")]
        assert self.interest(self.charged(first)) == []

    def test_starts_again_where_the_charge_was_voided(self, company: Company) -> None:
        reminding(company, levels=self.HIGH)
        overdue(company)
        void_invoice(**by(company, self.charged(delivered(sent(proposed(company, 10)[0], 10)))))
        assert proposed(company, 20)[0].interest_days == 20

    def test_asks_no_interest_on_interest_and_fees(self, company: Company) -> None:
        """§ 289 BGB."""
        reminding(company, levels=self.HIGH)
        overdue(company)
        charge = self.charged(delivered(sent(proposed(company, 10)[0], 10)))
        with time_machine.travel(charge.due_on + timedelta(days=40)):
            found = propose_reminders(company=company, on=charge.due_on + timedelta(days=40))
        (of_charge,) = [one for one in found if one.invoice_id == charge.id]
        assert (of_charge.interest, of_charge.interest_rate) == (0, 0)
        assert of_charge.open_amount == charge.total_amount

    def test_reminds_of_nothing_that_credit_covers(self, company: Company) -> None:
        first = overdue(company)
        second = overdue(company, customer=first.customer)
        make_payment(company, "1500", customer=first.customer, on=date(2026, 3, 2))
        (proposal,) = proposed(company, 7)
        assert (proposal.invoice_id, proposal.open_amount, proposal.credit_amount) == (second.id, 1190, 310)
        assert proposal.total_amount == 880
        done = delivered(sent(proposal, 8))
        assert done.mailing is not None
        text = pages_of(mail.outbox[-1].attachments[0][1])[0]
        assert "Abzüglich Ihres Guthabens -310,00" in text or "Abzüglich Ihres Guthabens −310,00" in text
        assert "Zu zahlen 880,00 €" in text

    def test_is_refused_when_credit_came_in_meanwhile(self, company: Company) -> None:
        invoice = overdue(company)
        (proposal,) = proposed(company, 7)
        make_payment(company, "1190", customer=invoice.customer, on=date(2026, 3, 9))
        with pytest.raises(InvalidStateTransition, match="apply it to the invoice"):
            sent(proposal, 12)
        with pytest.raises(InvalidStateTransition, match="apply it to the invoice"):
            previewed_letter(company_id=company.id, proposal_ids=[proposal.id])

    def test_waits_no_longer_once_it_is_paid(self, company: Company) -> None:
        invoice = overdue(company)
        (proposal,) = proposed(company, 7)
        assert waiting_reminders(company.id).count() == 1
        make_payment(company, "1190", invoice, on=date(2026, 3, 9))
        assert waiting_reminders(company.id).count() == 0
        with pytest.raises(InvalidStateTransition, match="nothing is left to pay"):
            previewed_letter(company_id=company.id, proposal_ids=[proposal.id])

    def test_is_proposed_again_when_its_mail_fails(self, company: Company) -> None:
        overdue(company)
        proposal = sent(proposed(company, 7)[0], 7)
        assert (proposal.status, proposed(company, 30)) == ("queued", [])  # the next level waits for it
        assert proposal.mailing is not None
        Mailing.objects.update(created_at=timezone.now() - timedelta(days=2), claimed_at=None)
        waiting_mailings()
        proposal.refresh_from_db()
        assert (proposal.status, proposal.sent_on) == ("proposed", None)
        assert sent(proposal, 9).status == "queued"
