"""What can be done to many documents of sales at once, beyond what can be done to any type: mail them, and pay them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.errors import DomainError
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from backfill.workspace.lists.steps import BulkStep
from receivables import selectors
from receivables.delivery.sending import send_credit_memo, send_invoice

_MOST_PAID: Final = 50


def _invoice_sent(company: Company, key: UUID, actor: Actor, values: Mapping[str, Any]) -> str:
    mailing = send_invoice(company_id=company.pk, document_id=key, actor=actor)
    return _("On its way to {recipients}.").format(recipients=", ".join(mailing.recipients))


def _credit_memo_sent(company: Company, key: UUID, actor: Actor, values: Mapping[str, Any]) -> str:
    mailing = send_credit_memo(company_id=company.pk, document_id=key, actor=actor)
    return _("On its way to {recipients}.").format(recipients=", ".join(mailing.recipients))


def payment_of(company: Company, keys: Sequence[UUID]) -> str:
    """Return where a payment of these invoices is entered; one payment is of one customer, in one currency."""
    chosen = list(selectors.open_invoices(company_id=company.pk).filter(pk__in=keys))
    if not chosen:
        raise DomainError(_("choose invoices that have something left to pay"))
    if len({(one.customer_id, one.currency) for one in chosen}) > 1:
        raise DomainError(_("a payment is of one customer in one currency; choose the invoices of one"))
    if len(chosen) > _MOST_PAID:
        raise DomainError(_("choose at most 50 invoices for one payment"))
    first = chosen[0]
    query = [("customer", str(first.customer_id)), ("currency", first.currency)]
    query += [("invoice", str(one.pk)) for one in chosen]
    return f"{reverse('admin:new_payment')}?{urlencode(query)}"


PAY: Final = BulkStep(
    key="pay",
    label=gettext_lazy("Record payment"),
    question="",
    permission="receivables.post",
    opens=payment_of,
)
SEND_INVOICES: Final = BulkStep(
    key="send",
    label=gettext_lazy("Send by mail"),
    question=gettext_lazy("To be mailed to their customers: {count}"),
    permission="receivables.post",
    act=_invoice_sent,
)
SEND_CREDIT_MEMOS: Final = BulkStep(
    key="send",
    label=gettext_lazy("Send by mail"),
    question=gettext_lazy("To be mailed to their customers: {count}"),
    permission="receivables.post",
    act=_credit_memo_sent,
)
