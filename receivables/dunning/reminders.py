"""Reminders that were proposed (`services.dunning_search`) and are not mailed: dismissed, handed over on paper; and
the invoice over what a reminder cost."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.letters.languages import Figures
from backfill.letters.wording import word
from backfill.tenancy.actors import Actor
from backfill.words import state_of
from ledger.currencies.money import quantize
from ledger.documents import verbs
from ledger.documents.store.repeating import refuse_other_facts
from ledger.errors import InvalidStateTransition
from ledger.models.activity import record_activity
from receivables.customers.language import language_of
from receivables.dunning.bases import dunning_bases
from receivables.dunning.letters import calculate, interest_for, level_numbered, refuse_needless
from receivables.dunning.printing import printable_proposal
from receivables.models import DunningProposal, InvoiceLine, MailingStatus, ProposalStatus
from receivables.selectors import dunning_levels
from receivables.types.invoices import INVOICE


@transaction.atomic
def mark_reminder_sent(*, company_id: UUID, proposal_id: UUID, actor: Actor) -> DunningProposal:
    """Note that a reminder went out on paper, with today's figures; nothing is mailed. Safe to repeat.

    One whose mail failed is noted, too. Raises InvalidStateTransition when it was dismissed or the invoice is paid,
    ValidationFailed without a level.
    """
    proposal = locked_proposal(company_id, proposal_id)
    if is_out(proposal):
        return proposal
    refuse_needless(proposal)
    today = proposal.invoice.company.today()
    level = level_numbered(dunning_levels(company_id), proposal.level_number)
    basis = dunning_bases(company_id, [proposal.invoice])[proposal.invoice_id]
    calculate(proposal, level, today, basis)
    refuse_needless(proposal)
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
        before = {"reason": (reason[:500], proposal.dismissal_reason)}
        refuse_other_facts(_("the reminder of {invoice} was dismissed").format(invoice=proposal.invoice), before)
        return proposal
    if proposal.status in {ProposalStatus.SENT, ProposalStatus.QUEUED}:
        raise InvalidStateTransition(
            _("the reminder of {invoice} was sent; it cannot be dismissed").format(invoice=proposal.invoice)
        )
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

    Interest is charged for no day twice: what another reminder of the invoice has charged is left out. Raises
    InvalidStateTransition unless it was sent, ValidationFailed when it charges nothing.
    """
    proposal = locked_proposal(company_id, proposal_id)
    if proposal.charge_id is not None:
        accounts = set(InvoiceLine.objects.filter(document_id=proposal.charge_id).values_list("account_id", flat=True))
        before = account_id if account_id in accounts else None
        done = _("the reminder of {invoice} was charged").format(invoice=proposal.invoice)
        refuse_other_facts(done, {"account_id": (account_id, before)})
        return proposal
    if proposal.status != ProposalStatus.SENT:
        raise InvalidStateTransition(
            _("the reminder of {invoice} is {state}; only a sent one is charged").format(
                invoice=proposal.invoice, state=state_of(proposal.status)
            )
        )
    lines = list(_charges(proposal, account_id))
    if not lines:
        raise ValidationFailed(
            _("the reminder of {invoice} has neither fee nor interest").format(invoice=proposal.invoice)
        )
    values = {
        "customer_id": proposal.customer_id,
        "currency": proposal.currency,
        "memo": f"{proposal.invoice}",
        "lines": lines,
        "status": "open",
    }
    proposal.charge = verbs.create(INVOICE, values, company=proposal.invoice.company, actor=actor)
    proposal.save(update_fields=["charge", "updated_at"])
    record_reminder(proposal, "charged", actor, invoice_id=str(proposal.charge.id))
    return proposal


def locked_proposal(company_id: UUID, proposal_id: UUID) -> DunningProposal:
    """Return a proposal with the rows of all reminders of its invoice locked. Raises DocumentNotFound."""
    of_invoice = DunningProposal.objects.filter(company_id=company_id, id=proposal_id).values("invoice")
    rows = DunningProposal.objects.select_for_update().filter(company_id=company_id, invoice__in=of_invoice)
    list(rows.order_by("id").values_list("id"))
    return printable_proposal(company_id=company_id, proposal_id=proposal_id)


def is_out(proposal: DunningProposal) -> bool:
    """Whether a reminder was sent or is on its way, and its mail did not fail."""
    return proposal.status in {ProposalStatus.SENT, ProposalStatus.QUEUED} and not has_failed(proposal)


def has_failed(proposal: DunningProposal) -> bool:
    """Whether a reminder was mailed and the mail did not go out."""
    return proposal.mailing is not None and proposal.mailing.status == MailingStatus.FAILED


def _charges(proposal: DunningProposal, account_id: UUID | None) -> Iterator[Mapping[str, Any]]:
    invoice, language = proposal.invoice, language_of(proposal.invoice.customer)
    figures = Figures.of(language, invoice.company, proposal.currency)
    rate = figures.percent(proposal.interest_rate)
    days = _days_to_charge(proposal)
    interest = word("interest", language).format(rate=rate, days=days)
    for what, amount in ((word("fee", language), proposal.fee), (interest, interest_for(proposal, days))):
        if amount:
            yield {
                "description": f"{what} · {invoice}",
                "amount": quantize(amount, proposal.currency),
                "tax_status": "out_of_scope",
                "account_id": account_id,
            }


def _days_to_charge(proposal: DunningProposal) -> int:
    """Return the days whose interest the reminder asks for and no other one has charged."""
    basis = dunning_bases(proposal.company_id, [proposal.invoice])[proposal.invoice_id]
    if proposal.sent_on is None or not basis.bears_interest:
        return 0
    return min(proposal.interest_days, basis.interest_days(proposal.invoice, proposal.sent_on))


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
            reminder_id=str(proposal.id),
            **detail,
        )
