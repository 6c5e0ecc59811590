"""How the documents of receivables follow the journal."""

from ledger.documents.derived import journal_links
from ledger.documents.verbs.journal_link import JournalLink
from receivables.services.external_posting import outgoing_invoices
from receivables.types.all import TYPES

following = JournalLink(kinds=journal_links(TYPES), recording=outgoing_invoices)
