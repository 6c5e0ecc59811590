"""What stands in the way of the final lock: drafts of entries and, by way of the registry, of documents."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backfill.tenancy.models import Company
from backfill.words import noun_of
from ledger.journal import registry
from ledger.models import ApprovalStatus, EntryStatus, JournalEntry
from ledger.periods.calendar import PeriodRef, periods_to_lock


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something dated in a period that could not be posted any more once it is locked. `kind` is `journal_entry` or a
    type of document, `number` what people call it, `on` the date it would post on."""

    kind: str
    id: UUID
    number: str
    on: date

    def __str__(self) -> str:
        return f"{noun_of(self.kind)} {self.number}"

    def as_json(self) -> dict[str, str]:
        return {"type": self.kind, "id": str(self.id), "number": self.number, "date": self.on.isoformat()}


def lock_blockers(company: Company, ref: PeriodRef) -> list[Blocker]:
    """Return what blocks the lock of everything up to a period, by date.

    Drafts for an adjustment period block that one alone. What was rejected or voided blocks nothing.
    """
    drafts = (
        JournalEntry.objects.filter(company=company, status=EntryStatus.DRAFT, entry_date__lte=ref.ends_on)
        .exclude(approval_status__in=(ApprovalStatus.REJECTED, ApprovalStatus.VOID))
        .only("id", "entry_date", "period")
    )
    names = {one.name for one in periods_to_lock(company, ref)}
    found = [
        Blocker("journal_entry", draft.id, str(draft), draft.entry_date)
        for draft in drafts
        if not draft.period or draft.period in names
    ]
    for unposted in registry.lock_blockers:
        found += [Blocker(*facts) for facts in unposted(company, ref.ends_on)]
    return sorted(found, key=lambda blocker: (blocker.on, blocker.kind, blocker.number))
