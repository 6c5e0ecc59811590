"""What keeps a document from being an e-invoice: the rule that says so, in words, and the place to set it right."""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Place(Enum):
    """Where something is set that an e-invoice says."""

    COMPANY = "company"
    CUSTOMER = "customer"
    DOCUMENT = "document"
    LINES = "lines"


_PLACES: Final[dict[Place, "StrOrPromise"]] = {
    Place.COMPANY: gettext_lazy("settings of the company: {fields}"),
    Place.CUSTOMER: gettext_lazy("customer: {fields}"),
    Place.DOCUMENT: gettext_lazy("document: {fields}"),
    Place.LINES: gettext_lazy("lines: {fields}"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is missing or cannot be said, by the `rule` that says so. `term` is the standard's.

    `fields` are names of the API, any one of which helps. `line` is the one line it is about, counted from 0.
    """

    rule: str
    term: str
    message: "StrOrPromise"
    place: Place
    fields: tuple[str, ...]
    line: int | None = None

    @property
    def where(self) -> str:
        """The place for programs: «customer: billing_address.city»."""
        fields = self.fields[0]
        if len(self.fields) > 1:
            fields = pgettext("fields", "{field} or {other}").format(field=self.fields[0], other=self.fields[1])
        if self.line is not None:
            return f"lines[{self.line}]: {fields}"
        return str(_PLACES[self.place]).format(fields=fields)

    @property
    def named(self) -> str:
        """What is missing, where it is set and who says so."""
        return _("{what} ({where}; {rule})").format(what=self.message, where=self.where, rule=self.rule)

    def facts(self) -> dict[str, str]:
        """The problem as programs are told it."""
        return {"rule": self.rule, "term": self.term, "message": str(self.message), "where": self.where}
