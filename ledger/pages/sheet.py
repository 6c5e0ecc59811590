"""The account sheet: one account's lines between two days with the running balance."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.workspace.forms import DayField, WorkspaceForm
from backfill.workspace.pages import Crumb, Page
from ledger.accounts.balances import ZERO
from ledger.accounts.sheets import AccountSheet, SheetPosition, SheetRow, account_sheet, counts_from
from ledger.models import Account, AccountType, JournalLine
from ledger.pages.beside import beside_of
from ledger.pages.chart import company_account
from ledger.pages.subjects import ACCOUNT
from ledger.periods.calendar import year_start_of

PAGE_ROWS = 100


@dataclass(frozen=True, slots=True)
class ContraAccounts:
    """The other accounts of a line's entry: the first of them, and how many more there are."""

    first: Account
    more: int


class SheetFilter(WorkspaceForm):
    start = DayField(label=gettext_lazy("From"), required=False)
    end = DayField(label=gettext_lazy("To"), required=False)
    after = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_after(self) -> SheetPosition | None:
        return position_from_text(self.cleaned_data["after"])

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and start > end:
            self.add_error("start", _("The range ends before it starts."))
        return self.cleaned_data


class AccountPage(Page):
    template_name = "ledger/sheet.html"
    permission = "ledger.view"

    def page_title(self) -> str:
        return str(self.account)

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Chart of accounts"), reverse("admin:accounts"))]

    @cached_property
    def account(self) -> Account:
        return company_account(self.company, self.kwargs["account_id"])

    def context(self) -> dict[str, Any]:
        today = self.company.today()
        year_start = year_start_of(self.company, today)
        form = SheetFilter({"start": year_start, "end": today} | self.request.GET.dict())
        values = form.cleaned_data if form.is_valid() else {}
        start, end = values.get("start"), values.get("end")
        sheet = account_sheet(account=self.account, start=start, end=end, limit=PAGE_ROWS, after=values.get("after"))
        is_debit_normal = AccountType(self.account.type).is_debit_normal
        return {
            "form": form,
            **beside_of(self, ACCOUNT, self.account, place="below"),
            "account": self.account,
            "sheet": sheet,
            "rows": _shown_rows(sheet, is_debit_normal=is_debit_normal),
            "opening": _natural(sheet.opening_balance, is_debit_normal=is_debit_normal),
            "closing": _natural(sheet.closing_balance, is_debit_normal=is_debit_normal),
            "normal_side": "debit" if is_debit_normal else "credit",
            "counted_from": counts_from(self.account, start) if start else None,
            "start": start,
            "end": end,
            "is_first_page": not values.get("after"),
            "next": position_text(sheet.next_position) if sheet.next_position else "",
            "year": {"start": year_start, "end": today},
            "last_year": {
                "start": year_start_of(self.company, year_start - timedelta(days=1)),
                "end": year_start - timedelta(days=1),
            },
        }


@dataclass(frozen=True, slots=True)
class ShownRow:
    line: JournalLine
    running_balance: Decimal
    contra: ContraAccounts | None


def _shown_rows(sheet: AccountSheet, *, is_debit_normal: bool) -> list[ShownRow]:
    """Balances stand in natural sign, as in the chart: positive on the side where the account's type belongs."""
    contra = _contra_accounts(sheet.account, sheet.rows)
    return [
        ShownRow(
            row.line, _natural(row.running_balance, is_debit_normal=is_debit_normal), contra.get(row.line.entry_id)
        )
        for row in sheet.rows
    ]


def _natural(balance: Decimal, *, is_debit_normal: bool) -> Decimal:
    return balance if is_debit_normal else ZERO - balance


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


def position_text(position: SheetPosition) -> str:
    return f"{position.entry_date.isoformat()},{position.journal_number},{position.line_number}"


def position_from_text(text: str) -> SheetPosition | None:
    """Return the position that a page's link names; None when somebody has typed something else."""
    try:
        day, journal_number, line_number = text.split(",")
        return SheetPosition(date.fromisoformat(day), int(journal_number), int(line_number))
    except ValueError:
        return None
