"""Reminders as letters: PDF with what is open, fee and interest, and a code to pay all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.letters.languages import Figures, Language
from backfill.letters.letterhead import letterhead, paper_of, seller_name
from backfill.letters.mail import MailFile, mail_subject, mail_text
from backfill.letters.pdf import pdf_of
from backfill.letters.remittance import payment_box, payment_reference
from backfill.letters.wording import word
from ledger.documents.errors import DocumentNotFound
from receivables.customers.buyer_details import buyer_address, buyer_names
from receivables.dunning.letters import Letter, letters_of, prepare
from receivables.dunning.reminder_texts import reminder_subject, reminder_text
from receivables.models import DunningLevel, DunningProposal, Mailing
from receivables.printing.documents import document_pdf, file_name, printable_invoice
from receivables.selectors import dunning_levels

_PDF: Final = "application/pdf"
_MOST_NAMED: Final = 6


@dataclass(frozen=True, slots=True)
class Words:
    """What a letter says, in the mail and on paper; the salutation is part of the text."""

    subject: str
    text: str


def printable_proposals(*, company_id: UUID, proposal_ids: Sequence[UUID]) -> list[DunningProposal]:
    """Return proposals with what their letter needs, those of them that the company has."""
    rows = DunningProposal.objects.select_related("invoice__company", "invoice__customer__company", "mailing")
    return list(rows.filter(company_id=company_id, id__in=proposal_ids).order_by("id"))


def printable_proposal(*, company_id: UUID, proposal_id: UUID) -> DunningProposal:
    """Return a proposal with what its letter needs. Raises DocumentNotFound."""
    found = printable_proposals(company_id=company_id, proposal_ids=[proposal_id])
    if not found:
        raise DocumentNotFound(_("dunning proposal {id} does not exist").format(id=proposal_id))
    return found[0]


def reminder_words(letter: Letter, level: DunningLevel) -> Words:
    """Return what a letter says at a level: the company's own words where it has some."""
    facts, language = reminder_facts(letter), letter.language
    text = reminder_text(level, language, facts)
    return Words(
        mail_subject(reminder_subject(level, language, facts)),
        mail_text("receivables/mail/reminder", language, text=text, company=seller_name(letter.company)),
    )


def reminder_facts(letter: Letter) -> dict[str, str]:
    """Return what a reminder's text may name, written in the customer's language."""
    first, figures = letter.first, _figures(letter)
    invoice = first.invoice
    return {
        "number": _enumerated([str(one.invoice) for one in letter.proposals], letter.language),
        "date": figures.day(invoice.document_date),
        "due_date": figures.day(invoice.due_on),
        "days": str(first.days_overdue),
        "open": figures.money(letter.open_amount),
        "fee": figures.money(letter.fee),
        "interest": figures.money(letter.interest),
        "total": figures.money(letter.total_amount),
        "company": seller_name(invoice.company),
        "customer": buyer_names(invoice)[0],
        "count": str(len(letter.proposals)),
    }


def previewed_letter(*, company_id: UUID, proposal_ids: Sequence[UUID]) -> Letter:
    """Return the letter of reminders of one customer: as it went out, else with today's figures.

    Raises DocumentNotFound when there are none, ValidationFailed when they would go in several letters.
    """
    letters = letters_of(printable_proposals(company_id=company_id, proposal_ids=proposal_ids))
    if not letters:
        raise DocumentNotFound(_("There is no such reminder in this company."))
    if len(letters) > 1:
        raise ValidationFailed(_("one letter goes to one customer, in one currency"))
    letter = letters[0]
    if letter.first.mailing is not None:
        return mailed_letter(letter.first.mailing)
    prepare(letter, dunning_levels(company_id), letter.company.today())
    return letter


def reminder_paper(letter: Letter) -> bytes:
    """Return a letter with the words of its mail, or of its level where nothing was mailed."""
    if (mailing := letter.first.mailing) is not None:
        return reminder_pdf(letter, Words(mailing.subject, mailing.body))
    # What was sent on paper at a level that is there no more says what the product says.
    number = letter.level_number
    level = dunning_levels(letter.company.id).get(number) or DunningLevel(number=number)
    return reminder_pdf(letter, reminder_words(letter, level))


def reminder_pdf(letter: Letter, words: Words) -> bytes:
    """Return the letter with the given words; its date is that of the reminder."""
    return pdf_of("receivables/reminder.typ", _content(letter, words))


def reminder_name(letter: Letter) -> str:
    """Return the name of the letter's file."""
    stem = f"{word('reminder_file', letter.language)}-{letter.level_number}"
    if len(letter.proposals) > 1:
        return f"{stem}-{_day_of(letter).isoformat()}.pdf"
    return f"{stem}-{file_name(letter.first.invoice, 'pdf')}"


def reminder_files(mailing: Mailing) -> list[MailFile]:
    """Return what a reminder's mail has attached: the letter, with the words of the mail, and the invoices again."""
    letter = mailed_letter(mailing)
    pdf = reminder_pdf(letter, Words(mailing.subject, mailing.body))
    invoices = [
        printable_invoice(company_id=mailing.company_id, document_id=one.invoice_id)
        for one in letter.proposals
        if not one.invoice.is_externally_posted  # what was invoiced elsewhere is not printed here
    ]
    copies = [MailFile(file_name(one, "pdf"), document_pdf(one), _PDF) for one in invoices]
    return [MailFile(reminder_name(letter), pdf, _PDF), *copies]


def mailed_letter(mailing: Mailing) -> Letter:
    """Return the reminders that went out in one mail. Raises DocumentNotFound when none did."""
    keys = DunningProposal.objects.filter(company_id=mailing.company_id, mailing=mailing).values_list("id", flat=True)
    letters = letters_of(printable_proposals(company_id=mailing.company_id, proposal_ids=list(keys)))
    if not letters:
        raise DocumentNotFound(_("no reminder went out with mail {id}").format(id=mailing.id))
    return letters[0]


def _content(letter: Letter, words: Words) -> dict[str, Any]:
    invoice, figures, language = letter.first.invoice, _figures(letter), letter.language
    company, day = letter.company, _day_of(letter)
    names = [name for name in buyer_names(invoice) if name]
    address = buyer_address(invoice).lines(sender_country=company.country, language=language)
    paragraphs = [part for part in words.text.split("\n\n") if part.strip()]
    return {
        "lang": language,
        "paper": paper_of(company),
        "date": [day.year, day.month, day.day],
        "title": words.subject,
        "stamp": "" if letter.first.sent_on else word("draft", language),
        "sender": letterhead(company, language),
        "recipient": [*names, *address],
        "facts": [[word("date", language), figures.day(day)], *_vat_id(letter)],
        "opening": paragraphs[:-1],
        "closing": paragraphs[-1:],
        "table": _table(letter),
        "sums": _sums(letter),
        "payment": _payment(letter),
        "page_of": word("page_of", language),
    }


def _vat_id(letter: Letter) -> list[list[str]]:
    return [[word("buyer_vat_id", letter.language), letter.customer.vat_id]] if letter.customer.vat_id else []


def _table(letter: Letter) -> dict[str, Any]:
    """One row per invoice. Interest is told by row where there are several; the fee is one for all of them."""
    figures, language = _figures(letter), letter.language
    has_more = len(letter.proposals) > 1
    titles = {
        "number": word("invoice_number", language),
        "date": word("invoice_date", language),
        "due": word("due_date", language),
        "days": word("days_overdue", language),
        "open": word("open_amount", language),
        **({"interest": word("interest_in_all", language)} if has_more and letter.interest else {}),
    }
    rows = [
        {
            "number": str(one.invoice),
            "date": figures.day(one.invoice.document_date),
            "due": figures.day(one.invoice.due_on),
            "days": str(one.days_overdue),
            "open": figures.amount(one.open_amount),
            "interest": figures.amount(one.interest) if one.interest else "",
        }
        for one in letter.proposals
    ]
    return {
        "unit": word("amounts_in", language).format(currency=letter.currency),
        "columns": [{"key": key, "title": title} for key, title in titles.items()],
        "rows": [{key: row[key] for key in titles} for row in rows],
    }


def _sums(letter: Letter) -> list[dict[str, str]]:
    figures, language = _figures(letter), letter.language
    rows = [(word("open_amount", language), letter.open_amount)]
    if letter.credit_amount:
        rows.append((word("less_credit", language), -letter.credit_amount))
    if letter.fee:
        rows.append((word("fee", language), letter.fee))
    if letter.interest:
        rows.append((_interest_label(letter), letter.interest))
    sums = [{"kind": "plain", "label": label, "value": figures.amount(amount)} for label, amount in rows]
    total = {"kind": "total", "label": word("to_pay", language), "value": figures.money(letter.total_amount)}
    return [*sums, total]


def _interest_label(letter: Letter) -> str:
    if len(letter.proposals) > 1:
        return word("interest_in_all", letter.language)
    rate = _figures(letter).percent(letter.first.interest_rate)
    return word("interest", letter.language).format(rate=rate, days=letter.first.interest_days)


def _payment(letter: Letter) -> dict[str, Any]:
    return payment_box(
        letter.company,
        letter.language,
        amount=letter.total_amount,
        currency=letter.currency,
        reference=payment_reference([str(one.invoice) for one in letter.proposals]),
    )


def _day_of(letter: Letter) -> date:
    return letter.first.sent_on or letter.company.today()


def _enumerated(names: Sequence[str], language: Language) -> str:
    """«A, B and C», of many the first few and how many more there are."""
    if len(names) == 1:
        return names[0]
    if len(names) > _MOST_NAMED:
        some = ", ".join(names[: _MOST_NAMED - 1])
        return word("and_more", language).format(some=some, count=len(names) - _MOST_NAMED + 1)
    return word("and", language).format(some=", ".join(names[:-1]), last=names[-1])


def _figures(letter: Letter) -> Figures:
    return Figures.of(letter.language, letter.company, letter.currency)
