"""What PostgreSQL and the journal are told of document types, derived from descriptions and models."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model

from backfill.tenancy.guards import row_level_security, same_company
from ledger.documents.guards import follow_items, posted_stays
from ledger.documents.types import DocumentType


def models_of(doc_type: DocumentType[Any, Any]) -> Iterator[type[Model]]:
    """Yield the tables of a type: its own and that of its lines."""
    yield doc_type.model
    if doc_type.line_model is not None:
        yield doc_type.line_model


def same_company_keys(model: type[Model]) -> Iterator[tuple[str, str, str]]:
    """Yield (table, column, referred table) of every reference to a row that belongs to a company, too."""
    for column in model._meta.concrete_fields:  # noqa: SLF001 - Django documents `_meta` as public
        target: Any = column.related_model
        if isinstance(column, ForeignKey) and any(one.name == "company" for one in target._meta.fields):  # noqa: SLF001
            yield model._meta.db_table, column.column, target._meta.db_table  # noqa: SLF001


def guard_sql(doc_type: DocumentType[Any, Any]) -> str:
    """Return the triggers that keep a posted document of this type as it was posted."""
    return posted_stays(
        doc_type.model._meta.db_table,  # noqa: SLF001
        party=doc_type.side.party_id,
        has_lines=doc_type.line_model is not None,
        may_be_externally_posted=doc_type.may_be_externally_posted,
        counts=doc_type.counted_later,
    )


def app_sql(app: str, types: Iterable[DocumentType[Any, Any]]) -> str:
    """Return all guards that follow from an app's models and types: references stay within a company, other companies'
    rows are not seen, a posted document stays as it was posted and is settled as its open item says."""
    models = sorted(apps.get_app_config(app).get_models(), key=lambda model: model._meta.db_table)  # noqa: SLF001
    of_company = [one for one in models if any(column.name == "company" for column in one._meta.fields)]  # noqa: SLF001
    return "\n".join(
        (
            same_company(key for model in of_company for key in same_company_keys(model)),
            row_level_security(model._meta.db_table for model in of_company),  # noqa: SLF001
            *map(guard_sql, types),
            follow_items(app, {one.model._meta.db_table: settled_statuses(one) for one in types if one.is_settled}),  # noqa: SLF001
        )
    )


def settled_statuses(doc_type: DocumentType[Any, Any]) -> tuple[str, str, str, str]:
    """Return the kind of a type's items, and its statuses with nothing, something and everything settled."""
    something, everything = doc_type.settled_as or (doc_type.posted, doc_type.posted)
    return doc_type.key, str(doc_type.posted), str(something), str(everything)


def journal_links(types: Iterable[DocumentType[Any, Any]]) -> dict[str, DocumentType[Any, Any]]:
    """Return the types that post, by the kind of entry they post."""
    return {one.key: one for one in types if one.entry}


def unplaced_columns(doc_type: DocumentType[Any, Any]) -> set[str]:
    """Return own columns that the description neither shows nor calls internal. A test wants none."""
    return _own_columns(doc_type.model) - {doc_type.side.party, *doc_type.columns, *doc_type.internal}


def unplaced_line_columns(doc_type: DocumentType[Any, Any]) -> set[str]:
    """The same of its lines."""
    if doc_type.line_model is None:
        return set()
    placed = {"document", *doc_type.line_columns, *doc_type.internal_line, *doc_type.counted_later}
    return _own_columns(doc_type.line_model) - placed


def _own_columns(model: type[Model]) -> set[str]:
    shared = {column.name for base in model.__mro__ if _is_abstract(base) for column in base._meta.fields}  # type: ignore[attr-defined]  # noqa: SLF001
    return {column.name for column in model._meta.concrete_fields} - shared  # noqa: SLF001


def _is_abstract(base: type[Any]) -> bool:
    return hasattr(base, "_meta") and bool(base._meta.abstract)  # noqa: SLF001
