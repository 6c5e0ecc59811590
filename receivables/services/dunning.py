"""Reminders that were proposed (`services.dunning_search`) and are not mailed: dismissed, handed over on paper; and
the invoice over what a reminder cost."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from ledger.activities import record_activity
from ledger.documents.errors import InvalidStateTransition
from ledger.money import quantize
from receivables.languages import Figures, language_of
from receivables.models import DunningProposal, MailingStatus, ProposalStatus
from receivables.printing.reminders import printable_proposal
from receivables.printing.wording import word
from receivables.reminding import level_numbered, reckon
from receivables.selectors import OPEN_STATUSES, dunning_levels
from receivables.services.dunning_search import PAID
from receivables.services.invoices import create_invoice


@transaction.atomic
def mark_reminder_sent(*, company_id: UUID, proposal_id: UUID, actor: Actor) -> DunningProposal:
    """Note that a reminder went out on paper, with today's figures; nothing is mailed. Safe to repeat.

    One whose mail failed is noted, too. Raises InvalidStateTransition when it was dismissed or the invoice is paid,
    ValidationFailed without a level.
    """
    proposal = locked_proposal(company_id, proposal_id)
    if proposal.status == ProposalStatus.SENT and not has_failed(proposal):
        return proposal
    refuse_needless(proposal)
    today = proposal.invoice.company.today()
    level = level_numbered(dunning_levels(company_id), proposal.level_number)
    reckon(proposal, level, today)
    proposal.status, proposal.sent_on, proposal.mailing = ProposalStatus.SENT, today, None
    proposal.save()
    record_reminder(proposal, "sent", actor, by="paper", days_overdue=proposal.days_overdue)
    return proposal


@transaction.atomic
def dismiss_reminder(*, company_id: UUID, proposal_id: UUID, actor: Actor, reason: str = "") -> DunningProposal:
    """Do without a proposed reminder. The next level counts from here. Safe to repeat.

    Raises InvalidStateTransition when it was sent.
    """
    proposal = locked_proposal(company_id, proposal_id)
    if proposal.status == ProposalStatus.DISMISSED:
        return proposal
    if proposal.status == ProposalStatus.SENT:
        raise InvalidStateTransition(f"the reminder of {proposal.invoice} was sent; it cannot be dismissed")
    proposal.status, proposal.dismissed_on = ProposalStatus.DISMISSED, proposal.invoice.company.today()
    proposal.dismissal_reason = reason[:500]
    proposal.save()
    record_reminder(proposal, "dismissed", actor, reason=proposal.dismissal_reason)
    return proposal


@transaction.atomic
def charge_reminder(
    *, company_id: UUID, proposal_id: UUID, actor: Actor, account_id: UUID | None = None
) -> DunningProposal:
    """Invoice fee and interest of a sent reminder, as damages outside the scope of VAT, and return the proposal with
    its `charge`. Safe to repeat. `account_id` takes the revenue, by default the company's revenue account.

    Raises InvalidStateTransition unless it was sent, ValidationFailed when it charges nothing.
    """
    proposal = locked_proposal(company_id, proposal_id)
    if proposal.charge_id is not None:
        return proposal
    if proposal.status != ProposalStatus.SENT:
        raise InvalidStateTransition(
            f"the reminder of {proposal.invoice} is {proposal.status}; only a sent one is charged"
        )
    lines = list(_charges(proposal, account_id))
    if not lines:
        raise ValidationFailed(f"the reminder of {proposal.invoice} has neither fee nor interest")
    values = {
        "customer_id": proposal.customer_id,
        "currency": proposal.currency,
        "memo": f"{proposal.invoice}",
        "lines": lines,
        "status": "open",
    }
    proposal.charge = create_invoice(values, company=proposal.invoice.company, actor=actor)
    proposal.save(update_fields=["charge", "updated_at"])
    record_reminder(proposal, "charged", actor, invoice_id=str(proposal.charge.id))
    return proposal


def locked_proposal(company_id: UUID, proposal_id: UUID) -> DunningProposal:
    """Return a proposal with its row locked. Raises DocumentNotFound."""
    rows = DunningProposal.objects.select_for_update().filter(company_id=company_id, id=proposal_id)
    list(rows.values_list("id"))
    return printable_proposal(company_id=company_id, proposal_id=proposal_id)


def has_failed(proposal: DunningProposal) -> bool:
    """Whether a reminder was mailed and the mail did not go out."""
    return proposal.mailing is not None and proposal.mailing.status == MailingStatus.FAILED


def refuse_needless(proposal: DunningProposal) -> None:
    """Raise InvalidStateTransition when a reminder was dismissed or there is nothing left to remind of."""
    if proposal.status == ProposalStatus.DISMISSED:
        raise InvalidStateTransition(f"the reminder of {proposal.invoice} was dismissed; it cannot be sent")
    invoice = proposal.invoice
    if invoice.status not in OPEN_STATUSES:
        raise InvalidStateTransition(
            f"invoice {invoice} is {invoice.status.replace('_', ' ')}: {PAID}; dismiss its reminder"
        )


def _charges(proposal: DunningProposal, account_id: UUID | None) -> Iterator[Mapping[str, Any]]:
    invoice, language = proposal.invoice, language_of(proposal.invoice.customer)
    figures = Figures.of(language, invoice.company, proposal.currency)
    rate = figures.percent(proposal.interest_rate)
    interest = word("interest", language).format(rate=rate, days=proposal.days_overdue)
    for what, amount in ((word("fee", language), proposal.fee), (interest, proposal.interest)):
        if amount:
            yield {
                "description": f"{what} · {invoice}",
                "amount": quantize(amount, proposal.currency),
                "tax_status": "out_of_scope",
                "account_id": account_id,
            }


def record_reminder(proposal: DunningProposal, verb: str, actor: Actor, **detail: Any) -> None:
    """Tell it on the proposal and, for whoever looks there, on the invoice."""
    for subject_type, key, what in (
        ("dunning_proposal", proposal.id, verb),
        ("invoice", proposal.invoice_id, f"reminder_{verb}"),
    ):
        record_activity(
            company_id=proposal.company_id,
            subject_type=subject_type,
            subject_id=key,
            verb=what,
            actor=actor,
            level=proposal.level_number,
            **detail,
        )
