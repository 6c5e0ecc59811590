"""The tables of the ledger. Rules that PostgreSQL itself enforces on them are in `ledger.guards`."""

from ledger.models.account import Account, AccountRole, AccountType, ControlSide
from ledger.models.activity import Activity
from ledger.models.attachment import Attachment
from ledger.models.check import BooksCheck
from ledger.models.comment import Comment, Mention
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
    "Attachment",
    "BooksCheck",
    "Comment",
    "ControlSide",
    "EntryCounter",
    "EntryStatus",
    "ExchangeRate",
    "JournalEntry",
    "JournalHead",
    "JournalLine",
    "LineTaxRole",
    "LockRequest",
    "Mention",
    "Period",
    "TaxCode",
    "TaxFamily",
]
