"""The accounts of a document's lines for its page, those too that no line names: where it will post, or has posted."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from ledger.documents.pages.document_admins import DocumentAdmin
from ledger.documents.postings import net_lines
from ledger.models import Account, AccountRole, JournalLine
from ledger.tax.rules import tax_book


def show_accounts(kind: DocumentAdmin, document: Any, lines: Sequence[Any]) -> None:
    """Give each line its `shown_account`, None where there is none. No statement where all lines or items name one."""
    for line in lines:
        line.shown_account = line.account or (kind.side.item_account(line.item) if line.item else None)
    open_ = [line for line in lines if line.shown_account is None and line.net_amount]
    if not open_ or kind.doc_type.entry is None or getattr(document, "is_externally_posted", False):
        return
    found = _posted(document, open_) if document.is_posted else _to_post(kind, document, open_)
    for line, account in found:
        line.shown_account = account


def _posted(document: Any, lines: Sequence[Any]) -> Iterator[tuple[Any, Account]]:
    """Find each line in the entry, by its amount, text and tax code."""
    posted = JournalLine.objects.filter(company_id=document.company_id, entry=document.entry_id)
    rows = list(posted.select_related("account").order_by("line_number"))
    for line in lines:
        wanted = (abs(line.net_amount), line.description[:500])
        match = next((row for row in rows if (abs(row.currency_amount), row.description) == wanted), None)
        if match is not None:
            rows.remove(match)
            yield line, match.account


def _to_post(kind: DocumentAdmin, document: Any, lines: Sequence[Any]) -> Iterator[tuple[Any, Account]]:
    """Ask what posting would do."""
    party = kind.doc_type.party_of(document)
    posted = net_lines(
        lines,
        tax_book(document.company_id).rules,
        sign=1,
        usual=kind.side.default_slot,
        of_item=lambda item: None,  # these lines have no item with an account
        stated=getattr(document, kind.line_account) if kind.line_account else None,
        default=party.default_account if party else None,
    )
    named = dict(zip((line.pk for line in lines), (one.account for one in posted), strict=False))
    ids = [name for name in named.values() if isinstance(name, UUID)]
    slots = [name.value for name in named.values() if isinstance(name, AccountRole)]
    company_accounts = Account.objects.filter(company_id=document.company_id)
    known = {account.pk: account for account in company_accounts.filter(pk__in=ids)} if ids else {}
    usual = {account.slot: account for account in company_accounts.filter(slot__in=slots)} if slots else {}
    for line in lines:
        name = named.get(line.pk)
        account = (
            usual.get(name.value)
            if isinstance(name, AccountRole)
            else known.get(name)
            if isinstance(name, UUID)
            else None
        )
        if account is not None:
            yield line, account
