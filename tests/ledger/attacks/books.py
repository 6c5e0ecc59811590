"""Two companies with a posted entry each, for attacks to work on."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from backfill.ids import uuid7
from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.journal.drafts import EntryDraft, LineDraft
from ledger.journal.posting import post
from ledger.models import Account, AccountRole, JournalEntry, JournalHead
from tests.ledger.raw_journal import DAY, RawLine, RawPosting, flush_constraints, insert


@dataclass(frozen=True)
class Books:
    company: Company
    other: Company
    posted: JournalEntry
    other_posted: JournalEntry

    def account(self, slot: AccountRole, company: Company | None = None) -> UUID:
        return Account.objects.get(company=company or self.company, slot=slot).id

    @property
    def cash(self) -> UUID:
        return self.account(AccountRole.CASH)

    @property
    def revenue(self) -> UUID:
        return self.account(AccountRole.REVENUE)

    @property
    def sale(self) -> RawPosting:
        """Cash 100.00 to revenue 100.00: the guards accept it as it stands."""
        return RawPosting(self.company, (RawLine(self.cash, "100.00"), RawLine(self.revenue, "-100.00")))

    @property
    def foreign_sale(self) -> RawPosting:
        """The same for 100.00 EUR at 1.1 USD."""
        lines = (RawLine(self.cash, "110.00", "100.00"), RawLine(self.revenue, "-110.00", "-100.00"))
        rate = {"currency": "EUR", "exchange_rate": "1.1", "rate_date": DAY, "rate_source": "manual"}
        return RawPosting(self.company, lines, rate)

    def fresh_company(self) -> Company:
        """A company with accounts and nothing posted."""
        return _company()

    def bare_company(self) -> Company:
        """A company that has not even a journal head."""
        return Company.objects.create(name="Bare", chart="us", base_currency="USD")

    def draft(self) -> UUID:
        """A stored draft."""
        entry_id = uuid7()
        at = datetime(2026, 2, 1, tzinfo=UTC)
        texts = (
            *("period", "memo", "document_number", "source_system", "source_id", "connection_id", "rate_source"),
            *("content_digest", "reversal_reason", "created_by", "prev_hash", "hash"),
        )
        insert(
            "ledger_journalentry",
            id=entry_id,
            company_id=self.company.id,
            status="draft",
            approval_status="draft",
            entry_date=DAY,
            kind="manual",
            currency="USD",
            exchange_rate=1,
            dimensions={},
            metadata={},
            provenance={},
            line_count=0,
            total_amount=0,
            overrides_soft_lock=False,
            created_at=at,
            updated_at=at,
            **dict.fromkeys(texts, ""),
        )
        return entry_id


def open_books() -> Books:
    """Make the books through the services, with nothing left to check at commit."""
    company, other = _company(), _company()
    books = Books(company, other, _sale(company), _sale(other))
    flush_constraints()
    return books


def _company() -> Company:
    """A company of five accounts: hundreds of attacks would spend their time on loading whole charts."""
    company = Company.objects.create(name=f"Company {uuid7()}", chart="us", base_currency="USD")
    JournalHead.objects.create(company=company)
    types = {
        AccountRole.CASH: "asset",
        AccountRole.REVENUE: "revenue",
        AccountRole.OUTPUT_TAX: "liability",
        AccountRole.SUSPENSE: "asset",
    }
    types[AccountRole.ACCOUNTS_RECEIVABLE] = "asset"
    Account.objects.bulk_create(
        Account(company=company, code=str(number), name=slot.label, type=kind, slot=slot)
        for number, (slot, kind) in enumerate(types.items(), start=1)
    )
    return company


def _sale(company: Company) -> JournalEntry:
    lines = (
        LineDraft.debit(AccountRole.CASH, Decimal("10.00")),
        LineDraft.credit(AccountRole.REVENUE, Decimal("10.00")),
    )
    draft = EntryDraft(company_id=company.id, entry_date=date(2026, 1, 10), lines=lines)
    return post(draft, actor=system_actor())
