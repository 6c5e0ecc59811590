"""Receivables as a side of the business: what customers owe, a debit."""

from typing import Final

from ledger.models import ControlSide
from ledger.open_items.sides import Side

RECEIVABLES: Final = Side(
    name=ControlSide.RECEIVABLE,
    party_table="receivables_customer",
    due_table="receivables_invoice",
    noun="customer",
    sign=1,
)
