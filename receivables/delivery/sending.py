"""Mailing invoices and credit memos: asked for here, sent by a worker after the commit (`services.delivery`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from backfill.einvoices.errors import EInvoiceNotPossible
from backfill.errors import ValidationFailed
from backfill.letters.languages import Figures
from backfill.letters.letterhead import seller_name
from backfill.letters.mail import mail_subject, mail_text
from backfill.letters.wording import word
from backfill.tenancy.actors import Actor
from backfill.waking import wake
from ledger.errors import InvalidStateTransition
from ledger.models.activity import actor_facts, record_activity
from receivables.customers.buyer_details import Printable
from receivables.customers.language import language_of
from receivables.einvoices.documents import einvoice_xml
from receivables.models import Invoice, Mailing, MailingFormat, MailingKind
from receivables.printing.documents import printable_credit_memo, printable_invoice

ChosenFormat = Literal["automatic", "pdf", "factur-x", "xrechnung"]
AUTOMATIC: Final = "automatic"
CHOSEN_FORMATS: Final[tuple[ChosenFormat, ...]] = ("automatic", "pdf", "factur-x", "xrechnung")
_MOST_RECIPIENTS: Final = 10


@dataclass(frozen=True, slots=True)
class Wishes:
    """What whoever sends says about the mail; what is empty is ours to choose."""

    recipients: Sequence[str]
    mail_format: ChosenFormat
    subject: str
    message: str
    request_id: str


@transaction.atomic
def send_invoice(
    *,
    company_id: UUID,
    document_id: UUID,
    actor: Actor,
    recipients: Sequence[str] = (),
    mail_format: ChosenFormat = "automatic",
    subject: str = "",
    message: str = "",
    request_id: str = "",
) -> Mailing:
    """Have a confirmed invoice mailed, by default to the customer's address with our own words in its language.

    `automatic` is Factur-X where the invoice has all that EN 16931 asks for, else plain PDF. The same `request_id`
    again is the same mail. Raises InvalidStateTransition, EInvoiceNotPossible, ValidationFailed.
    """
    invoice = printable_invoice(company_id=company_id, document_id=document_id)
    wishes = Wishes(recipients, mail_format, subject, message, request_id)
    return _sent(invoice, wishes, actor)


@transaction.atomic
def send_credit_memo(
    *,
    company_id: UUID,
    document_id: UUID,
    actor: Actor,
    recipients: Sequence[str] = (),
    mail_format: ChosenFormat = "automatic",
    subject: str = "",
    message: str = "",
    request_id: str = "",
) -> Mailing:
    """Have an approved credit memo mailed, as `send_invoice` does an invoice."""
    memo = printable_credit_memo(company_id=company_id, document_id=document_id)
    wishes = Wishes(recipients, mail_format, subject, message, request_id)
    return _sent(memo, wishes, actor)


@dataclass(frozen=True, slots=True)
class MailWords:
    subject: str
    body: str


def proposed_words(document: Printable) -> MailWords:
    """Return what the mail says when whoever sends it says nothing, in the customer's language."""
    is_issued = document.is_posted and not document.is_void
    return _words(document, _format(document, AUTOMATIC) if is_issued else MailingFormat.PDF)


def queue_mailing(mailing: Mailing, actor: Actor) -> Mailing:
    """Store a mail and have it sent after the commit; the one of the same request where there is one already."""
    if mailing.request_id:
        same = {"company_id": mailing.company_id, "kind": mailing.kind, "subject_id": mailing.subject_id}
        # The constraint decides when two come at once: the second waits for the first and then finds it.
        Mailing.objects.bulk_create([mailing], ignore_conflicts=True)
        stored = Mailing.objects.get(request_id=mailing.request_id, **same)
        if stored.id != mailing.id:
            return stored
    else:
        mailing.save(force_insert=True)
    record_activity(
        company_id=mailing.company_id,
        subject_type=mailing.subject_type,
        subject_id=mailing.subject_id,
        verb="mail_requested",
        actor=actor,
        mailing_id=str(mailing.id),
        recipients=mailing.recipients,
        format=mailing.format,
    )
    wake("receivables.deliver_mailing", mailing.id)
    return mailing


def checked_recipients(recipients: Sequence[str], fallback: str) -> list[str]:
    """Return the addresses, or the fallback. Raises ValidationFailed naming the one that is none."""
    wanted = [address.strip() for address in recipients] or ([fallback] if fallback else [])
    if not wanted:
        raise ValidationFailed(_("the customer has no e-mail address; set one, or say to whom"), field="recipients")
    if len(wanted) > _MOST_RECIPIENTS:
        raise ValidationFailed(
            _("a mail goes to at most {most} addresses").format(most=_MOST_RECIPIENTS), field="recipients"
        )
    for index, address in enumerate(wanted):
        try:
            validate_email(address)
        except ValidationError as error:
            raise ValidationFailed(
                _("«{address}» is not an e-mail address").format(address=address), field=f"recipients[{index}]"
            ) from error
    return list(dict.fromkeys(wanted))


def _refuse_unissued(document: Printable, kind: MailingKind) -> None:
    if document.is_posted and not document.is_void:
        return
    if kind == MailingKind.INVOICE:
        message = (
            _("invoice {number} is void; only a confirmed one is sent")
            if document.is_void
            else _("invoice {number} is a draft; only a confirmed one is sent")
        )
    elif document.is_void:
        message = _("credit memo {number} is void; only a confirmed one is sent")
    else:
        message = _("credit memo {number} is a draft; only a confirmed one is sent")
    raise InvalidStateTransition(message.format(number=document))


def _sent(document: Printable, wishes: Wishes, actor: Actor) -> Mailing:
    kind = _kind(document)
    _refuse_unissued(document, kind)
    addresses = checked_recipients(wishes.recipients, document.customer.email)
    chosen = _format(document, wishes.mail_format)
    words = _words(document, chosen)
    mailing = Mailing(
        company=document.company,
        customer=document.customer,
        kind=kind,
        subject_id=document.id,
        format=chosen,
        recipients=addresses,
        language=language_of(document.customer),
        subject=mail_subject(wishes.subject) if wishes.subject else words.subject,
        body=wishes.message or words.body,
        request_id=wishes.request_id[:255],
        requested_by=actor_facts(actor),
    )
    return queue_mailing(mailing, actor)


def _format(document: Printable, chosen: ChosenFormat) -> MailingFormat:
    """Decide the format, having tried it: a refusal reaches whoever asked, and not a worker."""
    if chosen == "pdf":
        return MailingFormat.PDF
    if chosen == "xrechnung":
        einvoice_xml(document, "xrechnung")
        return MailingFormat.XRECHNUNG
    try:
        einvoice_xml(document, "factur-x")
    except EInvoiceNotPossible:
        if chosen != AUTOMATIC:
            raise
        return MailingFormat.PDF
    return MailingFormat.FACTUR_X


def _words(document: Printable, chosen: MailingFormat) -> MailWords:
    language, kind = language_of(document.customer), _kind(document)
    figures = Figures.of(language, document.company, document.currency)
    due = document.due_date if isinstance(document, Invoice) else None
    amount = document.total_amount - (document.prepaid_amount if isinstance(document, Invoice) else 0)
    body = mail_text(
        f"receivables/mail/{kind.value}",
        language,
        number=str(document),
        day=figures.day(document.document_date),
        amount=figures.money(amount),
        due=figures.day(due) if due else "",
        holds_xml=chosen == MailingFormat.FACTUR_X,
        is_xrechnung=chosen == MailingFormat.XRECHNUNG,
        company=seller_name(document.company),
    )
    return MailWords(mail_subject(f"{word(kind.value, language)} {document} – {seller_name(document.company)}"), body)


def _kind(document: Printable) -> MailingKind:
    return MailingKind.INVOICE if isinstance(document, Invoice) else MailingKind.CREDIT_MEMO
