"""What receivables link to entries and files beside their documents: advance tax, mails, files of e-invoices."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from backfill.files.models import StoredFile
from ledger.models import JournalEntry
from ledger.pages.links import Link, entry_url, file_link
from receivables.attachments import attached_files
from receivables.models import AdvanceTaxMove, DunningProposal, Invoice, Mailing, Payment
from receivables.pages.document_admins import INVOICE, PAYMENT

_PAGES = {"invoice": "invoice", "credit_memo": "credit_memo", "reminder": "reminder", "statement": "customer_statement"}


def of_entry(entry: JournalEntry) -> Iterator[Link]:
    """Yield the payment whose contained tax an entry posted."""
    if entry.is_draft or entry.kind != "advance_tax":
        return
    moves = AdvanceTaxMove.objects.filter(company=entry.company_id, entry=entry).select_related("advance_tax__payment")
    for move in moves:
        payment = move.advance_tax.payment
        yield Link(_("Tax of payment"), str(payment), PAYMENT.url(payment))


def of_file(file: StoredFile) -> Iterator[Link]:
    """Yield the mails that a file was sent with, and the invoices whose e-invoice carries it."""
    mails = Mailing.objects.filter(Q(pdf=file) | Q(xml=file), company=file.company_id).order_by("-created_at")[:50]
    for mail in mails:
        if page := _PAGES.get(mail.kind):
            yield Link(_("Sent with"), mail.subject, reverse(f"admin:{page}", args=[mail.subject_id]))
    for invoice in Invoice.objects.filter(company=file.company_id, attachment_ids__contains=[str(file.pk)])[:50]:
        yield Link(_("Goes along with"), str(invoice), INVOICE.url(invoice))


def of_sale(document: Any) -> Iterator[Link]:
    """Yield what else belongs to a document of a customer: its reminders, what it charges, its files, the statement."""
    if isinstance(document, Invoice):
        about = Q(invoice=document) | Q(charge=document)
        for one in DunningProposal.objects.filter(about, company=document.company_id).order_by("level_number"):
            words = _("Charges reminder") if one.charge_id == document.pk else _("Reminder")
            name = _("Level {number}").format(number=one.level_number)
            yield Link(words, name, reverse("admin:reminder", args=[one.pk]))
        yield from (file_link(file, _("File that goes along")) for file in attached_files(document))
    if isinstance(document, Payment):
        moves = AdvanceTaxMove.objects.filter(company=document.company_id, advance_tax__payment=document)
        for move in moves.select_related("entry").order_by("moved_on", "created_at"):
            yield Link(_("Tax paid in advance"), move.entry.entry_number, entry_url(move.entry))
    if document.customer_id and document.is_posted:
        statement = reverse("admin:customer_statement", args=[document.customer_id])
        yield Link(_("Account of the customer"), _("Statement of account"), statement)
