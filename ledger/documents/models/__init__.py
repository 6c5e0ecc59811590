"""The tables that every document shares: apps add their own party and their own facts to the abstract ones."""

from ledger.documents.models.amounts import amount_field
from ledger.documents.models.document import (
    Document,
    ExternallyPostableDocument,
    SettledDocument,
    TaxBehavior,
    document_constraints,
    settlement_constraints,
)
from ledger.documents.models.line import DocumentLine, TaxStatus
from ledger.documents.models.number_series import NumberSeries
from ledger.documents.models.party import Party, party_constraints

__all__ = [
    "Document",
    "DocumentLine",
    "ExternallyPostableDocument",
    "NumberSeries",
    "Party",
    "SettledDocument",
    "TaxBehavior",
    "TaxStatus",
    "amount_field",
    "document_constraints",
    "party_constraints",
    "settlement_constraints",
]
