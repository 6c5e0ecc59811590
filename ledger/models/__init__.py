"""The tables of the ledger. Rules that PostgreSQL itself enforces on them are in `ledger.guards`."""

from ledger.models.account import Account, AccountRole, AccountType, ControlSide
from ledger.models.activity import Activity
from ledger.models.check import BooksCheck
from ledger.models.entry import ApprovalStatus, EntryStatus, JournalEntry, JournalLine, LineTaxRole
from ledger.models.head import EntryCounter, JournalHead
from ledger.models.period import LockRequest, Period
from ledger.models.rate import ExchangeRate
from ledger.models.tax import TaxCode, TaxFamily
from ledger.models.totals import AccountTotal

__all__ = [
    "Account",
    "AccountRole",
    "AccountTotal",
    "AccountType",
    "Activity",
    "ApprovalStatus",
    "BooksCheck",
    "ControlSide",
    "EntryCounter",
    "EntryStatus",
    "ExchangeRate",
    "JournalEntry",
    "JournalHead",
    "JournalLine",
    "LineTaxRole",
    "LockRequest",
    "Period",
    "TaxCode",
    "TaxFamily",
]
