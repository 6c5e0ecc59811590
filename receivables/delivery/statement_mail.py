"""Mailing a customer's statement of account."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from backfill.files.services import keep_document
from backfill.letters.languages import Figures
from backfill.letters.letterhead import seller_name
from backfill.letters.mail import mail_subject, mail_text
from backfill.letters.wording import word
from backfill.tenancy.actors import Actor
from ledger.models.activity import actor_facts
from receivables.customers.language import language_of
from receivables.delivery.sending import checked_recipients, queue_mailing
from receivables.errors import CustomerNotFound
from receivables.models import Customer, Mailing, MailingKind
from receivables.printing.statements import statement_name, statement_pdf
from receivables.statements import customer_statement


@transaction.atomic
def send_statement(
    *,
    company_id: UUID,
    customer_id: UUID,
    start: date,
    end: date,
    actor: Actor,
    currency: str = "",
    recipients: Sequence[str] = (),
    request_id: str = "",
) -> Mailing:
    """Have a customer's statement from `start` to `end` (both included) mailed, by default to the customer's address.

    It says what the books say now: the letter is kept at once and mailed as it is. The same `request_id` again is the
    same mail. Raises CustomerNotFound, ValidationFailed.
    """
    rows = Customer.objects.select_related("company").filter(company_id=company_id, id=customer_id)
    customer = rows.first()
    if customer is None:
        raise CustomerNotFound(_("customer {id} does not exist").format(id=customer_id))
    addresses = checked_recipients(recipients, customer.email)
    statement = customer_statement(customer, start=start, end=end, currency=currency)
    company, language = customer.company, language_of(customer)
    figures = Figures.of(language, company, statement.currency)
    pdf = keep_document(
        company=company,
        content=statement_pdf(statement),
        name=statement_name(statement),
        mime_type="application/pdf",
        actor=actor,
    )
    facts = {"start": figures.day(start), "end": figures.day(end), "company": seller_name(company)}
    mailing = Mailing(
        company=company,
        customer=customer,
        kind=MailingKind.STATEMENT,
        subject_id=customer.id,
        recipients=addresses,
        language=language,
        subject=mail_subject(f"{word('statement', language)} {facts['end']} – {facts['company']}"),
        body=mail_text("receivables/mail/statement", language, **facts),
        request_id=request_id[:255],
        requested_by=actor_facts(actor),
        pdf=pdf,
    )
    return queue_mailing(mailing, actor)
