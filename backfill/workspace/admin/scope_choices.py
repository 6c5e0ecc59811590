"""The scopes of an API key in plain words, for the form that makes one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backfill.tenancy.scopes import MODULES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Package:
    """One scope that stands for many."""

    scope: str
    title: "StrOrPromise"
    explanation: "StrOrPromise"


@dataclass(frozen=True, slots=True)
class Area:
    """A module with its two scopes; write includes read."""

    title: "StrOrPromise"
    explanation: "StrOrPromise"
    read: str
    write: str


PACKAGES: Final = (
    Package(
        "finance:read",
        _("Read all books"),
        _("Journal, sales, purchases, bank, periods and reports. Nothing can be changed."),
    ),
    Package(
        "finance:write",
        _("Daily work"),
        _("Read all books, and make entries, invoices, bills and payments. Neither closing periods nor settings."),
    ),
    Package(
        "admin",
        _("Everything"),
        _("Whatever an admin may do over the API, closing periods and settings included."),
    ),
)

_AREAS: Final = {
    "journal": (_("Journal"), _("Accounts, entries, tax codes and the documents behind them")),
    "receivables": (_("Sales"), _("Customers, items, quotes, invoices, credit memos and their payments")),
    "payables": (_("Purchases"), _("Vendors, bills, expenses and their payments")),
    "bank": (_("Bank"), _("Bank accounts, transactions, deposits and transfers")),
    "periods": (_("Periods"), _("Reading their state; with write, closing and reopening them")),
    "reports": (_("Reports"), _("Trial balance, balance sheet, income statement and other reports")),
    "config": (_("Settings"), _("Tax codes, connections and other set-up of the company")),
}

AREAS: Final = tuple(Area(*_AREAS[module], f"{module}:read", f"{module}:write") for module in MODULES)
CHOICES: Final = tuple(
    [(package.scope, package.title) for package in PACKAGES]
    + [
        (scope, format_lazy(words, area=area.title))
        for area in AREAS
        for scope, words in ((area.read, _("{area}: read")), (area.write, _("{area}: write")))
    ]
)
LABELS: Final = dict(CHOICES)
