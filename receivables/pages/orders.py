"""Sales orders: how much of each line is invoiced or delivered now."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.errors import DomainError
from backfill.workspace.formats import formats_of
from backfill.workspace.numbers import NotANumber, parse_number
from backfill.workspace.pages import Crumb
from backfill.workspace.wording import sentence
from ledger.documents.pages.document_admins import DocumentAdmin
from ledger.documents.pages.documents import OneDocument
from ledger.documents.store.documents import lines_of, refusal
from receivables.models import SalesOrderLine
from receivables.pages.document_admins import INVOICE, SALES_ORDER
from receivables.services.orders import OrderQuantity, convert_sales_order, fulfil_sales_order

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(slots=True)
class QuantityRow:
    """One line of the order; `done` is how much was invoiced or delivered before, `typed` how much is now."""

    line: SalesOrderLine
    done: Decimal
    typed: str
    quantity: Decimal | None = None
    error: str = ""

    @property
    def left(self) -> Decimal:
        return self.line.quantity - self.done


class QuantitiesPage(OneDocument):
    """Everything that is left is proposed, to be cut down."""

    template_name = "receivables/quantities.html"
    permission = write_permission = "receivables.edit"
    kind: ClassVar[DocumentAdmin] = SALES_ORDER
    column: ClassVar[str] = "invoiced_quantity"
    titled: ClassVar["StrOrPromise"] = gettext_lazy("Invoice sales order {order}")
    step: ClassVar[str] = "invoiced"
    done_label: ClassVar["StrOrPromise"] = gettext_lazy("Invoiced")
    button: ClassVar["StrOrPromise"] = gettext_lazy("Draft invoice")
    nothing: ClassVar["StrOrPromise"] = gettext_lazy("All of this order is invoiced.")
    hint: ClassVar["StrOrPromise"] = gettext_lazy(
        "The draft can be changed before it is confirmed. What is left is invoiced another time."
    )

    def page_title(self) -> str:
        return str(self.titled).format(order=self.document)

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), Crumb(str(self.document), self.kind.url(self.document))]

    @cached_property
    def rows(self) -> list[QuantityRow]:
        formats = formats_of(self.company)
        found = []
        for line in lines_of(self.kind.doc_type, self.document):
            done = getattr(line, self.column)
            left = line.quantity - done
            text = formats.plain(left.normalize()) if left > 0 else ""
            found.append(QuantityRow(line, done, self.request.POST.get(f"take-{line.pk}", text).strip()))
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.document.is_posted or self.document.is_void:
            raise refusal(self.kind.doc_type, self.document, self.step)
        return self.show()

    def context(self) -> dict[str, Any]:
        is_left = any(row.left > 0 for row in self.rows)
        return {"kind": self.kind, "document": self.document, "rows": self.rows, "is_left": is_left}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        formats = formats_of(self.company)
        for row in self.rows:
            try:
                row.quantity = parse_number(row.typed, formats) if row.typed else Decimal(0)
            except NotANumber as error:
                row.error = sentence(str(error))
            if row.quantity is not None and not 0 <= row.quantity <= max(row.left, Decimal(0)):
                row.error = _("Between 0 and the {left} that are left.").format(
                    left=formats.plain(row.left.normalize())
                )
        if any(row.error for row in self.rows):
            return self.show(status=422)
        wanted = [OrderQuantity(row.line.pk, row.quantity) for row in self.rows if row.quantity]
        if not wanted:
            return self.show(status=422, error=_("Write a quantity next to at least one line."))
        try:
            return self.done(wanted)
        except DomainError as error:
            return self.show(status=error.status, error=sentence(error.message))

    def done(self, wanted: list[OrderQuantity]) -> HttpResponseBase:
        order = self.document
        invoice = convert_sales_order(
            company_id=self.company.pk, document_id=order.pk, actor=self.actor, quantities=wanted
        )
        messages.success(
            self.request,
            _("Invoice {invoice} was drafted from sales order {order}.").format(invoice=invoice, order=order),
        )
        return HttpResponseRedirect(INVOICE.url(invoice))


class FulfilPage(QuantitiesPage):
    column = "fulfilled_quantity"
    titled = gettext_lazy("Deliver sales order {order}")
    step = "delivered"
    done_label = gettext_lazy("Delivered")
    button = gettext_lazy("Mark as delivered")
    nothing = gettext_lazy("All of this order is delivered.")
    hint = gettext_lazy("This notes what the customer has. Goods leave the stock when their invoice is confirmed.")

    def done(self, wanted: list[OrderQuantity]) -> HttpResponseBase:
        order = fulfil_sales_order(
            company_id=self.company.pk, document_id=self.document.pk, actor=self.actor, quantities=wanted
        )
        messages.success(
            self.request,
            _(
                "The delivery is noted on sales order {order}. The stock has not moved: goods leave it when their "
                "invoice is confirmed."
            ).format(order=order),
        )
        return HttpResponseRedirect(self.kind.url(order))
