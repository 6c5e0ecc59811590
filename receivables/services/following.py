"""How the documents of receivables follow the journal."""

from ledger.documents.derived import journal_links
from ledger.documents.following import Following
from receivables.services.recorded import outgoing_invoices
from receivables.types.all import TYPES

following = Following(kinds=journal_links(TYPES), recording=outgoing_invoices)
