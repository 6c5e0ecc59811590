"""What of an overdue invoice a reminder may ask for, and since when interest on it runs.

Interest runs from the due date, but not for days for which it was invoiced already, nor on fees and interest of earlier
reminders: § 289 BGB forbids interest on interest. What a customer has paid or been credited without it being applied
to an invoice counts against the invoices that are due the longest.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import F, Max, Sum
from django.db.models.functions import Coalesce

from receivables.models import CreditMemo, DunningProposal, Invoice, Payment
from receivables.selectors import OPEN_STATUSES

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class DunningBasis:
    """`credit` is the customer's unapplied credit that covers the invoice, at most what it has open, in its currency.
    `charged_through` is the last day for which interest was invoiced. `bears_interest` is False for an invoice over
    what reminders cost."""

    credit: Decimal = ZERO
    charged_through: date | None = None
    bears_interest: bool = True

    def interest_days(self, invoice: Invoice, on: date) -> int:
        """Return the days up to `on` for which interest may be asked."""
        since = max(invoice.due_on, self.charged_through) if self.charged_through else invoice.due_on
        return max((on - since).days, 0)


def dunning_bases(company_id: UUID, invoices: Iterable[Invoice]) -> dict[UUID, DunningBasis]:
    """Return the basis of each invoice of a company. At most five statements, however many there are."""
    rows = list(invoices)
    keys = [invoice.id for invoice in rows]
    proposals = DunningProposal.objects.filter(company_id=company_id, charge__isnull=False)
    proposals = proposals.exclude(charge__status="void")
    charged = dict(proposals.filter(invoice__in=keys).order_by().values_list("invoice").annotate(Max("sent_on")))
    charges = set(proposals.filter(charge__in=keys).values_list("charge_id", flat=True))
    covered = _covered(company_id, {invoice.customer_id for invoice in rows})
    return {
        invoice.id: DunningBasis(
            credit=covered.get(invoice.id, ZERO),
            charged_through=charged.get(invoice.id),
            bears_interest=invoice.id not in charges,
        )
        for invoice in rows
    }


def _covered(company_id: UUID, customer_ids: set[UUID]) -> Mapping[UUID, Decimal]:
    """Return what of their open amounts the customers' unapplied credit covers, by invoice: the longest due first."""
    credit: dict[tuple[UUID, str], Decimal] = defaultdict(Decimal)
    for model in (Payment, CreditMemo):
        rows = model._default_manager.filter(company_id=company_id, customer__in=customer_ids)  # noqa: SLF001
        rows = rows.filter(posted_at__isnull=False, settled_amount__lt=F("total_amount")).exclude(status="void")
        sums = (
            rows.order_by().values("customer", "currency").annotate(left=Sum(F("total_amount") - F("settled_amount")))
        )
        for customer_id, currency, left in sums.values_list("customer", "currency", "left"):
            credit[customer_id, currency] += left
    if not credit:
        return {}
    creditors = {customer_id for customer_id, _ in credit}
    open_invoices = Invoice.objects.filter(company_id=company_id, customer__in=creditors, status__in=OPEN_STATUSES)
    open_invoices = open_invoices.order_by(
        Coalesce("due_date", "document_date"), "document_date", "document_number", "id"
    )
    covered: dict[UUID, Decimal] = {}
    for invoice in open_invoices.only("customer_id", "currency", "total_amount", "settled_amount"):
        key = (invoice.customer_id, invoice.currency)
        covered[invoice.id] = min(credit[key], invoice.open_amount)
        credit[key] -= covered[invoice.id]
    return covered
