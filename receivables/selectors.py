"""Reading receivables: querysets for lists, frozen dataclasses for figures. All amounts are debit positive for the
company: what a customer owes is above zero."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    DecimalField,
    ExpressionWrapper,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from ledger.documents.allocating import active_allocations
from ledger.open_items.models import OpenItem
from ledger.open_items.selectors import party_balances
from receivables.models import (
    CreditMemo,
    CreditMemoLine,
    Customer,
    DunningLevel,
    DunningProposal,
    Invoice,
    Payment,
    ProposalStatus,
    Quote,
    RefundReceipt,
    SalesOrder,
    SalesReceipt,
)
from receivables.side import RECEIVABLES

ZERO: Final = Decimal(0)
OPEN_STATUSES: Final = ("open", "partially_paid")
_MONEY: Final = DecimalField(max_digits=20, decimal_places=4)
_OPEN: Final = ExpressionWrapper(F("total_amount") - F("settled_amount"), output_field=_MONEY)
_OPEN_BASE: Final = ExpressionWrapper(F("base_amount") - F("settled_base"), output_field=_MONEY)


@dataclass(frozen=True, slots=True)
class CustomerBalance:
    """What a customer owes (`open_invoices`) and has to its credit (`open_credits`), in base currency."""

    open_invoices: Decimal = ZERO
    open_credits: Decimal = ZERO

    @property
    def balance(self) -> Decimal:
        return self.open_invoices - self.open_credits


def customers(company_id: UUID) -> QuerySet[Customer]:
    """Customers with `balance` (open invoices less open credits, base currency). One statement."""
    return (
        Customer.objects.filter(company_id=company_id)
        .select_related("default_account")
        .annotate(balance=_owed())
        .order_by("name", "id")
    )


def customer_balances(*, company_id: UUID, customer_ids: Collection[UUID]) -> dict[UUID, CustomerBalance]:
    """Return the balances of the given customers; one who owes and has nothing is absent. One statement."""
    found = party_balances(company_id=company_id, side=RECEIVABLES.name, party_ids=customer_ids)
    return {key: CustomerBalance(one.debits, one.credits) for key, one in found.items()}


def invoices(company_id: UUID) -> QuerySet[Invoice]:
    """Invoices with customer and lines (items and accounts on them): four statements for any number."""
    return (
        Invoice.objects.filter(company_id=company_id)
        .select_related("customer", "company")
        .prefetch_related(_lines(Invoice))
        .annotate(balance=_OPEN)
    )


def open_invoices(*, company_id: UUID, customer_id: UUID | None = None) -> QuerySet[Invoice]:
    """Posted invoices with something left to pay, oldest due first; `balance` is what is left, `balance_base` in base
    currency."""
    rows = Invoice.objects.filter(company_id=company_id, status__in=OPEN_STATUSES)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    return (
        rows.select_related("customer")
        .annotate(balance=_OPEN, balance_base=_OPEN_BASE)
        .order_by(Coalesce("due_date", "document_date"), "document_date", "id")
    )


def overdue_on(day: date) -> Q:
    """Invoices with something left to pay whose day has passed, as `Invoice.is_overdue` says of one."""
    # Not coalesce(): the index over due dates serves the first part, and the second is for few.
    is_late = Q(due_date__lt=day) | Q(due_date__isnull=True, document_date__lt=day)
    return is_late & Q(status__in=OPEN_STATUSES)


def payments(company_id: UUID) -> QuerySet[Payment]:
    """Payments with customer, account and their allocations that count (`active_allocations`)."""
    return (
        Payment.objects.filter(company_id=company_id)
        .select_related("customer", "company", "deposit_to_account")
        .prefetch_related(active_allocations())
    )


def sales_receipts(company_id: UUID) -> QuerySet[SalesReceipt]:
    """Sales receipts with customer, account and lines."""
    return (
        SalesReceipt.objects.filter(company_id=company_id)
        .select_related("customer", "company", "deposit_to_account", "revenue_account")
        .prefetch_related(_lines(SalesReceipt))
    )


def credit_memos(company_id: UUID) -> QuerySet[CreditMemo]:
    """Credit memos with customer, invoice, lines and the allocations that count; `balance` is what is left."""
    return (
        CreditMemo.objects.filter(company_id=company_id)
        .select_related("customer", "company", "invoice")
        .prefetch_related(_lines(CreditMemo), active_allocations())
        .annotate(balance=_OPEN)
    )


def refund_receipts(company_id: UUID) -> QuerySet[RefundReceipt]:
    """Refund receipts with customer, what they refund and lines."""
    return (
        RefundReceipt.objects.filter(company_id=company_id)
        .select_related("customer", "company", "payment", "credit_memo", "paid_from_account")
        .prefetch_related(_lines(RefundReceipt))
    )


def quotes(company_id: UUID) -> QuerySet[Quote]:
    """Quotes with customer and lines."""
    return (
        Quote.objects.filter(company_id=company_id)
        .select_related("customer", "company")
        .prefetch_related(_lines(Quote))
    )


def sales_orders(company_id: UUID) -> QuerySet[SalesOrder]:
    """Sales orders with customer, quote and lines (fulfilled and invoiced quantities on them)."""
    return (
        SalesOrder.objects.filter(company_id=company_id)
        .select_related("customer", "company", "quote")
        .prefetch_related(_lines(SalesOrder))
    )


def open_credits(*, company_id: UUID, customer_id: UUID) -> list[Payment | CreditMemo]:
    """Return what a customer has to its credit, oldest first: payments and credit memos with something left."""
    found: list[Payment | CreditMemo] = []
    for model in (Payment, CreditMemo):
        rows = model._default_manager.filter(company_id=company_id, customer_id=customer_id)  # noqa: SLF001
        found += rows.filter(_COUNTS, settled_amount__lt=F("total_amount"))
    return sorted(found, key=lambda credit: (credit.document_date, credit.id))


def waiting_reminders(company_id: UUID) -> QuerySet[DunningProposal]:
    """Return the proposed reminders of invoices that have something left to pay."""
    return DunningProposal.objects.filter(
        company_id=company_id, status=ProposalStatus.PROPOSED, invoice__status__in=OPEN_STATUSES
    )


def dunning_levels(company_id: UUID) -> dict[int, DunningLevel]:
    """Return a company's levels of reminders by number, in order. One statement."""
    rows = DunningLevel.objects.filter(policy__company_id=company_id).order_by("number")
    return {level.number: level for level in rows}


def credited_quantities(invoice: Invoice) -> dict[UUID, Decimal]:
    """Return how many pieces of an invoice are credited by the id of its line. Drafts and void memos do not count."""
    rows = CreditMemoLine.objects.filter(
        _COUNTS_OF_DOCUMENT, company_id=invoice.company_id, invoice_line__document=invoice
    )
    return dict(rows.order_by().values("invoice_line").annotate(sum=Sum("quantity")).values_list("invoice_line", "sum"))


def with_computed_status(rows: QuerySet[Invoice], *, today: date) -> QuerySet[Invoice]:
    """Annotate `computed_status` as the Bookkeeping contract calculates it (books.md 6.4): draft, open, partially_paid,
    paid, overdue. Overdue wins over partially paid; the contract says that one without a due date never is."""
    remaining = Q(settled_amount__lt=F("total_amount"))
    return rows.annotate(
        balance=_OPEN,
        computed_status=Case(
            When(posted_at__isnull=True, then=Value("draft")),
            When(~remaining, then=Value("paid")),
            When(due_date__lt=today, then=Value("overdue")),
            When(settled_amount__gt=0, then=Value("partially_paid")),
            default=Value("open"),
            output_field=CharField(),
        ),
    )


_COUNTS: Final = Q(posted_at__isnull=False) & ~Q(status="void")
_COUNTS_OF_DOCUMENT: Final = Q(document__posted_at__isnull=False) & ~Q(document__status="void")


def _owed() -> Coalesce:
    rows = OpenItem.objects.filter(company_id=OuterRef("company_id"), party_id=OuterRef("pk"), side=RECEIVABLES.name)
    rows = rows.exclude(open_amount=0).order_by()
    total = rows.values("party_id").annotate(total=Sum("open_base")).values("total")
    return Coalesce(Subquery(total, output_field=_MONEY), Value(ZERO), output_field=_MONEY)


def _lines(model: type[Invoice | SalesReceipt | CreditMemo | RefundReceipt | Quote | SalesOrder]) -> "Prefetch[Any]":
    line_model = model._meta.get_field("lines").related_model  # noqa: SLF001 - Django's documented way
    rows = line_model._default_manager.select_related("account", "item").order_by("line_number")  # noqa: SLF001
    return Prefetch("lines", queryset=rows)
