"""The journal: every entry of the company, drafts first on demand, as one list with its filters and steps."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Func
from django.db.models.fields import DecimalField
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from backfill.paging import narrowed
from backfill.tenancy.models import Company
from backfill.workspace.code_words import words_of
from backfill.workspace.lists.columns import Column
from backfill.workspace.lists.filters import AmountFilter, DayFilter, ListFilters, StateFilter, TextFilter
from backfill.workspace.lists.lists import List, NewLink
from backfill.workspace.templatetags.workspace import badge
from ledger.models import Account, ApprovalStatus, EntryStatus, JournalEntry, JournalLine
from ledger.pages.account_input import AccountFilter
from ledger.pages.journal_steps import STEPS

_NUMBER = re.compile(r"(\d{4})-0*(\d{1,9})")
_SHOWN_ACCOUNTS = 4
_AMOUNT: Final = DecimalField(max_digits=20, decimal_places=4)

STATES: Final = {
    "draft": (_("Drafts"), Q(status=EntryStatus.DRAFT)),
    "pending_approval": (
        _("Waiting for approval"),
        Q(status=EntryStatus.DRAFT, approval_status=ApprovalStatus.PENDING_APPROVAL),
    ),
    "posted": (_("Posted"), ~Q(status=EntryStatus.DRAFT)),
    "reversed": (_("Reversed"), Q(status=EntryStatus.REVERSED)),
}


class DraftAmount(Func):
    """The larger side of a draft's lines, in its own currency; they lie in it as JSON."""

    template = (
        "(SELECT greatest(sum(amount) FILTER (WHERE amount > 0), -sum(amount) FILTER (WHERE amount < 0)) FROM "
        "jsonb_to_recordset(%(expressions)s) AS line (amount numeric))"
    )
    output_field = _AMOUNT


AMOUNT: Final = Case(
    When(status=EntryStatus.DRAFT, then=DraftAmount("draft_lines")), default=F("total_amount"), output_field=_AMOUNT
)
"""What the list shows of an entry: of a posted one the debits in base currency, of a draft in its own."""


class EntryFilters(ListFilters):
    q = TextFilter(searched=_("Memo, document or entry number"), method="with_text", label=_("Text or number"))
    start = DayFilter("entry_date", "gte", label=_("From"))
    end = DayFilter("entry_date", "lte", label=_("To"))
    account = AccountFilter(method="on_account", label=_("Account"))
    state = StateFilter(STATES)
    amount_from = AmountFilter(method="from_amount", label=_("Amount from"))
    amount_to = AmountFilter(method="to_amount", label=_("Amount to"))
    more = ("amount_from", "amount_to")

    def with_text(self, rows: QuerySet[JournalEntry], name: str, text: str) -> QuerySet[JournalEntry]:
        return narrowed(rows, matching(text))

    def on_account(self, rows: QuerySet[JournalEntry], name: str, account_id: UUID) -> QuerySet[JournalEntry]:
        return rows.filter(_on_account(self.company, account_id))

    def from_amount(self, rows: QuerySet[JournalEntry], name: str, amount: Decimal) -> QuerySet[JournalEntry]:
        return rows.alias(shown_amount=AMOUNT).filter(shown_amount__gte=amount)

    def to_amount(self, rows: QuerySet[JournalEntry], name: str, amount: Decimal) -> QuerySet[JournalEntry]:
        return rows.alias(shown_amount=AMOUNT).filter(shown_amount__lte=amount)


@dataclass(frozen=True, slots=True)
class JournalRow:
    """`amount` is the sum of the debits: of a posted entry in base currency, of a draft in its own."""

    entry: JournalEntry
    amount: Decimal
    currency: str
    accounts: list[Account]
    hidden_accounts: int

    @property
    def pk(self) -> UUID:
        return self.entry.pk

    @property
    def number(self) -> str:
        return gettext("Draft") if self.entry.is_draft else self.entry.entry_number

    @property
    def state(self) -> str:
        """The code of where the entry stands."""
        return str(self.entry.approval_status if self.entry.is_draft else self.entry.status)

    @property
    def account_codes(self) -> list[str]:
        codes = [one.code or one.name[:14] for one in self.accounts]
        return [*codes, f"+{self.hidden_accounts}"] if self.hidden_accounts else codes


def filtered_entries(company: Company, values: Mapping[str, str]) -> QuerySet[JournalEntry]:
    """Return the entries that match all given values, newest first."""
    rows: QuerySet[JournalEntry] = EntryFilters(values, all_entries(company), company=company).qs
    return rows.order_by("-entry_date", "-id")


def all_entries(company: Company) -> QuerySet[JournalEntry]:
    return JournalEntry.objects.filter(company=company)


def journal_rows(entries: Sequence[JournalEntry], company: Company) -> list[JournalRow]:
    """Return what the list shows of each entry; two statements, however many entries and lines."""
    ids = {entry.pk: _draft_accounts(entry) for entry in entries}
    posted = [entry.pk for entry in entries if not entry.is_draft]
    lines = JournalLine.objects.filter(company=company, entry_id__in=posted)
    for entry_id, account_id in lines.order_by("entry_id", "line_number").values_list("entry_id", "account_id"):
        ids[entry_id].setdefault(account_id, None)
    accounts = Account.objects.in_bulk({account_id for own in ids.values() for account_id in own})
    return [
        JournalRow(
            entry=entry,
            amount=_draft_amount(entry) if entry.is_draft else entry.total_amount,
            currency=entry.currency if entry.is_draft else company.base_currency,
            accounts=[accounts[one] for one in list(ids[entry.pk])[:_SHOWN_ACCOUNTS] if one in accounts],
            hidden_accounts=max(len(ids[entry.pk]) - _SHOWN_ACCOUNTS, 0),
        )
        for entry in entries
    ]


def _link(row: JournalRow) -> str:
    return reverse("admin:journal_entry", args=[row.pk])


def _codes(row: JournalRow, company: Company) -> str:
    """The codes of the accounts, each with its name for those who point at it."""
    names = [(one.name, code) for one, code in zip(row.accounts, row.account_codes, strict=False)]
    more = [("", f"+{row.hidden_accounts}")] if row.hidden_accounts else []
    return format_html_join("", '<span class="bf-code-mark" title="{}">{}</span>', [*names, *more])


def _label(row: JournalRow) -> str:
    return f"{row.number} · {row.entry.memo}" if row.entry.memo else row.number


JOURNAL: Final = List(
    key="journal",
    title=_("Journal"),
    icon="receipt_long",
    permission="ledger.view",
    rows=all_entries,
    shown=journal_rows,
    filters=EntryFilters,
    order="-date",
    nothing_found=_("No entry matches these filters."),
    nothing_there=_("The journal is empty."),
    new=NewLink("new_entry", _("New entry"), "ledger.draft"),
    steps=STEPS,
    currency=lambda company: Case(
        When(status=EntryStatus.DRAFT, then=F("currency")), default=Value(company.base_currency)
    ),
    label=_label,
    is_faded=lambda row: bool(row.entry.status == EntryStatus.REVERSED),
    columns=(
        Column(key="date", label=_("Date"), kind="day", value="entry.entry_date", sort=("entry_date",)),
        Column(
            key="number",
            label=_("Number"),
            sort=("fiscal_year", "sequence"),
            link=_link,
            is_record=True,
            is_empty_latest=True,  # a draft takes the next number
        ),
        Column(key="document", label=_("Document"), value="entry.document_number", sort=("document_number",)),
        Column(
            key="text",
            label=pgettext_lazy("entry", "Text"),
            value=lambda row, company: row.entry.memo or gettext("(no text)"),
            sort=("memo",),
            link=_link,
            is_wide=True,
        ),
        Column(
            key="accounts",
            label=_("Accounts"),
            value=lambda row, company: " ".join(row.account_codes),
            shown=_codes,
        ),
        Column(
            key="state",
            label=_("State"),
            kind="state",
            value=lambda row, company: words_of(row.state),
            shown=lambda row, company: badge(row.state),
            sort=("status", "approval_status"),
        ),
        Column(
            key="amount",
            label=_("Amount"),
            kind="money",
            sort=(AMOUNT,),
            currency=lambda row: row.currency,
            summed=AMOUNT,
        ),
    ),
)


def _on_account(company: Company, account_id: UUID) -> Q:
    lines = JournalLine.objects.filter(company=company, account_id=account_id, entry=OuterRef("pk"))
    named = [{"account_id": str(account_id)}]
    drafts = JournalEntry.objects.filter(company=company, status=EntryStatus.DRAFT, draft_lines__contains=named)
    # Drafts are few and looked up first, so that mostly PostgreSQL has only one way of finding an entry to plan for.
    ids = list(drafts.values_list("pk", flat=True))
    return Q(Exists(lines)) | Q(pk__in=ids) if ids else Q(Exists(lines))


def matching(text: str) -> Q:
    """Return the entries whose texts or numbers have the text."""
    number = _NUMBER.fullmatch(text.strip())
    found = (
        Q(memo__icontains=text)
        | Q(document_number__icontains=text)
        | Q(stated_number__iexact=text)
        | Q(external_reference__iexact=text)
    )
    if number:
        found |= Q(fiscal_year=int(number[1]), sequence=int(number[2]))
    return found


def _draft_accounts(entry: JournalEntry) -> dict[UUID, None]:
    return dict.fromkeys(UUID(line["account_id"]) for line in entry.draft_lines or [])


def _draft_amount(entry: JournalEntry) -> Decimal:
    amounts = [Decimal(line["amount"]) for line in entry.draft_lines or []]
    return max(
        sum((one for one in amounts if one > 0), Decimal(0)), -sum((one for one in amounts if one < 0), Decimal(0))
    )
