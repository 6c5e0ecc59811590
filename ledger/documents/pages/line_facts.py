"""What a line says beside figures and text, as somebody types it: numbers, days, prices. Kinds describe which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from django.db import models
from django.utils.translation import gettext as _

from backfill.tenancy.models import Company
from backfill.workspace.days import typed_day
from backfill.workspace.formats import Formats, formats_of
from backfill.workspace.numbers import NotANumber, parse_number
from backfill.workspace.wording import sentence

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Model = type[models.Model]
FactType = Literal["text", "day", "moment", "price", "flag"]
_COLUMNS: Final[dict[FactType, "type[models.Field[Any, Any]]"]] = {
    "flag": models.BooleanField,
    "price": models.DecimalField,
    "moment": models.DateTimeField,  # which is a DateField, too
    "day": models.DateField,
}


@dataclass(frozen=True, slots=True)
class LineFact:
    """`name` is the service's word for it and the name of its input. A `day` or `moment` is typed as a day, the latter
    stored as its beginning in the company's zone; a `flag` is "yes" or nothing. Type and length are its column's."""

    name: str
    label: "StrOrPromise"
    type: FactType = "text"
    length: int = 0

    def of(self, model: Model | None) -> Self:
        """Return the fact as the lines of this model have it."""
        if model is None:
            return self
        column: Any = model._meta.get_field(self.name)  # noqa: SLF001 - Django documents `_meta` as public
        kinds = (kind for kind, columns in _COLUMNS.items() if isinstance(column, columns))
        return replace(self, type=next(kinds, "text"), length=getattr(column, "max_length", None) or 0)

    def text(self, row: Any, formats: Formats, company: Company) -> str:
        """Return what the editor shows of a stored line."""
        value = getattr(row, self.name, None)
        if value in (None, "", False):
            return ""
        if self.type == "flag":
            return "yes"
        if isinstance(value, datetime):
            return company.day_of(value).isoformat()
        if isinstance(value, date):
            return value.isoformat()
        return formats.plain(value.normalize()) if isinstance(value, Decimal) else str(value)

    def value(self, text: str, formats: Formats, company: Company) -> Any:
        """Return what was typed as the service takes it. Raises ValueError, for people."""
        if self.type == "flag":
            return text == "yes"
        if self.type == "text":
            if len(text) > self.length or "\0" in text:
                raise ValueError(_("At most {length} characters.").format(length=self.length))
            return text
        if not text:
            return None
        if self.type == "price":
            return self._price(text, formats)
        day = typed_day(text)
        return company.beginning_of(day) if self.type == "moment" else day

    def _price(self, text: str, formats: Formats) -> Decimal:
        try:
            return parse_number(text, formats)
        except NotANumber as error:
            raise ValueError(sentence(str(error))) from error


def typed_facts(facts: Sequence[LineFact], row: Any, formats: Formats, company: Company) -> dict[str, str]:
    """Return a stored line's facts as somebody would have typed them."""
    return {fact.name: fact.text(row, formats, company) for fact in facts}


def changed_facts(
    facts: Sequence[LineFact], typed: Mapping[str, str], row: Any, company: Company, errors: dict[str, str]
) -> dict[str, Any]:
    """Return the facts that differ from those of the stored line, if any, after noting every error under its name. What
    was not sent or is untouched stays as it came, an instant to the second."""
    found: dict[str, Any] = {}
    formats = formats_of(company)
    for fact in facts:
        before = fact.text(row, formats, company) if row is not None else ""
        text = typed.get(fact.name, before).strip()
        if text == before:
            continue
        try:
            found[fact.name] = fact.value(text, formats, company)
        except ValueError as error:
            errors[fact.name] = str(error)
    return found
