"""The account sheet: one account's lines between two days with the running balance."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.functional import cached_property

from backfill.tenancy.models import Company
from backfill.workspace.forms import DayField, WorkspaceForm
from backfill.workspace.pages import Crumb, Page
from ledger.admin.chart import company_account
from ledger.models import Account, AccountType, JournalLine
from ledger.periods import fiscal_year_of, fiscal_year_start
from ledger.selectors import ZERO, AccountSheet, SheetPosition, SheetRow, account_balance, account_sheet

PAGE_ROWS = 100


@dataclass(frozen=True, slots=True)
class ContraAccounts:
    """The other accounts of a line's entry: the first of them, and how many more there are."""

    first: Account
    more: int


class SheetFilter(WorkspaceForm):
    start = DayField(label="From", required=False)
    end = DayField(label="To", required=False)
    after = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_after(self) -> SheetPosition | None:
        return position_from_text(self.cleaned_data["after"])

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and start > end:
            self.add_error("start", "The range ends before it starts.")
        return self.cleaned_data


class AccountPage(Page):
    template_name = "ledger/sheet.html"
    permission = "ledger.view"

    def page_title(self) -> str:
        return str(self.account)

    def crumbs(self) -> list[Crumb]:
        return [Crumb("Chart of accounts", reverse("admin:accounts"))]

    @cached_property
    def account(self) -> Account:
        return company_account(self.company, self.kwargs["account_id"])

    def context(self) -> dict[str, Any]:
        today = self.company.today()
        year_start = _year_start(self.company, today)
        form = SheetFilter({"start": year_start, "end": today} | self.request.GET.dict())
        values = form.cleaned_data if form.is_valid() else {}
        start, end = values.get("start"), values.get("end")
        sheet = account_sheet(account=self.account, start=start, end=end, limit=PAGE_ROWS, after=values.get("after"))
        counted_from, before = _carried_before(self.account, start)
        return {
            "form": form,
            "account": self.account,
            "sheet": sheet,
            "rows": _shown_rows(sheet, before),
            "opening": sheet.opening_balance - before,
            "closing": sheet.closing_balance - before,
            "counted_from": counted_from,
            "start": start,
            "end": end,
            "is_first_page": not values.get("after"),
            "next": position_text(sheet.next_position) if sheet.next_position else "",
            "year": {"start": year_start, "end": today},
            "last_year": {
                "start": _year_start(self.company, year_start - timedelta(days=1)),
                "end": year_start - timedelta(days=1),
            },
        }


def _carried_before(account: Account, start: date | None) -> tuple[date | None, Decimal]:
    """Return from which day the balances shown count, and what is left out as earned before it.

    Revenue and expenses count from the start of a fiscal year, as on the trial balance, whether or not somebody has
    booked a closing entry; everything else counts from the first entry.
    """
    if start is None or AccountType(account.type).is_on_balance_sheet:
        return None, ZERO
    year_start = _year_start(account.company, start)
    return year_start, account_balance(account=account, on=year_start - timedelta(days=1)).net


@dataclass(frozen=True, slots=True)
class ShownRow:
    line: JournalLine
    running_balance: Decimal
    contra: ContraAccounts | None


def _shown_rows(sheet: AccountSheet, before: Decimal) -> list[ShownRow]:
    contra = _contra_accounts(sheet.account, sheet.rows)
    return [ShownRow(row.line, row.running_balance - before, contra.get(row.line.entry_id)) for row in sheet.rows]


def _contra_accounts(account: Account, rows: list[SheetRow]) -> dict[UUID, ContraAccounts]:
    """Return the other accounts of the rows' entries, in one statement."""
    others = (
        JournalLine.objects.filter(company_id=account.company_id, entry_id__in={row.line.entry_id for row in rows})
        .exclude(account=account)
        .order_by("entry_id", "line_number")
        .values_list("entry_id", "account_id")
    )
    found: dict[UUID, dict[UUID, None]] = {}
    for entry_id, account_id in others:
        found.setdefault(entry_id, {})[account_id] = None
    accounts = Account.objects.in_bulk({next(iter(ids)) for ids in found.values()})
    return {entry_id: ContraAccounts(accounts[next(iter(ids))], len(ids) - 1) for entry_id, ids in found.items()}


def _year_start(company: Company, day: date) -> date:
    start_month = company.fiscal_year_start_month
    return fiscal_year_start(fiscal_year_of(day, start_month=start_month), start_month=start_month)


def position_text(position: SheetPosition) -> str:
    return f"{position.entry_date.isoformat()},{position.journal_number},{position.line_number}"


def position_from_text(text: str) -> SheetPosition | None:
    """Return the position that a page's link names; None when somebody has typed something else."""
    try:
        day, journal_number, line_number = text.split(",")
        return SheetPosition(date.fromisoformat(day), int(journal_number), int(line_number))
    except ValueError:
        return None
