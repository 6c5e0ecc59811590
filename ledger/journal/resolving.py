"""From what a caller described to what will be posted: accounts found, amounts converted, balance proven.

No lock is held here; posting does this part before it takes the journal head.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.database.prepared import prepared_cursor
from backfill.tenancy.models import Company
from ledger.currencies.conversion import Conversion, base_amounts
from ledger.currencies.money import RATE_QUANTUM, ensure_precision, exchange_rate, minor_units
from ledger.errors import (
    AccountInactive,
    AccountRoleUnassigned,
    InvalidLine,
    LedgerInputError,
    UnbalancedEntry,
    UnknownAccount,
)
from ledger.journal.closing import kind_of
from ledger.journal.drafts import AccountCode, AccountReference, EntryDraft, LineDraft
from ledger.journal.events import Pair, paired
from ledger.models import AccountRole, AccountType, LineTaxRole
from ledger.periods.calendar import PeriodRef, fiscal_year_end, period_for

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_LINES = 10_000
MAX_AMOUNT = Decimal(10**15)
MAX_RATE = Decimal(10**9)
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class ResolvedLine:
    """A line ready to be written. Both amounts are rounded; debit positive."""

    line_number: int
    account_id: UUID
    amount: Decimal
    currency_amount: Decimal
    description: str
    tax_code: str
    tax_role: str
    personal_account: str
    line_ref: str
    class_id: str
    location_id: str
    dimensions: dict[str, Any]
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ResolvedEntry:
    """An entry that would post: balanced, in a known period, with its lines paired into events. `moves_control` says
    whether it has lines on control accounts."""

    draft: EntryDraft
    currency: str
    exchange_rate: Decimal
    rate_date: date | None
    rate_source: str
    period: PeriodRef
    lines: list[ResolvedLine]
    pairs: list[Pair]
    total_amount: Decimal
    content_digest: str
    kind: str
    moves_control: bool


_UNBALANCED: Final = gettext_lazy(
    "debits and credits differ: debits {debits} {currency}, credits {credits} {currency}, off by {difference}"
)
_UNBALANCED_IN_BASE: Final = gettext_lazy(
    "debits and credits differ in base currency: debits {debits} {currency}, credits {credits} {currency}, "
    "off by {difference}"
)
_ACCOUNTS = """
SELECT a.id, a.code, a.name, a.slot, a.is_active, a.type, ARRAY[a.report_group, a.sub_type], a.control,
        c.id, c.name, c.base_currency, c.fiscal_year_start_month, c.own_rate_days, c.ecb_rate_days
    FROM ledger_account a JOIN tenancy_company c ON c.id = a.company_id WHERE a.company_id = %s AND ({})
"""
_RESULT = frozenset(kind.value for kind in AccountType if not kind.is_on_balance_sheet)
_COMPANY_COLUMNS = ("id", "name", "base_currency", "fiscal_year_start_month", "own_rate_days", "ecb_rate_days")
_ACCOUNTS_BY: dict[type, str] = {
    UUID: "a.id = ANY(%s)",
    AccountCode: "a.code = ANY(%s)",
    AccountRole: "(a.slot = ANY(%s) AND a.is_active)",
}


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """What posting needs to know of an account."""

    id: UUID
    code: str | None
    name: str
    is_active: bool
    type: str
    slot: str | None
    groups: frozenset[str]
    control: str | None = None

    def __str__(self) -> str:
        return f"{self.code} {self.name}" if self.code else self.name


@dataclass(slots=True)
class AccountBook:
    """The accounts of one company that a run of entries refers to, loaded in one statement per batch."""

    company_id: UUID
    company: Company | None = None
    by_reference: dict[AccountReference, KnownAccount] = field(default_factory=dict)
    rates: dict[tuple[str, date], tuple[Decimal, date, str]] = field(default_factory=dict)
    periods: dict[tuple[date, int | None], PeriodRef] = field(default_factory=dict)

    def load(self, drafts: Iterable[EntryDraft]) -> None:
        """Read the accounts of `drafts` that are not known yet."""
        wanted = {line.account for draft in drafts for line in draft.lines} - self.by_reference.keys()
        if not wanted and self.company:
            return
        if wanted:
            self._read_accounts(wanted)
        if self.company is None:
            self.company = Company.objects.get(id=self.company_id)

    def _read_accounts(self, wanted: Iterable[AccountReference]) -> None:
        """In SQL, because building the same query with the ORM took longer than all else that posting does."""
        conditions: list[str] = []
        parameters: list[Any] = [self.company_id]
        for kind, condition in _ACCOUNTS_BY.items():
            values = [getattr(reference, "value", reference) for reference in wanted if isinstance(reference, kind)]
            if values:
                conditions.append(condition)
                parameters.append(values)
        with prepared_cursor() as cursor:
            cursor.execute(_ACCOUNTS.format(" OR ".join(conditions)), parameters)
            rows = cursor.fetchall()
        for account_id, code, name, slot, is_active, kind, groups, control, *company in rows:
            account = KnownAccount(account_id, code, name, is_active, kind, slot, frozenset(groups), control)
            self.by_reference[account_id] = account
            if code is not None:
                self.by_reference[AccountCode(code)] = account
            if slot and is_active:
                self.by_reference[AccountRole(slot)] = account
            self.company = self.company or Company.from_db(connection.alias, _COMPANY_COLUMNS, company)

    @property
    def loaded_company(self) -> Company:
        if self.company is None:
            raise RuntimeError("load() comes first")
        return self.company

    @property
    def base_currency(self) -> str:
        return self.loaded_company.base_currency

    def account(self, line: LineDraft, path: str, *, accepts_inactive: bool) -> KnownAccount:
        account = self.by_reference.get(line.account)
        if account is None:
            raise _unknown(line.account, path)
        refuse_other_code(line, account.code, path)
        if not account.is_active and not accepts_inactive:
            raise AccountInactive(
                _("account {account} is inactive; reactivate it or choose another").format(account=account),
                field=_account_field(line.account, path),
            )
        return account

    def period(self, draft: EntryDraft) -> PeriodRef:
        key = (draft.posting_date, draft.adjustment_period)
        if key not in self.periods:
            self.periods[key] = period_for(self.loaded_company, *key)
        return self.periods[key]

    def rate(self, draft: EntryDraft, currency: str) -> tuple[Decimal, date | None, str]:
        """Return base units per unit of `currency`, its date and its source."""
        if currency == self.base_currency:
            if draft.exchange_rate not in (None, Decimal(1)):
                raise LedgerInputError(
                    _("{currency} is the company's own currency; its rate is 1").format(currency=currency),
                    field="exchange_rate",
                )
            return Decimal(1), None, ""
        if draft.exchange_rate is not None:
            if not (draft.exchange_rate.is_finite() and RATE_QUANTUM <= draft.exchange_rate < MAX_RATE):
                raise LedgerInputError(
                    _("exchange_rate is a number from {rate_quantum:f} to below {max_rate:,}").format(
                        rate_quantum=RATE_QUANTUM, max_rate=MAX_RATE
                    ),
                    field="exchange_rate",
                )
            rate = draft.exchange_rate.quantize(RATE_QUANTUM)
            return rate, draft.rate_date or draft.posting_date, draft.rate_source or "manual"
        key = (currency, draft.rate_date or draft.posting_date)
        if key not in self.rates:
            found = exchange_rate(company=self.loaded_company, currency=currency, on=key[1])
            self.rates[key] = (found.rate.quantize(RATE_QUANTUM), found.rate_date, found.source)
        return self.rates[key]


def resolve(draft: EntryDraft, book: AccountBook) -> ResolvedEntry:
    """Return what `draft` posts as. `book` must have loaded it.

    Raises a LedgerInputError that names the field: an unknown or inactive account, an amount that is zero or
    too precise, totals that differ, a date or period that cannot be, a missing exchange rate.
    """
    _check_shape(draft)
    base = book.base_currency
    currency = draft.currency or base
    minor_units(currency)
    rate, rate_date, rate_source = book.rate(draft, currency)
    period = book.period(draft)
    amounts = [_currency_amount(line, path, currency) for line, path in _with_paths(draft.lines)]
    _check_balance(amounts, currency, _UNBALANCED)
    accepts_inactive = draft.reverses_entry_id is not None
    accounts = [book.account(line, path, accepts_inactive=accepts_inactive) for line, path in _with_paths(draft.lines)]
    if currency == base:
        bases = _same_amounts(draft.lines, amounts)
    else:
        bases = base_amounts(_conversions(draft.lines, amounts, accounts), rate=rate, base=base)
        _check_balance(bases, base, _UNBALANCED_IN_BASE)
    total_amount = sum((amount for amount in bases if amount > 0), Decimal(0))
    ensure_precision(total_amount, base, field="lines")
    lines = [
        _resolved_line(number, *parts)
        for number, parts in enumerate(zip(draft.lines, accounts, amounts, bases, strict=True), start=1)
    ]
    return ResolvedEntry(
        draft=draft,
        currency=currency,
        exchange_rate=rate,
        rate_date=rate_date,
        rate_source=rate_source,
        period=period,
        lines=lines,
        pairs=paired(lines),
        total_amount=total_amount,
        content_digest=_digest(draft, lines),
        kind=_kind(draft, book, period, lines),
        moves_control=any(account.control for account in accounts),
    )


def _kind(draft: EntryDraft, book: AccountBook, period: PeriodRef, lines: Sequence[ResolvedLine]) -> str:
    year_end = fiscal_year_end(period.fiscal_year, start_month=book.loaded_company.fiscal_year_start_month)
    accounts = (book.by_reference[line.account_id] for line in lines)
    return kind_of(draft.kind, accounts, posting_date=draft.posting_date, year_end=year_end, period=period.number)


def _check_shape(draft: EntryDraft) -> None:
    if not EARLIEST <= draft.posting_date <= LATEST:
        field = draft.posting_date_field
        raise LedgerInputError(
            _("{field} lies between {earliest} and {latest}").format(field=field, earliest=EARLIEST, latest=LATEST),
            field=field,
        )
    if len(draft.lines) < 2:
        raise InvalidLine(_("an entry needs at least two lines, a debit and a credit"), field="lines")
    if len(draft.lines) > MAX_LINES:
        raise InvalidLine(
            _("an entry has at most {max_lines:,} lines; this one has {count:,}. Split it.").format(
                max_lines=MAX_LINES, count=len(draft.lines)
            ),
            field="lines",
        )


def _currency_amount(line: LineDraft, path: str, currency: str) -> Decimal:
    amount, field = line.amount, f"{path}.{line.input_amount}"
    if not amount.is_finite() or abs(amount) >= MAX_AMOUNT:
        raise InvalidLine(_("an amount is a number below 10^15"), field=field)
    ensure_precision(amount, currency, field=field)
    if not amount and not line.base_amount:
        raise InvalidLine(_("a line has a debit or a credit above zero"), field=field)
    return amount


def _same_amounts(lines: Sequence[LineDraft], amounts: Sequence[Decimal]) -> Sequence[Decimal]:
    for (line, path), amount in zip(_with_paths(lines), amounts, strict=True):
        if line.base_amount is not None and line.base_amount != amount:
            raise InvalidLine(_("in the company's own currency both amounts are one"), field=f"{path}.base_amount")
    return amounts


def _conversions(
    lines: Sequence[LineDraft], amounts: Sequence[Decimal], accounts: Sequence[KnownAccount]
) -> list[Conversion]:
    return [
        Conversion(
            amount=amount,
            fixed=line.base_amount,
            is_result=account.type in _RESULT and line.tax_role in {"", LineTaxRole.BASE},
            path=path,
            field=f"{path}.{line.input_amount}",
        )
        for (line, path), amount, account in zip(_with_paths(lines), amounts, accounts, strict=True)
    ]


def _check_balance(amounts: Sequence[Decimal], currency: str, message: "StrOrPromise") -> None:
    debits = sum((amount for amount in amounts if amount > 0), Decimal(0))
    credited = -sum((amount for amount in amounts if amount < 0), Decimal(0))
    if debits != credited:
        raise UnbalancedEntry(
            str(message).format(debits=debits, currency=currency, credits=credited, difference=abs(debits - credited)),
            field="lines",
            total_debit=str(debits),
            total_credit=str(credited),
        )


def _resolved_line(
    number: int, line: LineDraft, account: KnownAccount, amount: Decimal, base_amount: Decimal
) -> ResolvedLine:
    return ResolvedLine(
        line_number=number,
        account_id=account.id,
        amount=base_amount,
        currency_amount=amount,
        description=line.description,
        tax_code=line.tax_code,
        tax_role=line.tax_role,
        personal_account=line.personal_account,
        line_ref=line.line_ref,
        class_id=line.class_id,
        location_id=line.location_id,
        dimensions=line.dimensions,
        metadata=line.metadata,
    )


def _digest(draft: EntryDraft, lines: Sequence[ResolvedLine]) -> str:
    """Return the SHA-256 that two duplicates share: the date and the multiset of accounts and amounts."""
    # What is worth less than a cent is told apart by what it was stated as.
    parts = sorted(
        f"{line.account_id}:{line.amount.normalize():f}"
        + ("" if line.amount else f":{line.currency_amount.normalize():f}")
        for line in lines
    )
    return hashlib.sha256("|".join((draft.posting_date.isoformat(), *parts)).encode()).hexdigest()


def _with_paths(lines: Sequence[LineDraft]) -> Iterable[tuple[LineDraft, str]]:
    for index, line in enumerate(lines):
        yield line, line.input_path or f"lines[{index}]"


def refuse_other_code(line: LineDraft, code: str | None, path: str) -> None:
    """Raise InvalidLine when the line names its account by id and, beside it, by the code of another."""
    if line.stated_code and line.stated_code != code:
        raise InvalidLine(
            _two_accounts(code).format(code=code, stated=line.stated_code),
            field=f"{path}.account_code",
        )


def _two_accounts(code: str | None) -> str:
    if code:
        return _(
            "account_id names account {code}, account_code says {stated}; they name two accounts. Leave one of them out"
        )
    return _(
        "account_id names an account without a code, account_code says {stated}; they name two accounts. "
        "Leave one of them out"
    )


def _account_field(reference: AccountReference, path: str) -> str:
    return f"{path}.{reference.input_name if isinstance(reference, AccountCode) else 'account_id'}"


def _unknown(reference: AccountReference, path: str) -> LedgerInputError:
    if isinstance(reference, AccountRole):
        return AccountRoleUnassigned(
            _("no active account plays the role {value}; give one this slot in the chart of accounts").format(
                value=reference.in_sentence
            ),
            slot=reference.value,
        )
    named = reference.value if isinstance(reference, AccountCode) else reference
    return UnknownAccount(
        _("account {named} does not exist in this company").format(named=named), field=_account_field(reference, path)
    )
