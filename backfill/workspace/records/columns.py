"""What the list of a model shows, finds and filters by, derived from its columns."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from django.db import models

from backfill.workspace.records.secrets import shown_fields

if TYPE_CHECKING:
    _Field = models.Field[Any, Any]

# What people call a record by, the most telling first; the first that is filled in names it, and all are searched.
NAMES: Final = (
    "document_number", "name", "company_name", "legal_name", "full_name", "email", "code", "sku", "label",
    "original_name", "subject", "about", "stated_number", "reference_number", "object_repr", "codename", "model",
)  # fmt: skip
_AMOUNTS: Final = frozenset(
    {"amount", "total_amount", "open_amount", "document_amount", "debit", "credit", "quantity", "value", "rate"}
)
_OF_EACH = 2
_LONGEST = 100


def name_fields(model: type[models.Model]) -> list[str]:
    """Return the columns that name a record of the model."""
    found = {field.name for field in shown_fields(model) if isinstance(field, models.CharField)}
    return [name for name in NAMES if name in found]


def list_columns(model: type[models.Model]) -> list[str]:
    """Return the columns of the list beside the record's name and its company: a few of each kind."""
    fields = [field for field in shown_fields(model) if not field.primary_key and field.name not in (*NAMES, "company")]
    columns: list[str] = []
    for is_kind in _KINDS:
        columns += [field.name for field in fields if is_kind(field)][:_OF_EACH]
    return list(dict.fromkeys(columns))


def labelled_relations(model: type[models.Model]) -> list[str]:
    """Return the foreign keys of the list, to be read in the list's own statement."""
    return [field.name for field in shown_fields(model) if _is_labelled(field)]


def filter_fields(model: type[models.Model]) -> list[str]:
    """Return the columns with few values, to filter by."""
    return [
        field.name for field in shown_fields(model) if _has_choices(field) or isinstance(field, models.BooleanField)
    ]


def _is_labelled(field: "_Field") -> bool:
    """Return whether the column leads to a record with a name, such as a customer."""
    if not isinstance(field, models.ForeignKey) or field.name == "company":
        return False
    return bool({"name", "email"} & set(name_fields(field.remote_field.model)))


def _has_choices(field: "_Field") -> bool:
    return bool(field.choices)


def _is_date(field: "_Field") -> bool:
    return isinstance(field, models.DateField)


def _is_amount(field: "_Field") -> bool:
    return isinstance(field, models.DecimalField) and field.name in _AMOUNTS


def _is_short_text(field: "_Field") -> bool:
    return isinstance(field, models.CharField) and not field.choices and (field.max_length or 0) <= _LONGEST


_KINDS: "Final[tuple[Callable[[_Field], bool], ...]]" = (
    _is_labelled,
    _has_choices,
    _is_date,
    _is_amount,
    _is_short_text,
)
