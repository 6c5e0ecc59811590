"""Finding overdue invoices that are due for a reminder.

A level is proposed when the invoice is as many days overdue as it says and the level before is dealt with, as many
days ago as lie between the two: however late the search runs, no customer gets two reminders at once.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from django.db import transaction
from django.db.models import Case, F, OuterRef, Subquery, When
from django.db.models.functions import Coalesce

from backfill.tenancy.models import Company
from receivables.dunning.bases import dunning_bases
from receivables.dunning.letters import PAID, calculate
from receivables.models import DunningLevel, DunningProposal, Invoice, ProposalStatus
from receivables.selectors import OPEN_STATUSES, dunning_levels

_CHUNK: Final = 2_000


def propose_reminders(*, company: Company, on: date) -> list[DunningProposal]:
    """Propose what is due for a reminder on a day, each invoice and level once, and return what is new.

    Proposals for invoices that were paid since are dismissed. Nothing is sent.
    """
    levels = list(dunning_levels(company.id).values())
    with transaction.atomic():
        dismiss_paid(company=company, on=on)
        wanted = list(_wanted(company, levels, on)) if levels else []
        DunningProposal.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=_CHUNK)
        # Of two searches at once each stores a part; the constraint decides which.
        return list(DunningProposal.objects.filter(company=company, id__in=[row.id for row in wanted]))


def dismiss_paid(*, company: Company, on: date) -> int:
    """Dismiss proposals whose invoice has nothing left to pay, and return how many."""
    waiting = DunningProposal.objects.filter(company=company, status=ProposalStatus.PROPOSED)
    return waiting.exclude(invoice__status__in=OPEN_STATUSES).update(
        status=ProposalStatus.DISMISSED, dismissed_on=on, dismissal_reason=PAID
    )


def _wanted(company: Company, levels: Sequence[DunningLevel], on: date) -> Iterator[DunningProposal]:
    """Yield the proposals that are due, whether or not they are stored already."""
    last = DunningProposal.objects.filter(invoice=OuterRef("pk")).order_by("-level_number")
    overdue = (
        Invoice.objects.filter(company=company, status__in=OPEN_STATUSES)
        .annotate(
            falls_due=Coalesce("due_date", "document_date"),
            last_number=Subquery(last.values("level_number")[:1]),
            last_done_on=Subquery(last.annotate(done=_done_on()).values("done")[:1]),
        )
        .filter(falls_due__lte=on - timedelta(days=levels[0].days_overdue), settled_amount__lt=F("total_amount"))
        .order_by("id")
    )
    rates: dict[str, Decimal | None] = {}
    found = ((one, level) for one in overdue.iterator(chunk_size=_CHUNK) if (level := _next_level(one, levels, on)))
    while due := list(islice(found, _CHUNK)):
        bases = dunning_bases(company.id, [invoice for invoice, _ in due])
        for invoice, level in due:
            invoice.company = company
            proposal = DunningProposal(
                company=company,
                customer_id=invoice.customer_id,
                invoice=invoice,
                level_number=level.number,
                proposed_on=on,
                currency=invoice.currency,
            )
            calculate(proposal, level, on, bases[invoice.id], rates)
            if proposal.credit_amount < proposal.open_amount:
                yield proposal


def _done_on() -> Case:
    """The day on which a reminder was dealt with; none while it waits or is on its way."""
    return Case(When(status="sent", then="sent_on"), When(status="dismissed", then="dismissed_on"))


def _next_level(invoice: Any, levels: Sequence[DunningLevel], on: date) -> DunningLevel | None:
    """Return the level whose time has come, if one is left and the one before is done with for long enough."""
    number = invoice.last_number or 0
    if number >= len(levels) or (number and invoice.last_done_on is None):
        return None
    level = levels[number]
    gap = level.days_overdue - levels[number - 1].days_overdue if number else 0
    if number and invoice.last_done_on + timedelta(days=gap) > on:
        return None
    return level if invoice.due_on + timedelta(days=level.days_overdue) <= on else None
