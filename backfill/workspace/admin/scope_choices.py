"""The scopes of an API key in plain words, for the form that makes one."""

from dataclasses import dataclass
from typing import Final

from backfill.tenancy.scopes import MODULES


@dataclass(frozen=True, slots=True)
class Package:
    """One scope that stands for many."""

    scope: str
    title: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Area:
    """A module with its two scopes; write includes read."""

    title: str
    explanation: str
    read: str
    write: str


PACKAGES: Final = (
    Package(
        "finance:read",
        "Read all books",
        "Journal, sales, purchases, bank, periods and reports. Nothing can be changed.",
    ),
    Package(
        "finance:write",
        "Daily work",
        "Read all books, and make entries, invoices, bills and payments. Neither closing periods nor settings.",
    ),
    Package("admin", "Everything", "Whatever an admin may do over the API, closing periods and settings included."),
)

_AREAS: Final = {
    "journal": ("Journal", "Accounts, entries, tax codes and the documents behind them"),
    "receivables": ("Sales", "Customers, items, quotes, invoices, credit memos and their payments"),
    "payables": ("Purchases", "Vendors, bills, expenses and their payments"),
    "bank": ("Bank", "Bank accounts, transactions, deposits and transfers"),
    "periods": ("Periods", "Reading their state; with write, closing and reopening them"),
    "reports": ("Reports", "Trial balance, balance sheet, income statement and other reports"),
    "config": ("Settings", "Tax codes, connections and other set-up of the company"),
}

AREAS: Final = tuple(Area(*_AREAS[module], f"{module}:read", f"{module}:write") for module in MODULES)
CHOICES: Final = tuple(
    [(package.scope, package.title) for package in PACKAGES]
    + [
        (scope, f"{area.title}: {action}")
        for area in AREAS
        for scope, action in ((area.read, "read"), (area.write, "write"))
    ]
)
LABELS: Final = dict(CHOICES)
