"""The tables of the ledger. Rules that PostgreSQL itself enforces on them are in `ledger.guards`."""

from ledger.models.account import Account, AccountType, ControlSide, Slot
from ledger.models.activity import Activity
from ledger.models.attachment import Attachment
from ledger.models.check import BooksCheck
from ledger.models.entry import ApprovalStatus, EntryStatus, JournalEntry, JournalLine, LineTaxRole
from ledger.models.head import EntryCounter, JournalHead
from ledger.models.item import Item, ItemLocation, ItemType, StockMovement
from ledger.models.number_series import NumberSeries
from ledger.models.period import LockRequest, Period
from ledger.models.rate import ExchangeRate
from ledger.models.tax import TaxCode, TaxFamily
from ledger.models.totals import AccountTotal

__all__ = [
    "Account",
    "AccountTotal",
    "AccountType",
    "Activity",
    "ApprovalStatus",
    "Attachment",
    "BooksCheck",
    "ControlSide",
    "EntryCounter",
    "EntryStatus",
    "ExchangeRate",
    "Item",
    "ItemLocation",
    "ItemType",
    "JournalEntry",
    "JournalHead",
    "JournalLine",
    "LineTaxRole",
    "LockRequest",
    "NumberSeries",
    "Period",
    "Slot",
    "StockMovement",
    "TaxCode",
    "TaxFamily",
]
