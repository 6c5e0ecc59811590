"""Bookings of the Bookkeeping contract: an intent of one or more lines, opening balances, and their reversal.

The rules are that contract's; the entries are the same journal entries as everyone's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.files.models import StoredFile
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from backfill.words import in_sentence
from ledger.currencies.money import minor_units, quantize, quantum
from ledger.entries import entries
from ledger.errors import (
    Account9000Missing,
    AccountsNotFound,
    AccountTypeNotAllowed,
    BalanceMismatch,
    DocumentNotFound,
    EntryNotFound,
    FxTaxUnsupported,
    InvalidBalanceEntry,
    OpeningBalancesExist,
)
from ledger.journal.drafts import EntryDraft, LineDraft
from ledger.journal.journal_sequence import locked_head
from ledger.journal.posting import reverse
from ledger.models import Account, AccountRole, AccountType, EntryStatus, JournalEntry
from ledger.tax.rules import rules

FX_TOLERANCE = 2  # smallest units of base currency
OPENING_KIND = "opening_balances"


@dataclass(frozen=True, slots=True)
class FxAnnotation:
    """A document's foreign currency facts. `rate` is units of `currency` per unit of base currency."""

    currency: str
    amount: Decimal
    rate: Decimal
    rate_date: date
    rate_source: str


@dataclass(frozen=True, slots=True)
class OpeningBalance:
    """One account's balance brought forward; at most one of the two amounts is above zero."""

    account_number: str
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True, slots=True)
class OpeningResult:
    entry: JournalEntry
    total_debit: Decimal
    total_credit: Decimal


@transaction.atomic
def post_booking(draft: EntryDraft, *, fx: FxAnnotation | None, actor: Actor) -> JournalEntry:
    """Post a booking whose lines are in base currency, amounts with a tax code gross (books.md 4.1).

    Refuses duplicates where the draft asks for that. Raises what `ledger.entries.entries.post_entry` raises, and
    FxTaxUnsupported, DocumentNotFound.
    """
    company = Company.objects.get(id=draft.company_id)
    if draft.document_id and not StoredFile.objects.filter(company=company, id=draft.document_id).exists():
        raise DocumentNotFound(
            _("document {document_id} does not exist").format(document_id=draft.document_id), field="document_id"
        )
    if fx is not None:
        _check_fx(fx, draft, company)
        draft = replace(draft, fx_annotation=_stored_fx(fx))
    return entries.post_entry(replace(draft, kind="booking"), actor=actor)


@transaction.atomic
def post_opening_balances(
    *, company: Company, on: date, balances: Sequence[OpeningBalance], actor: Actor
) -> OpeningResult:
    """Post each balance against the opening account (slot opening_balance_equity, 9000 in the German charts).

    Both sides must total the same, so that the opening account ends at zero; entries of zero are skipped. Raises
    InvalidBalanceEntry, BalanceMismatch, AccountsNotFound, AccountTypeNotAllowed, Account9000Missing,
    OpeningBalancesExist for a second set on the date, PeriodLocked.
    """
    wanted = [(index, balance) for index, balance in enumerate(balances) if balance.debit or balance.credit]
    _check_balances(wanted)
    accounts = _balance_sheet_accounts(company, wanted)
    carrier = Account.objects.filter(company=company, slot=AccountRole.OPENING_BALANCE_EQUITY, is_active=True).first()
    if carrier is None:
        raise Account9000Missing(_("the chart has no opening balance account (slot opening_balance_equity)"))
    _refuse_carrier(carrier, wanted)
    locked_head(company.id)
    standing = JournalEntry.objects.filter(company=company, kind=OPENING_KIND, entry_date=on)
    existing = standing.exclude(status__in=(EntryStatus.DRAFT, EntryStatus.REVERSED)).first()
    if existing:
        raise OpeningBalancesExist(
            _("opening balances for {on} are posted; reverse that intent first").format(on=on),
            existing_id=str(existing.id),
        )
    lines: list[LineDraft] = []
    for index, balance in wanted:
        amount = balance.debit - balance.credit
        own = LineDraft(
            account=accounts[balance.account_number].id,
            amount=amount,
            input_path=f"balances[{index}]",
            input_amount="debit" if amount > 0 else "credit",
        )
        lines += [own, replace(own, account=carrier.id, amount=-amount)]
    draft = EntryDraft(
        company_id=company.id, entry_date=on, lines=tuple(lines), memo="Opening balances", kind=OPENING_KIND
    )
    return OpeningResult(
        entry=entries.post_entry(draft, actor=actor),
        total_debit=sum((balance.debit for _, balance in wanted), Decimal(0)),
        total_credit=sum((balance.credit for _, balance in wanted), Decimal(0)),
    )


@transaction.atomic
def reverse_intent(
    *,
    company: Company,
    intent_id: UUID,
    reason: str,
    posting_mode: Literal["current_period", "original_period"],
    actor: Actor,
) -> JournalEntry:
    """Reverse an intent, dated today or like the original and then in its very period.

    Raises EntryNotFound (drafts are no intents), AlreadyReversed, PeriodLocked, and ValidationFailed for an original
    that is still to come.
    """
    original = JournalEntry.objects.filter(company=company, id=intent_id).exclude(status=EntryStatus.DRAFT).first()
    if original is None:
        raise EntryNotFound(_("intent {intent_id} does not exist").format(intent_id=intent_id))
    if posting_mode == "current_period":
        if company.today() < original.entry_date:
            raise ValidationFailed(
                _("intent {number} is of {entry_date}, which is still to come: choose original_period").format(
                    number=original.entry_number, entry_date=original.entry_date
                ),
                field="posting_mode",
            )
        return reverse(original, on=company.today(), reason=reason, actor=actor)
    number = int(original.period[-2:]) if "P" in original.period else None
    return reverse(original, on=original.entry_date, reason=reason, actor=actor, adjustment_period=number)


def _check_fx(fx: FxAnnotation, draft: EntryDraft, company: Company) -> None:
    minor_units(fx.currency)
    if fx.currency == company.base_currency:
        raise ValidationFailed(
            _("{currency} is the company's own currency").format(currency=fx.currency), field="fx.currency"
        )
    codes = rules(company.id, {line.tax_code for line in draft.lines})
    if any(rule.self_assess_account_id for rule in codes.values()):
        raise FxTaxUnsupported(_("an fx block cannot go with a self-assessed tax code"), field="fx")
    gross = sum((line.amount for line in draft.lines if line.amount > 0), Decimal(0))
    converted = fx.amount / fx.rate
    if abs(converted - gross) > FX_TOLERANCE * quantum(company.base_currency):
        raise ValidationFailed(
            _("{amount} {currency} at {rate} is {converted} {base_currency}, but the lines total {gross}").format(
                amount=fx.amount,
                currency=fx.currency,
                rate=fx.rate,
                converted=quantize(converted, company.base_currency),
                base_currency=company.base_currency,
                gross=gross,
            ),
            field="fx.amount",
        )


def _stored_fx(fx: FxAnnotation) -> dict[str, Any]:
    return {
        "currency": fx.currency,
        "amount": str(fx.amount),
        "rate": str(fx.rate),
        "rate_date": fx.rate_date.isoformat(),
        "rate_source": fx.rate_source,
    }


def _check_balances(wanted: Sequence[tuple[int, OpeningBalance]]) -> None:
    if not wanted:
        raise ValidationFailed(_("give at least one balance that is not zero"), field="balances")
    for index, balance in wanted:
        if balance.debit < 0 or balance.credit < 0 or (balance.debit and balance.credit):
            raise InvalidBalanceEntry(
                _("a balance is either a debit or a credit, and not negative"), field=f"balances[{index}]"
            )
    debit = sum((balance.debit for _, balance in wanted), Decimal(0))
    credit = sum((balance.credit for _, balance in wanted), Decimal(0))
    if debit != credit:
        raise BalanceMismatch(
            _("debit balances total {debit}, credit balances {credit}").format(debit=debit, credit=credit),
            field="balances",
        )


def _refuse_carrier(carrier: Account, wanted: Sequence[tuple[int, OpeningBalance]]) -> None:
    for index, balance in wanted:
        if balance.account_number == carrier.code:
            raise InvalidBalanceEntry(
                _("{carrier} is the other side of every opening balance and ends at zero; leave it out").format(
                    carrier=carrier
                ),
                field=f"balances[{index}].account_number",
            )


def _balance_sheet_accounts(company: Company, wanted: Sequence[tuple[int, OpeningBalance]]) -> dict[str, Account]:
    numbers = {balance.account_number for _, balance in wanted}
    accounts = {str(account.code): account for account in Account.objects.filter(company=company, code__in=numbers)}
    unknown = sorted(numbers - accounts.keys())
    if unknown:
        raise AccountsNotFound(
            _("unknown accounts: {unknown}").format(unknown=", ".join(unknown)),
            field="balances",
            account_numbers=unknown,
        )
    for index, balance in wanted:
        account = accounts[balance.account_number]
        if not AccountType(account.type).is_on_balance_sheet:
            raise AccountTypeNotAllowed(
                _("{account} is a {type} account; opening balances take balance sheet accounts").format(
                    account=account, type=in_sentence(account.get_type_display())
                ),
                field=f"balances[{index}].account_number",
            )
    return accounts
