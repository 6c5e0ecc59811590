"""The resource of a document type, derived from its description: steps, filters, sorting, routes and, where its fields
are plain columns, the shapes of what comes in and goes out.

    SALES_RECEIPTS = resource(SALES_RECEIPT)
    INVOICES = resource(INVOICE, create_input=InvoiceInput, output=InvoiceOutput, records=…)

What the contract shapes otherwise is an argument; a column's help text is that of its model.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, cast
from uuid import UUID

from django.db.models import QuerySet
from django_filters import Filter

from backfill.api.examples import kept_answers, kept_bodies
from backfill.api.filters import ChoiceFilter, UUIDFilter
from backfill.api.resources import Action, Resource
from backfill.database.fixed_query import FixedQuery
from backfill.errors import DomainError
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.documents import verbs
from ledger.documents.api.filters import DocumentFilters
from ledger.documents.api.shapes import document_input, document_output, document_records
from ledger.documents.api.steps import SORTABLE, document_steps, refusals
from ledger.documents.types import DocumentType

Values = dict[str, Any]
_INSTANTS: Final = ("issued_at", "occurred_at", "refund_date")
_SENT_AS: Final = {
    "document_date": _INSTANTS,
    "issued_at": _INSTANTS,
    "refunded_at": ("refund_date",),
    "customer_id": ("customer_name",),
}
Worded = Callable[[Values, UUID], Values]


def resource(
    doc_type: DocumentType[Any, Any],
    *,
    steps: Mapping[str, Action] | None = None,
    filters: Mapping[str, Filter] | None = None,
    conflicts: tuple[str, ...] = (),
    refused: tuple[str, ...] = (),
    worded: Worded | None = None,
    sortable: Mapping[str, str] | None = None,
    **given: Any,
) -> Resource[Any]:
    """Return the resource of a type. `given` replaces what would be derived: shapes, records and the body in the
    reference, which is kept under the type's key.

    steps, filters, sortable: those that it has beside every document's. conflicts, refused: codes of its own.
    `worded(values, company_id)` puts a body's words into the columns', where the contract has others.
    """
    app = doc_type.side.app
    records = given.pop("records", None) or document_records(doc_type)
    output = given.pop("output", None) or document_output(doc_type)
    inactive = f"{doc_type.side.party.upper()}_INACTIVE"
    stock = ("INSUFFICIENT_INVENTORY",) if doc_type.stock else ()
    return Resource(
        object_name=doc_type.key,
        plural=doc_type.plural,
        module=app,
        tag=doc_type.nouns.capitalize(),
        records=records,
        one=_one(records),
        output=output,
        context=output.lines_of(doc_type.model) if doc_type.line_model else None,
        id_keyword="document_id",
        create=partial(_create, doc_type, worded),
        create_input=given.pop("create_input", None) or document_input(doc_type),
        update=partial(_update, doc_type, worded),
        is_void=_is_void,
        delete=partial(verbs.delete, doc_type),
        actions={**document_steps(doc_type), **(steps or {})},
        filterset=document_filters(doc_type, **(filters or {})),
        sortable={**SORTABLE, **(sortable or {})},
        body_example=given.pop("body_example", kept_bodies(f"{app}.api").get(doc_type.key)),
        answer_example=kept_answers(f"{app}.api").get(doc_type.key),
        errors=refusals(*refused, conflicts=(inactive, *stock, *conflicts)),
        **given,
    )


def document_filters(doc_type: DocumentType[Any, Any], **more: Filter) -> type[DocumentFilters]:
    """Return the list's filters: those of every document, its party and its statuses, and `more`."""
    status = ChoiceFilter(choices=doc_type.statuses.choices, help_text=f"Only {doc_type.nouns} in this status.")
    shape = {
        doc_type.side.party_id: UUIDFilter(help_text=f"Only this {doc_type.side.party}'s."),
        "status": status,
        **more,
        "Meta": type("Meta", (), {"model": doc_type.model, "fields": ()}),
    }
    return cast("type[DocumentFilters]", type(f"{doc_type.model.__name__}Filters", (DocumentFilters,), shape))


def _one(records: Callable[[UUID], "QuerySet[Any]"]) -> Callable[[UUID, UUID], Any] | None:
    """Return the look-up of one record as `records` shows it, in a query that is written once; none where it takes
    more than one query."""
    if records(UUID(int=0))._prefetch_related_lookups:  # type: ignore[attr-defined]  # noqa: SLF001 - no public way to ask
        return None
    return FixedQuery(lambda company_id, key: records(company_id).filter(pk=key).order_by(), 2).one


def _create(
    doc_type: DocumentType[Any, Any], worded: Worded | None, values: Values, *, company: Company, actor: Actor
) -> Any:
    with _told_as_sent(values):
        return verbs.create(doc_type, worded(values, company.pk) if worded else values, company=company, actor=actor)


def _update(
    doc_type: DocumentType[Any, Any], worded: Worded | None, document: Any, values: Values, *, actor: Actor
) -> Any:
    with _told_as_sent(values):
        stated = worded(values, document.company_id) if worded else values
        return verbs.update(doc_type, document, _without_echo(stated, document), actor=actor)


@contextmanager
def _told_as_sent(values: Values) -> Iterator[None]:
    """Let a refusal blame what was sent, where the field that it names was calculated from that."""
    try:
        yield
    except DomainError as error:
        if error.field in _SENT_AS and values.get(error.field) is None:
            sent = (name for name in _SENT_AS[error.field] if values.get(name) is not None)
            error.field = next(sent, error.field)
        raise


def _without_echo(values: Values, document: Any) -> Values:
    """Dates that only repeat what we answered where nothing was stated say nothing new."""
    beginning = document.company.beginning_of(document.document_date)
    answered = {"issued_at": beginning, "refunded_at": beginning, "effective_date": document.posting_date}
    return {
        name: value
        for name, value in values.items()
        if not (name in answered and value == answered[name] and getattr(document, name) is None)
    }


def _is_void(document: Any) -> bool:
    return bool(document.is_void)
