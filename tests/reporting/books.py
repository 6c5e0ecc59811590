"""Posts the entries that reports are tested with, and reads what came out."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.journal.drafts import AccountCode, EntryDraft, LineDraft
from ledger.journal.posting import post
from ledger.models import Account, JournalEntry
from reporting.statements import Section, StatementRow


def book(
    company: Company,
    day: str,
    *lines: tuple[str, str],
    memo: str = "",
    adjustment_period: int | None = None,
    **more: object,
) -> JournalEntry:
    """Post an entry of (account code, amount) lines, debit positive, in base currency."""
    draft = EntryDraft(
        company_id=company.pk,
        entry_date=date.fromisoformat(day),
        memo=memo,
        adjustment_period=adjustment_period,
        lines=tuple(LineDraft(account=AccountCode(code), amount=Decimal(amount)) for code, amount in lines),
        **more,  # type: ignore[arg-type]
    )
    return post(draft, actor=system_actor())


def account(company: Company, code: str) -> Account:
    return Account.objects.get(company=company, code=code)


def rows_of(sections: Iterable[Section]) -> Iterator[StatementRow]:
    for section in sections:
        yield from section.rows
        yield from rows_of(section.sections)


def amounts(sections: Iterable[Section]) -> dict[str, Decimal]:
    """Amounts by account code, derived rows by their key."""
    return {row.account.code if row.account else row.key: row.figures.current for row in rows_of(sections)}
