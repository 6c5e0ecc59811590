"""Mailing reminders. Those of one customer in one currency go out together, in one letter."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from backfill.errors import DomainError
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.documents.store.repeating import refuse_other_facts
from ledger.models.activity import actor_facts
from receivables.delivery.sending import checked_recipients, queue_mailing
from receivables.dunning.bases import dunning_bases
from receivables.dunning.letters import Letter, letters_of, level_numbered, prepare, refuse_needless
from receivables.dunning.printing import printable_proposals, reminder_words
from receivables.dunning.reminders import is_out, locked_proposal, record_reminder
from receivables.models import (
    DunningLevel,
    DunningPolicy,
    DunningProposal,
    Mailing,
    MailingKind,
    ProposalStatus,
)
from receivables.selectors import dunning_levels


@dataclass(slots=True)
class SentReminders:
    """What became of the reminders of a batch: in how many letters how many went, and why others did not, by id."""

    letters: int = 0
    reminders: int = 0
    refusals: dict[UUID, DomainError] = field(default_factory=dict)


@transaction.atomic
def send_reminder(
    *, company_id: UUID, proposal_id: UUID, actor: Actor, recipients: Sequence[str] = ()
) -> DunningProposal:
    """Mail one proposed reminder with today's figures; the letter and the invoice go with it. Safe to repeat.

    One whose mail failed is sent anew. Raises InvalidStateTransition when it was dismissed or the invoice is paid,
    ValidationFailed without an address or a level.
    """
    proposal = locked_proposal(company_id, proposal_id)
    if _is_to_send(proposal):
        _send([proposal], actor, recipients)
    elif recipients:
        before = proposal.mailing.recipients if proposal.mailing else []
        stated = checked_recipients(recipients, "")
        refuse_other_facts(
            _("the reminder of {invoice} was sent").format(invoice=proposal.invoice), {"recipients": (stated, before)}
        )
    return proposal


def send_reminders(*, company_id: UUID, proposal_ids: Sequence[UUID], actor: Actor) -> SentReminders:
    """Mail many: one letter for all reminders of a customer in a currency, each letter in a transaction of its own.

    A letter has the words of its highest level and asks for one fee, the highest. What is refused stays as it is and
    does not hold up the rest. Safe to repeat.
    """
    outcome = SentReminders()
    for letter in letters_of(printable_proposals(company_id=company_id, proposal_ids=proposal_ids)):
        keys = [one.id for one in letter.proposals]
        try:
            _send_together(company_id, keys, actor, outcome)
        except DomainError as error:
            outcome.refusals |= dict.fromkeys(keys, error)
    return outcome


def send_automatic_reminders(*, company: Company, actor: Actor) -> SentReminders:
    """Send what is proposed, where the company says so. What cannot be sent stays proposed and is tried again."""
    if not DunningPolicy.objects.filter(company=company, automatic_since__isnull=False).exists():
        return SentReminders()
    waiting = DunningProposal.objects.filter(company=company, status=ProposalStatus.PROPOSED)
    keys = list(waiting.values_list("id", flat=True))
    return send_reminders(company_id=company.id, proposal_ids=keys, actor=actor)


@transaction.atomic
def _send_together(company_id: UUID, keys: Sequence[UUID], actor: Actor, outcome: SentReminders) -> None:
    # One statement, by key: two batches with the same reminders wait for each other instead of locking crosswise.
    rows = DunningProposal.objects.select_for_update().filter(company_id=company_id, id__in=keys)
    list(rows.order_by("id").values_list("id"))
    wanted, refusals = [], {}
    for proposal in printable_proposals(company_id=company_id, proposal_ids=keys):
        try:
            if _is_to_send(proposal):
                wanted.append(proposal)
        except DomainError as error:
            refusals[proposal.id] = error
    if wanted:
        _send(wanted, actor, ())
        outcome.letters += 1
    outcome.reminders += len(wanted)
    outcome.refusals |= refusals


def _is_to_send(proposal: DunningProposal) -> bool:
    """Whether it was not sent yet, or its mail failed. Raises InvalidStateTransition when there is no need of it."""
    if is_out(proposal):
        return False
    basis = dunning_bases(proposal.company_id, [proposal.invoice])[proposal.invoice_id]
    proposal.credit_amount = basis.credit
    refuse_needless(proposal)
    return True


def _send(proposals: Sequence[DunningProposal], actor: Actor, recipients: Sequence[str]) -> None:
    """Queue the mail of a letter and note it on its reminders."""
    (letter,) = letters_of(proposals)
    levels = dunning_levels(letter.company.id)
    today = letter.company.today()
    prepare(letter, levels, today)
    for one in letter.proposals:
        one.status, one.sent_on = ProposalStatus.QUEUED, one.sent_on or today
    mailing = queue_mailing(_mail(letter, level_numbered(levels, letter.level_number), recipients, actor), actor)
    for one in letter.proposals:
        one.mailing = mailing
        one.save()
        record_reminder(one, "queued", actor, mailing_id=str(mailing.id), days_overdue=one.days_overdue)


def _mail(letter: Letter, level: DunningLevel, recipients: Sequence[str], actor: Actor) -> Mailing:
    """The mail of a letter. Its request is its first reminder, and the try that failed."""
    words, first = reminder_words(letter, level), letter.first
    return Mailing(
        company=letter.company,
        customer=letter.customer,
        kind=MailingKind.REMINDER,
        subject_id=first.id,
        recipients=checked_recipients(recipients, letter.customer.email),
        language=letter.language,
        subject=words.subject,
        body=words.text,
        request_id=f"after {first.mailing_id}" if first.mailing_id else "first",
        requested_by=actor_facts(actor),
    )
