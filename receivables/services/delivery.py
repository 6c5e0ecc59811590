"""Sending what was asked to be mailed. Runs in a worker, outside any transaction: a mail server may take its time.

Whoever sends a mail claims it first, so that no two workers send the same one. A worker that dies between sending and
noting it leaves a claim that expires; then the mail is sent a second time, which is better than never.
"""

from datetime import timedelta
from smtplib import SMTPException
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from backfill.einvoices.errors import EInvoiceNotPossible
from backfill.einvoices.schematron import broken_rules, is_installed
from backfill.errors import DomainError
from backfill.files.models import StoredFile
from backfill.files.selectors import opened_file
from backfill.files.services import keep_document
from backfill.letters.mail import MailFile
from backfill.tenancy.actors import system_actor
from ledger.beside.attachments import attach_file
from ledger.models.activity import record_activity
from receivables.customers.buyer_details import Printable
from receivables.delivery.mail import mail_to_customer
from receivables.dunning.printing import reminder_files
from receivables.dunning.reminders import record_reminder
from receivables.einvoices.documents import einvoice_xml, factur_x_pdf
from receivables.models import DunningProposal, Mailing, MailingFormat, MailingKind, MailingStatus, ProposalStatus
from receivables.printing.documents import document_pdf, file_name, printable_credit_memo, printable_invoice

log = structlog.get_logger(__name__)

PDF, XML = "application/pdf", "application/xml"
_ACTOR: Final = system_actor(label="Mail", surface="task")
_CLAIM: Final = timedelta(minutes=15)
_PATIENCE: Final = timedelta(hours=24)


def deliver_mailing(mailing_id: UUID) -> MailingStatus | None:
    """Send a queued mail and return how it ended; None when somebody else sends it or it was sent before.

    A mail server that fails leaves it queued for `waiting_mailings`; a document that cannot be written as asked fails
    it for good.
    """
    mailing = _claimed(mailing_id)
    if mailing is None:
        return None
    try:
        files = _files(mailing)
        kept = [_kept(mailing, file) for file in files]
        mail_to_customer(mailing, files)
    except DomainError as error:
        return _failed(mailing, error.message)
    except (SMTPException, OSError) as error:
        log.warning("mail_server_failed", mailing=str(mailing.id), error=str(error))
        Mailing.objects.filter(id=mailing.id).update(claimed_at=None, error=str(error))
        return MailingStatus.QUEUED
    return _noted(mailing, kept)


def waiting_mailings() -> list[UUID]:
    """Return mails whose delivery was lost or failed and is worth another try; give up on those of yesterday."""
    now = timezone.now()
    queued = Mailing.objects.filter(status=MailingStatus.QUEUED)
    stale = queued.filter(Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - _CLAIM))
    for mailing in stale.filter(created_at__lt=now - _PATIENCE).select_related("company"):
        _failed(mailing, mailing.error or "no worker sent it within 24 hours")
    return list(stale.filter(created_at__lt=now - timedelta(minutes=5)).values_list("id", flat=True))


def _claimed(mailing_id: UUID) -> Mailing | None:
    now = timezone.now()
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - _CLAIM)
    if not Mailing.objects.filter(free, id=mailing_id, status=MailingStatus.QUEUED).update(claimed_at=now):
        return None
    return Mailing.objects.select_related("company", "customer__company", "pdf").get(id=mailing_id)


def _files(mailing: Mailing) -> list[MailFile]:
    if mailing.kind == MailingKind.REMINDER:
        return reminder_files(mailing)
    if mailing.kind == MailingKind.STATEMENT and mailing.pdf is not None:
        return [_kept_file(mailing.pdf)]
    load = printable_invoice if mailing.kind == MailingKind.INVOICE else printable_credit_memo
    document: Printable = load(company_id=mailing.company_id, document_id=mailing.subject_id)
    pdf_name = file_name(document, "pdf")
    if mailing.format == MailingFormat.FACTUR_X:
        hybrid = factur_x_pdf(document)
        _ensure_rules_hold(document, hybrid.xml)
        return [MailFile(pdf_name, hybrid.pdf, PDF)]
    files = [MailFile(pdf_name, document_pdf(document), PDF)]
    if mailing.format == MailingFormat.XRECHNUNG:
        xml = einvoice_xml(document, "xrechnung")
        _ensure_rules_hold(document, xml)
        files.insert(0, MailFile(file_name(document, "xml"), xml, XML))
    return files


def _kept_file(kept: StoredFile) -> MailFile:
    """What was printed and kept when the mail was asked for. Raises StoredFileGone."""
    with opened_file(kept) as file:
        return MailFile(kept.original_name, file.read(), kept.mime_type)


def _ensure_rules_hold(document: Printable, xml: bytes) -> None:
    """Check the standard's business rules where Saxon is installed, before anybody else does."""
    broken = broken_rules(xml) if is_installed() else []
    if broken:
        named = "; ".join(f"{each.rule}: {each.message}" for each in broken)
        raise EInvoiceNotPossible(
            _("{document} breaks rules of EN 16931: {named}").format(document=document, named=named)
        )


def _kept(mailing: Mailing, file: MailFile) -> StoredFile:
    """Keep what is sent as it is sent; the law asks for the copy (§ 147 AO, GoBD)."""
    return keep_document(
        company=mailing.company, content=file.content, name=file.name, mime_type=file.mime_type, actor=_ACTOR
    )


@transaction.atomic
def _noted(mailing: Mailing, files: list[StoredFile]) -> MailingStatus:
    by_type = {file.mime_type: file for file in reversed(files)}
    Mailing.objects.filter(id=mailing.id).update(
        status=MailingStatus.SENT, sent_at=timezone.now(), error="", pdf=by_type.get(PDF), xml=by_type.get(XML)
    )
    for file in files:
        attach_file(
            company_id=mailing.company_id,
            subject_type=mailing.subject_type,
            subject_id=mailing.subject_id,
            file_id=file.id,
            actor=_ACTOR,
        )
    for reminder in _queued_reminders(mailing):
        reminder.status = ProposalStatus.SENT
        reminder.save(update_fields=["status", "updated_at"])
        record_reminder(reminder, "sent", _ACTOR, mailing_id=str(mailing.id), days_overdue=reminder.days_overdue)
    _record(mailing, "mailed", recipients=mailing.recipients, files=[str(file.id) for file in files])
    return MailingStatus.SENT


@transaction.atomic
def _failed(mailing: Mailing, reason: str) -> MailingStatus:
    Mailing.objects.filter(id=mailing.id).update(status=MailingStatus.FAILED, error=reason)
    _queued_reminders(mailing).update(status=ProposalStatus.PROPOSED, sent_on=None)
    _record(mailing, "mail_failed", reason=reason)
    return MailingStatus.FAILED


def _queued_reminders(mailing: Mailing) -> QuerySet[DunningProposal]:
    return DunningProposal.objects.filter(
        company_id=mailing.company_id, mailing=mailing, status=ProposalStatus.QUEUED
    ).order_by("id")


def _record(mailing: Mailing, verb: str, **detail: object) -> None:
    record_activity(
        company_id=mailing.company_id,
        subject_type=mailing.subject_type,
        subject_id=mailing.subject_id,
        verb=verb,
        actor=_ACTOR,
        mailing_id=str(mailing.id),
        **detail,
    )
