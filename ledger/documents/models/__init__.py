"""The abstract tables of documents: apps add their own party and their own facts."""

from ledger.documents.models.amounts import amount_field
from ledger.documents.models.document import (
    Document,
    RecordableDocument,
    SettledDocument,
    TaxBehavior,
    document_constraints,
    settlement_constraints,
)
from ledger.documents.models.line import DocumentLine, TaxStatus
from ledger.documents.models.party import Party, party_constraints

__all__ = [
    "Document",
    "DocumentLine",
    "Party",
    "RecordableDocument",
    "SettledDocument",
    "TaxBehavior",
    "TaxStatus",
    "amount_field",
    "document_constraints",
    "party_constraints",
    "settlement_constraints",
]
