"""Header fields that only some kinds of documents have, described once for editor, service and page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backfill.tenancy.models import Company
from backfill.workspace.days import typed_day
from backfill.workspace.formats import Formats
from ledger.models import Account
from ledger.pages.account_input import account_from_text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


Model = type[models.Model]
Place = Literal["head", "more", "buyer", "foot"]
PLACES: Final[tuple[Place, ...]] = ("head", "more", "buyer", "foot")
_SHORT, _LONG = 200, 2000  # characters of a text in a column of JSON, and of one without an end


@dataclass(frozen=True, slots=True)
class HeaderField:
    """`name` is the service's word for it, that of an account without its `_id`; `inside` names the column of JSON
    that keeps it, if any, under `key` if that is not its name. The editor shows it in its `place`: beside the date,
    folded up, folded up with what the buyer's program wants, or below the lines. One with `choices` is a list.

    type, length, choices: those of its column where they are not stated: see `of`."""

    name: str
    label: "StrOrPromise"
    type: Literal["", "text", "date", "account", "area", "files"] = ""
    place: Place = "more"
    length: int = 0
    placeholder: "StrOrPromise" = ""
    help: "StrOrPromise" = ""
    fact: "StrOrPromise" = ""
    inside: str = ""
    key: str = ""
    choices: tuple[tuple[str, Any], ...] = ()

    def of(self, model: Model) -> Self:
        """Return the field as the editor of this model has it: what is not stated is what the column says."""
        meta = model._meta  # noqa: SLF001 - Django documents `_meta` as public
        column: Any = None if self.inside else meta.get_field(self.name)
        return replace(
            self,
            type=self.type or _type_of(column),
            length=self.length or getattr(column, "max_length", None) or (_LONG if _is_text(column) else _SHORT),
            choices=self.choices or tuple(getattr(column, "choices", None) or ()),
        )

    @property
    def blamed_as(self) -> str:
        """Return what the service calls it in a refusal."""
        return f"{self.inside}.{self.key or self.name}" if self.inside else self.name

    def stored(self, document: Any) -> Any:
        """Return what a document says: a text, a date, an account; "" or None for nothing."""
        if self.inside:
            value = str(getattr(document, self.inside).get(self.key or self.name) or "")
            return _day(value[:10]) if self.type == "date" else value
        return getattr(document, self.name, "")

    def options(self, text: str, company: Company) -> Sequence[tuple[str, Any]]:
        """Return (value, label) of what may be chosen, or of the files that are kept unless they are taken off."""
        return self.choices

    def text(self, document: Any) -> str:
        """Return what the editor shows of a document."""
        value = self.stored(document)
        return value.isoformat() if isinstance(value, date) else str(value or "")

    def values(self, text: str, document: Any, company: Company) -> dict[str, Any]:
        """Return the service's values; `document` is the stored draft, if any. Raises ValueError, for people."""
        text = text.strip()
        if len(text) > self.length or "\0" in text:
            raise ValueError(_("At most {length} characters.").format(length=self.length))
        if self.type == "account":
            account = account_from_text(company, text) if text else None
            if text and account is None:
                raise ValueError(
                    _("There is no account «{text}»; type its code and choose from the list.").format(text=text)
                )
            return {f"{self.name}_id": account.pk if account else None}
        if self.type == "date":
            day = typed_day(text) if text else None
            return self._kept(text, document) if self.inside else {self.name: day}
        return self._kept(text, document) if self.inside else {self.name: text}

    def _kept(self, text: str, document: Any) -> dict[str, Any]:
        """Return this part of the column of JSON, for `merge`, where it changes."""
        before = self.text(document) if document is not None else ""
        return {} if text == before else {self.inside: {self.key or self.name: text}}


def merge(values: dict[str, Any], more: dict[str, Any], document: Any) -> None:
    """Add what a field says to what others said. Fields of one column of JSON change their own part of it; what else
    the stored draft has there came over the API and stays."""
    for name, value in more.items():
        if isinstance(value, dict):
            before = values.get(name, getattr(document, name) if document is not None else {})
            values[name] = {key: part for key, part in {**before, **value}.items() if part != ""}
        else:
            values[name] = value


def facts_of(fields: tuple[HeaderField, ...], document: Any, formats: Formats) -> Iterator[tuple[str, Any]]:
    """Yield (label, value) of what a document says in these fields, for its page."""
    for field in fields:
        if value := field.stored(document):
            yield str(field.fact or field.label), formats.day(value) if isinstance(value, date) else value


def prefilled(fields: tuple[HeaderField, ...], document: Any) -> dict[str, str]:
    """Return what the editor shows of a stored document in these fields."""
    return {field.name: field.text(document) for field in fields}


def _type_of(column: Any) -> Literal["text", "date", "account", "area"]:
    if getattr(column, "related_model", None) is Account:
        return "account"
    if isinstance(column, models.DateField):
        return "date"
    return "area" if _is_text(column) or (getattr(column, "max_length", None) or 0) >= _LONG else "text"


def _is_text(column: Any) -> bool:
    return isinstance(column, models.TextField)


def _day(text: str) -> date | None:
    try:
        return typed_day(text) if text else None
    except ValueError:
        return None


POSTED_ON: Final = HeaderField(
    "effective_date",
    gettext_lazy("Post on another date"),
    fact=gettext_lazy("Posted on"),
    help=gettext_lazy("Left empty: the document's date."),
)
SUPPLIED_ON: Final = HeaderField(
    "service_date",
    gettext_lazy("Supplied on"),
    help=gettext_lazy("Chooses the rates of tax. Left empty: the document's date."),
)
NOTES: Final = HeaderField(
    "notes",
    gettext_lazy("Note, printed below the lines"),
    place="foot",
    fact=pgettext_lazy("printed", "Note"),
)
