"""What a caller says to the ledger: plain frozen descriptions of an entry, without any ORM object.

Documents build these in their `postings.py`; `ledger.journal.posting` turns them into journal rows.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Self, TypeAlias
from uuid import UUID

from ledger.models import AccountRole


@dataclass(frozen=True, slots=True)
class AccountCode:
    """An account named by its code, unique within the company. `input_name` is the caller's word for it in errors."""

    value: str
    input_name: str = field(default="account_code", compare=False)


AccountReference: TypeAlias = UUID | AccountRole | AccountCode


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDraft:
    """One debit (positive `amount`) or credit (negative), in the entry's currency.

    `base_amount`, when given, fixes the base-currency amount (same sign) instead of converting at the entry's
    rate: for settlements at a historic rate and for exchange differences, whose `amount` is 0.
    `input_path` and `input_amount` are the caller's names for this line (`lines[2]`) and its amount, used in errors.
    `stated_code` is the code that the caller wrote beside the account's id; it must be that account's.
    """

    account: AccountReference
    amount: Decimal
    base_amount: Decimal | None = None
    description: str = ""
    tax_code: str = ""
    tax_role: str = ""
    personal_account: str = ""
    line_ref: str = ""
    class_id: str = ""
    location_id: str = ""
    dimensions: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    input_path: str = ""
    input_amount: str = "amount"
    stated_code: str = field(default="", compare=False)

    @classmethod
    def debit(cls, account: AccountReference, amount: Decimal, **more: Any) -> Self:
        return cls(account=account, amount=amount, **more)

    @classmethod
    def credit(cls, account: AccountReference, amount: Decimal, **more: Any) -> Self:
        return cls(account=account, amount=-amount, **more)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDraft:
    """An entry to post: its date, its currency and its lines.

    It posts on `posting_date`: on its effective date, which is the document's unless stated, else on its own.
    `service_date` is the day of supply, where that is known; it decides nothing about the period, but chooses the rate
    of tax. `exchange_rate` is base units per unit of `currency`; None means the company's own rate of the day, else
    the ECB's. `adjustment_period` is None, 13 or 14. `entry_id` names the stored draft that this posting completes.
    `checks_duplicates` refuses an entry that repeats one (same date and accounts and amounts, same document, or same
    external reference).
    """

    company_id: UUID
    entry_date: date
    lines: tuple[LineDraft, ...]
    currency: str | None = None
    exchange_rate: Decimal | None = None
    rate_date: date | None = None
    rate_source: str = ""
    fx_annotation: dict[str, Any] | None = None
    adjustment_period: int | None = None
    memo: str = ""
    kind: str = "manual"
    document_date: date | None = None
    effective_date: date | None = None
    service_date: date | None = None
    document_number: str = ""
    stated_number: str = ""
    external_reference: str | None = None
    document_id: UUID | None = None
    source_system: str = ""
    source_id: str = ""
    connection_id: str = ""
    dimensions: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    reverses_entry_id: UUID | None = None
    reversal_reason: str = ""
    entry_id: UUID | None = None
    checks_duplicates: bool = False

    @property
    def posting_date(self) -> date:
        """The date of reporting, posting and cutoffs."""
        return self.effective_date or self.document_date or self.entry_date

    @property
    def posting_date_field(self) -> str:
        """The field that the posting date comes from, for errors."""
        if self.posting_date == self.entry_date:
            return "entry_date"
        return "effective_date" if self.effective_date else "document_date"
