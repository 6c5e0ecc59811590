"""Reminders that were proposed (`services.dunning_search`): sent or dismissed by a person, charged when accepted."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from backfill.errors import DomainError, ValidationFailed
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.activities import actor_facts, record_activity
from ledger.documents.errors import InvalidStateTransition
from ledger.money import quantize
from receivables.languages import language_of
from receivables.mail import mail_subject, mail_text
from receivables.models import (
    DunningLevel,
    DunningPolicy,
    DunningProposal,
    Mailing,
    MailingKind,
    MailingStatus,
    ProposalStatus,
)
from receivables.printing.letterhead import seller_name
from receivables.printing.reminder_texts import reminder_subject, reminder_text
from receivables.printing.reminders import printable_proposal, reminder_facts
from receivables.printing.wording import word
from receivables.selectors import OPEN_STATUSES
from receivables.services.dunning_search import PAID, reckon
from receivables.services.invoices import create_invoice
from receivables.services.sending import checked_recipients, queue_mailing


@transaction.atomic
def send_reminder(
    *, company_id: UUID, proposal_id: UUID, actor: Actor, recipients: Sequence[str] = ()
) -> DunningProposal:
    """Mail a proposed reminder with today's figures; the letter and the invoice go with it. Safe to repeat.

    One whose mail failed is sent anew. Raises InvalidStateTransition when it was dismissed or the invoice is paid,
    ValidationFailed without an address or a level.
    """
    proposal = _locked(company_id, proposal_id)
    has_failed = proposal.mailing is not None and proposal.mailing.status == MailingStatus.FAILED
    if proposal.status == ProposalStatus.SENT and not has_failed:
        return proposal
    if proposal.status == ProposalStatus.DISMISSED:
        raise InvalidStateTransition(f"the reminder of {proposal.invoice} was dismissed; it cannot be sent")
    _refuse_settled(proposal)
    level = _level_of(proposal)
    today = proposal.invoice.company.today()
    if proposal.status == ProposalStatus.PROPOSED:
        reckon(proposal, level, today)
    proposal.status, proposal.sent_on = ProposalStatus.SENT, proposal.sent_on or today
    proposal.mailing = queue_mailing(_mail(proposal, level, recipients, actor), actor)
    proposal.save()
    _record(proposal, "sent", actor, mailing_id=str(proposal.mailing.id), days_overdue=proposal.days_overdue)
    return proposal


@transaction.atomic
def dismiss_reminder(*, company_id: UUID, proposal_id: UUID, actor: Actor, reason: str = "") -> DunningProposal:
    """Do without a proposed reminder. The next level counts from here. Safe to repeat.

    Raises InvalidStateTransition when it was sent.
    """
    proposal = _locked(company_id, proposal_id)
    if proposal.status == ProposalStatus.DISMISSED:
        return proposal
    if proposal.status == ProposalStatus.SENT:
        raise InvalidStateTransition(f"the reminder of {proposal.invoice} was sent; it cannot be dismissed")
    proposal.status, proposal.dismissed_on = ProposalStatus.DISMISSED, proposal.invoice.company.today()
    proposal.dismissal_reason = reason[:500]
    proposal.save()
    _record(proposal, "dismissed", actor, reason=proposal.dismissal_reason)
    return proposal


@transaction.atomic
def charge_reminder(
    *, company_id: UUID, proposal_id: UUID, actor: Actor, account_id: UUID | None = None
) -> DunningProposal:
    """Invoice fee and interest of a sent reminder, as damages outside the scope of VAT, and return the proposal with
    its `charge`. Safe to repeat. `account_id` takes the revenue, by default the company's revenue account.

    Raises InvalidStateTransition unless it was sent, ValidationFailed when it charges nothing.
    """
    proposal = _locked(company_id, proposal_id)
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
    _record(proposal, "charged", actor, invoice_id=str(proposal.charge.id))
    return proposal


def send_automatic_reminders(*, company: Company, actor: Actor) -> tuple[int, int]:
    """Send what is proposed, where the company says so, each in a transaction of its own; return how many were sent
    and how many could not be. Those stay proposed and are tried again."""
    if not DunningPolicy.objects.filter(company=company, automatic_since__isnull=False).exists():
        return 0, 0
    waiting = DunningProposal.objects.filter(company=company, status=ProposalStatus.PROPOSED)
    sent = refused = 0
    for proposal_id in list(waiting.values_list("id", flat=True)):
        try:
            send_reminder(company_id=company.id, proposal_id=proposal_id, actor=actor)
            sent += 1
        except DomainError:
            refused += 1
    return sent, refused


def _locked(company_id: UUID, proposal_id: UUID) -> DunningProposal:
    rows = DunningProposal.objects.select_for_update().filter(company_id=company_id, id=proposal_id)
    list(rows.values_list("id"))
    return printable_proposal(company_id=company_id, proposal_id=proposal_id)


def _refuse_settled(proposal: DunningProposal) -> None:
    invoice = proposal.invoice
    if invoice.status not in OPEN_STATUSES:
        raise InvalidStateTransition(
            f"invoice {invoice} is {invoice.status.replace('_', ' ')}: {PAID}; dismiss its reminder"
        )


def _level_of(proposal: DunningProposal) -> DunningLevel:
    levels = DunningLevel.objects.filter(policy__company_id=proposal.company_id, number=proposal.level_number)
    level = levels.first()
    if level is None:
        raise ValidationFailed(f"the company has no dunning level {proposal.level_number} any more", field="levels")
    return level


def _mail(proposal: DunningProposal, level: DunningLevel, recipients: Sequence[str], actor: Actor) -> Mailing:
    """The mail of a reminder. Its request is the reminder itself, and the try that failed."""
    invoice = proposal.invoice
    language, facts = language_of(invoice.customer), reminder_facts(proposal)
    text = reminder_text(level, language, facts)
    return Mailing(
        company=invoice.company,
        customer=invoice.customer,
        kind=MailingKind.REMINDER,
        subject_id=proposal.id,
        recipients=checked_recipients(recipients, invoice.customer.email),
        language=language,
        subject=mail_subject(reminder_subject(level, language, facts)),
        body=mail_text("reminder", language, text=text, company=seller_name(invoice.company)),
        request_id=f"after {proposal.mailing_id}" if proposal.mailing_id else "first",
        requested_by=actor_facts(actor),
    )


def _charges(proposal: DunningProposal, account_id: UUID | None) -> Iterator[Mapping[str, Any]]:
    language = language_of(proposal.invoice.customer)
    interest = word("interest", language).format(
        rate=f"{proposal.interest_rate.normalize():f} %", days=proposal.days_overdue
    )
    for what, amount in ((word("fee", language), proposal.fee), (interest, proposal.interest)):
        if amount:
            yield {
                "description": f"{what} · {proposal.invoice}",
                "amount": quantize(amount, proposal.currency),
                "tax_status": "out_of_scope",
                "account_id": account_id,
            }


def _record(proposal: DunningProposal, verb: str, actor: Actor, **detail: Any) -> None:
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
