"""Reading receivables as the Bookkeeping contract shows them: invoices and credit notes are one kind of thing there,
with a status that is computed when it is asked for (books.md 6.4). Void documents are not shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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

from ledger.documents.errors import DocumentNotFound
from receivables.models import CreditMemo, Customer, Invoice
from receivables.selectors import OPEN_STATUSES, with_computed_status

ZERO: Final = Decimal(0)
STATUSES: Final = ("draft", "open", "partially_paid", "paid", "overdue")
INVOICE, CREDIT_NOTE = "invoice", "credit_note"

_MONEY: Final = DecimalField(max_digits=20, decimal_places=4)
_LEFT: Final = ExpressionWrapper(F("total_amount") - F("settled_amount"), output_field=_MONEY)
_LEFT_BASE: Final = ExpressionWrapper(F("base_amount") - F("settled_base"), output_field=_MONEY)
_NET: Final = ExpressionWrapper(F("total_amount") - F("tax_amount"), output_field=_MONEY)
_SUMMARY: Final = (
    *("id", "customer_id", "customer_name", "document_number", "document_date", "due_date", "net", "tax_amount"),
    *("total_amount", "currency", "computed_status", "remaining", "entry_id", "type", "file_id", "notes", "created_at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list of outgoing invoices is narrowed to; dates are inclusive."""

    customer_id: UUID | None = None
    status: str | None = None
    type: str | None = None
    start: date | None = None
    end: date | None = None


@dataclass(slots=True)
class OpenItems:
    """A customer's open invoices and credit notes; sums are in base currency."""

    customer_id: UUID
    customer_name: str
    invoices: list[Invoice] = field(default_factory=list)
    total_open: Decimal = ZERO
    credit_note_total: Decimal = ZERO

    @property
    def net_open(self) -> Decimal:
        return self.total_open - self.credit_note_total


def customers(company_id: UUID) -> QuerySet[Customer]:
    """Customers with `open_amount`: posted invoices less what settled them, less open credit notes, base currency."""
    open_amount = _open_sum(Invoice) - _open_sum(CreditMemo)
    return (
        Customer.objects.filter(company_id=company_id)
        .select_related("default_account")
        .annotate(open_amount=open_amount)
        .order_by("name", "id")
    )


def outgoing_invoices(
    *, company_id: UUID, today: date, filters: Filters, limit: int, offset: int
) -> list[dict[str, Any]]:
    """Return invoices and credit notes, newest first, as rows. One statement."""
    tables = [_narrowed(_of_type(kind, company_id, today), filters) for kind in _kinds(filters.type)]
    rows: Any = tables[0].values(*_SUMMARY)
    if len(tables) > 1:
        rows = rows.union(*(table.values(*_SUMMARY) for table in tables[1:]), all=True)
    return list(rows.order_by("-document_date", "-id")[offset : offset + limit])


def outgoing_invoice(*, company_id: UUID, document_id: UUID, today: date) -> Any:
    """Return one invoice or credit note with its lines, annotated as the list is. Raises DocumentNotFound."""
    for kind in _kinds(None):
        rows = _of_type(kind, company_id, today).prefetch_related(_lines(kind))
        if (found := rows.filter(id=document_id).first()) is not None:
            return found
    raise DocumentNotFound(f"outgoing invoice {document_id} does not exist")


def open_items(*, company_id: UUID, today: date) -> list[OpenItems]:
    """Return the open items of every customer that has some, by customer name, oldest due first. Two statements."""
    rows = with_computed_status(Invoice.objects.filter(company_id=company_id), today=today)
    rows = rows.filter(status__in=OPEN_STATUSES).select_related("customer").annotate(left_base=_LEFT_BASE)
    groups: dict[UUID, OpenItems] = {}
    for invoice in rows.order_by(F("due_date").asc(nulls_last=True), "document_date", "id"):
        customer = invoice.customer
        group = groups.setdefault(customer.id, OpenItems(customer.id, customer.name))
        group.invoices.append(invoice)
        group.total_open += invoice.left_base
    for customer_id, total in _credit_notes(company_id, groups).items():
        groups[customer_id].credit_note_total = total
    return sorted(groups.values(), key=lambda group: (group.customer_name, group.customer_id))


def _kinds(type_: str | None) -> tuple[type[Invoice] | type[CreditMemo], ...]:
    of_type: Mapping[str | None, Any] = {INVOICE: (Invoice,), CREDIT_NOTE: (CreditMemo,)}
    kinds: tuple[type[Invoice] | type[CreditMemo], ...] = of_type.get(type_, (Invoice, CreditMemo))
    return kinds


def _of_type(kind: Any, company_id: UUID, today: date) -> QuerySet[Any]:
    """A credit note counts as paid as soon as it is posted."""
    rows: QuerySet[Any] = kind.objects.filter(company_id=company_id).exclude(status="void")
    if kind is Invoice:
        rows = with_computed_status(rows, today=today).annotate(remaining=_LEFT, type=Value(INVOICE))
    else:
        posted = Q(posted_at__isnull=False)
        status = Case(When(posted, then=Value("paid")), default=Value("draft"), output_field=CharField())
        left = Case(When(posted, then=Value(ZERO)), default=_LEFT, output_field=_MONEY)
        rows = rows.annotate(computed_status=status, remaining=left, type=Value(CREDIT_NOTE))
    return rows.annotate(customer_name=F("customer__name"), net=_NET)


def _narrowed(rows: QuerySet[Any], filters: Filters) -> QuerySet[Any]:
    wanted = {
        "customer_id": filters.customer_id,
        "computed_status": filters.status,
        "document_date__gte": filters.start,
        "document_date__lte": filters.end,
    }
    return rows.filter(**{name: value for name, value in wanted.items() if value is not None})


def _lines(kind: Any) -> "Prefetch[Any]":
    line_model = kind._meta.get_field("lines").related_model  # noqa: SLF001 - Django's documented way
    return Prefetch("lines", line_model.objects.annotate(account_code=F("account__code")).order_by("line_number"))


def _open_sum(kind: Any) -> Coalesce:
    rows = kind.objects.filter(company_id=OuterRef("company_id"), customer_id=OuterRef("pk"), posted_at__isnull=False)
    rows = rows.exclude(status="void").order_by().values("customer_id").annotate(total=Sum(_LEFT_BASE)).values("total")
    return Coalesce(Subquery(rows, output_field=_MONEY), Value(ZERO), output_field=_MONEY)


def _credit_notes(company_id: UUID, customer_ids: Iterable[UUID]) -> dict[UUID, Decimal]:
    rows = CreditMemo.objects.filter(company_id=company_id, customer_id__in=list(customer_ids), posted_at__isnull=False)
    rows = rows.exclude(status="void").filter(settled_amount__lt=F("total_amount")).order_by()
    return dict(rows.values("customer_id").annotate(total=Sum(_LEFT_BASE)).values_list("customer_id", "total"))
