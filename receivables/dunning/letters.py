"""Reminders that go out in one letter, and their figures. Nothing is stored here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Final

from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.letters.languages import Language
from backfill.tenancy.models import Company
from backfill.words import state_of
from ledger.currencies.money import exchange_rate, quantize
from ledger.errors import ExchangeRateMissing, InvalidStateTransition
from receivables.customers.language import language_of
from receivables.dunning.bases import DunningBasis, dunning_bases
from receivables.models import Customer, DunningLevel, DunningProposal, ProposalStatus
from receivables.selectors import OPEN_STATUSES

ZERO: Final = Decimal(0)
PAID: Final = "nothing is left to pay"
_DAYS_OF_YEAR: Final = 365


@dataclass(frozen=True, slots=True)
class Letter:
    """Reminders of one customer in one currency, the longest due first. Amounts are in that currency."""

    proposals: tuple[DunningProposal, ...]

    @property
    def first(self) -> DunningProposal:
        return self.proposals[0]

    @property
    def company(self) -> Company:
        return self.first.invoice.company

    @property
    def customer(self) -> Customer:
        return self.first.invoice.customer

    @property
    def currency(self) -> str:
        return self.first.currency

    @property
    def language(self) -> Language:
        return language_of(self.customer)

    @property
    def level_number(self) -> int:
        """The highest level among its reminders, whose words it has."""
        return max(one.level_number for one in self.proposals)

    @property
    def open_amount(self) -> Decimal:
        return sum((one.open_amount for one in self.proposals), ZERO)

    @property
    def fee(self) -> Decimal:
        return sum((one.fee for one in self.proposals), ZERO)

    @property
    def interest(self) -> Decimal:
        return sum((one.interest for one in self.proposals), ZERO)

    @property
    def credit_amount(self) -> Decimal:
        """The customer's credit that is not applied to invoices, as far as it covers these."""
        return sum((one.credit_amount for one in self.proposals), ZERO)

    @property
    def total_amount(self) -> Decimal:
        """What it asks for: open amounts less credit, fee and interest."""
        return self.open_amount - self.credit_amount + self.fee + self.interest


def letters_of(proposals: Iterable[DunningProposal]) -> list[Letter]:
    """Return the letters in which reminders go out together: one per customer and currency, by customer."""
    groups: dict[tuple[str, str, str], list[DunningProposal]] = {}
    for one in proposals:
        groups.setdefault((one.invoice.customer.name, str(one.customer_id), one.currency), []).append(one)
    return [Letter(tuple(sorted(groups[key], key=_by_due_date))) for key in sorted(groups)]


def calculate(
    proposal: DunningProposal,
    level: DunningLevel,
    on: date,
    basis: DunningBasis,
    rates: dict[str, Decimal | None] | None = None,
) -> None:
    """Set a proposal's figures of a day, in memory. Interest is simple, on what is open now without what the
    customer's credit covers, for the days overdue for which none was invoiced yet."""
    invoice = proposal.invoice
    company, currency = invoice.company, proposal.currency
    proposal.days_overdue = (on - invoice.due_on).days
    proposal.open_amount, proposal.credit_amount = invoice.open_amount, basis.credit
    proposal.interest_rate = level.interest_rate if basis.bears_interest else ZERO
    proposal.interest_days = basis.interest_days(invoice, on)
    proposal.interest = interest_for(proposal, proposal.interest_days)
    known: dict[str, Decimal | None] = {} if rates is None else rates
    if currency not in known:
        known[currency] = _rate(company, currency, on)
    rate = known[currency]
    proposal.fee = quantize(level.fee / rate, currency) if rate else ZERO


def interest_for(proposal: DunningProposal, days: int) -> Decimal:
    """Return a reminder's interest for so many days, in its currency."""
    due = proposal.open_amount - proposal.credit_amount
    return quantize(due * proposal.interest_rate * days / (100 * _DAYS_OF_YEAR), proposal.currency)


def prepare(letter: Letter, levels: Mapping[int, DunningLevel], on: date) -> None:
    """Set the figures of a day on what was not sent yet of a letter, in memory; `levels` by number.

    A letter asks for one fee, the highest: it is what a letter costs, not each invoice in it. Raises ValidationFailed
    when a level is there no more, InvalidStateTransition when nothing is left to pay of an invoice.
    """
    rates: dict[str, Decimal | None] = {}
    new = [one for one in letter.proposals if one.sent_on is None]
    bases = dunning_bases(letter.company.id, [one.invoice for one in new])
    for one in new:
        calculate(one, level_numbered(levels, one.level_number), on, bases[one.invoice_id], rates)
        refuse_needless(one)
    dearest = max(new, key=attrgetter("fee"), default=None)
    for one in new:
        one.fee = one.fee if one is dearest else ZERO


def refuse_needless(proposal: DunningProposal) -> None:
    """Raise InvalidStateTransition when a reminder was dismissed or there is nothing left to remind of."""
    invoice = proposal.invoice
    if proposal.status == ProposalStatus.DISMISSED:
        raise InvalidStateTransition(
            _("the reminder of {invoice} was dismissed; it cannot be sent").format(invoice=invoice)
        )
    if invoice.status not in OPEN_STATUSES:
        raise InvalidStateTransition(
            _("invoice {number} is {state}: nothing is left to pay; dismiss its reminder").format(
                number=invoice, state=state_of(invoice.status)
            )
        )
    if proposal.credit_amount >= invoice.open_amount:
        raise InvalidStateTransition(
            _("credit of {customer} that is not applied covers invoice {invoice}; apply it to the invoice").format(
                customer=invoice.customer.name, invoice=invoice
            )
        )


def level_numbered(levels: Mapping[int, DunningLevel], number: int) -> DunningLevel:
    """Return the level of a number. Raises ValidationFailed when the company has it no more."""
    if number not in levels:
        raise ValidationFailed(
            _("the company has no dunning level {number} any more; dismiss the reminder").format(number=number),
            field="levels",
        )
    return levels[number]


def _by_due_date(proposal: DunningProposal) -> tuple[date, date, str]:
    invoice = proposal.invoice
    return invoice.due_on, invoice.document_date, str(invoice.pk)


def _rate(company: Company, currency: str, on: date) -> Decimal | None:
    """Base units per unit of the currency. Without a rate there is no fee, rather than no reminder."""
    if currency == company.base_currency:
        return Decimal(1)
    try:
        return exchange_rate(company=company, currency=currency, on=on).rate
    except ExchangeRateMissing:
        return None
