"""Reminders as letters: PDF with what is open, fee and interest, and a code to pay all of it."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from ledger.documents.errors import DocumentNotFound
from receivables.languages import Figures, Language, language_of
from receivables.mail import MailFile
from receivables.models import DunningProposal, Invoice
from receivables.particulars import buyer_address, buyer_names
from receivables.printing.documents import document_pdf, file_name, printable_invoice
from receivables.printing.letterhead import bank_lines, bic_of, iban_of, letterhead, paper_of, seller_name
from receivables.printing.payment_code import payment_code
from receivables.printing.pdf import pdf_of
from receivables.printing.wording import word

_PDF = "application/pdf"


def printable_proposal(*, company_id: UUID, proposal_id: UUID) -> DunningProposal:
    """Return a proposal with what its letter needs. Raises DocumentNotFound."""
    rows = DunningProposal.objects.select_related("invoice__company", "invoice__customer__company", "mailing")
    found = rows.filter(company_id=company_id, id=proposal_id).first()
    if found is None:
        raise DocumentNotFound(f"dunning proposal {proposal_id} does not exist")
    return found


def reminder_facts(proposal: DunningProposal) -> dict[str, str]:
    """Return what a reminder's text may name, written in the customer's language."""
    invoice = proposal.invoice
    figures = _figures(proposal)
    return {
        "number": str(invoice),
        "date": figures.day(invoice.document_date),
        "due_date": figures.day(invoice.due_on),
        "days": str(proposal.days_overdue),
        "open": figures.money(proposal.open_amount),
        "fee": figures.money(proposal.fee),
        "interest": figures.money(proposal.interest),
        "total": figures.money(proposal.total_amount),
        "company": seller_name(invoice.company),
        "customer": buyer_names(invoice)[0],
    }


def reminder_pdf(proposal: DunningProposal, *, subject: str, text: str) -> bytes:
    """Return the letter with the given words; its date is that of the reminder."""
    return pdf_of("reminder.typ", _content(proposal, subject, text))


def reminder_files(*, company_id: UUID, proposal_id: UUID) -> list[MailFile]:
    """Return what a reminder's mail has attached: the letter, with the words of the mail, and the invoice again."""
    proposal = printable_proposal(company_id=company_id, proposal_id=proposal_id)
    mailing = proposal.mailing
    if mailing is None:
        raise DocumentNotFound(f"reminder {proposal_id} has not been sent")
    invoice = printable_invoice(company_id=company_id, document_id=proposal.invoice_id)
    letter = reminder_pdf(proposal, subject=mailing.subject, text=mailing.body)
    name = word("reminder_file", language_of(invoice.customer))
    return [
        MailFile(f"{name}-{proposal.level_number}-{file_name(invoice, 'pdf')}", letter, _PDF),
        MailFile(file_name(invoice, "pdf"), document_pdf(invoice), _PDF),
    ]


def _content(proposal: DunningProposal, subject: str, text: str) -> dict[str, Any]:
    invoice, figures = proposal.invoice, _figures(proposal)
    company, language = invoice.company, language_of(invoice.customer)
    day = proposal.sent_on or proposal.proposed_on
    names = [name for name in buyer_names(invoice) if name]
    address = buyer_address(invoice).lines(sender_country=company.country, language=language)
    return {
        "lang": language,
        "paper": paper_of(company),
        "date": [day.year, day.month, day.day],
        "title": subject,
        "stamp": "" if proposal.sent_on else word("draft", language),
        "sender": letterhead(company, language),
        "recipient": [*names, *address],
        "facts": [
            [word("date", language), figures.day(day)],
            [word("invoice_number", language), str(invoice)],
            [word("invoice_date", language), figures.day(invoice.document_date)],
            [word("due_date", language), figures.day(invoice.due_on)],
        ],
        "paragraphs": [part for part in text.split("\n\n") if part.strip()],
        "sums": _sums(proposal, language),
        "payment": _payment(proposal, invoice, language),
        "page_of": word("page_of", language),
    }


def _sums(proposal: DunningProposal, language: Language) -> list[dict[str, str]]:
    figures = _figures(proposal)
    rate = figures.percent(proposal.interest_rate)
    days = str(proposal.days_overdue)
    rows: list[tuple[str, Decimal]] = [(word("open_amount", language), proposal.open_amount)]
    if proposal.fee:
        rows.append((word("fee", language), proposal.fee))
    if proposal.interest:
        rows.append((word("interest", language).format(rate=rate, days=days), proposal.interest))
    sums = [{"kind": "plain", "label": label, "value": figures.amount(amount)} for label, amount in rows]
    total = {"kind": "total", "label": word("to_pay", language), "value": figures.money(proposal.total_amount)}
    return [*sums, total]


def _payment(proposal: DunningProposal, invoice: Invoice, language: Language) -> dict[str, Any]:
    company = invoice.company
    account = iban_of(company)
    rows = [(word("account_holder", language), seller_name(company)), *bank_lines(company, language)]
    labelled = [[label if label != value else word("bank", language), value] for label, value in rows]
    return {
        "rows": [*labelled, [word("remittance", language), str(invoice)]] if account else [],
        "qr": payment_code(
            name=seller_name(company),
            account=account,
            bic=bic_of(company, account) if account else "",
            amount=proposal.total_amount,
            currency=proposal.currency,
            reference=str(invoice),
        ),
        "caption": word("scan_to_pay", language),
    }


def _figures(proposal: DunningProposal) -> Figures:
    invoice = proposal.invoice
    return Figures.of(language_of(invoice.customer), invoice.company, proposal.currency)
