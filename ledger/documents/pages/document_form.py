"""What somebody has typed into the editor of a document, kept as typed, and the values it describes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from backfill.workspace.days import typed_day
from backfill.workspace.line_forms import MOST_LINES, BadInput, LineForm
from backfill.workspace.numbers import NotANumber
from backfill.workspace.wording import sentence
from ledger.documents.models import DocumentLine
from ledger.documents.pages.discount import discount_details, discount_text
from ledger.documents.pages.document_admins import DocumentAdmin, admin_of
from ledger.documents.pages.header_fields import HeaderField, merge
from ledger.documents.pages.item_input import items_from_texts
from ledger.documents.pages.line_facts import changed_facts
from ledger.documents.pages.party_input import party_from_text
from ledger.documents.pages.typed_line import CELLS, LineReader, TypedLine
from ledger.errors import ExchangeRateMissing
from ledger.pages.account_input import accounts_from_texts
from ledger.pages.rates import NO_RATE

HEADER: Final = (
    *("document_date", "until", "document_number", "currency", "exchange_rate"),
    *("tax_behavior", "document_discount", "memo", "returns_goods"),
)
EMPTY_LINES: Final = 3
# What the service blames, and the editor's word for it; the names of HeaderField need none.
_INPUTS: Final = {"discount_details": "document_discount", "total_amount": "lines"}


@dataclass(slots=True, kw_only=True)
class DocumentForm(LineForm[TypedLine]):
    """What was typed of a document of one `kind`. `document` is the stored draft being edited, if any; `stored` are the
    lines it came from, by their ids."""

    kind: DocumentAdmin
    stored: Mapping[str, DocumentLine] = field(default_factory=dict)
    document: Any = None
    is_exempt: bool = False

    @property
    def has_more(self) -> bool:
        """Whether the part of the form that is folded up holds something."""
        folded = ("document_number", "exchange_rate", "memo", *(one.name for one in self.fields("more")))
        return self.is_foreign or self.has(folded)

    @property
    def has_buyer_facts(self) -> bool:
        """Whether the part for the buyer's program, folded up as well, holds something."""
        plain = {one.name: one.choices[0][0] for one in self.fields("buyer") if one.choices}
        names = [one.name for one in self.fields("buyer")]
        return any(self.header[name] not in {"", plain.get(name)} or name in self.errors for name in names)

    @property
    def party(self) -> dict[str, str]:
        """The input of the party as the template shows it: its name, what stands in it and what is wrong with it."""
        side = self.kind.side
        shown = {"name": side.party, "value": self.header[side.party], "error": self.errors.get(side.party, "")}
        return {**shown, "id_name": side.party_id, "id": self.header[side.party_id]}

    @property
    def origin(self) -> str:
        """The id of the document that it takes back; "" for none."""
        return self.header[self.kind.origin] if self.kind.origin else ""

    def fields(self, place: str) -> list[HeaderField]:
        return [one for one in self.kind.fields if one.place == place]

    def shown(self, place: str) -> list[dict[str, Any]]:
        """Return the kind's own fields of a place, with what stands in them and what is wrong with it."""
        return [
            {
                **asdict(one),
                "value": self.header[one.name],
                "options": one.options(self.header[one.name], self.company),
                "error": self.errors.get(one.name, ""),
            }
            for one in self.fields(place)
        ]

    @property
    def reader(self) -> LineReader:
        return LineReader(
            self.formats,
            self.stored,
            self.header["currency"],
            is_inclusive=self.header["tax_behavior"] == "inclusive",
            returns_goods=self.header["returns_goods"] == "yes",
            side=self.kind.side,
            facts=self.kind.doc_type.line_columns,
            credited=f"{self.kind.origin}_line_ref" if self.kind.origin else "",
        )

    @property
    def document_day(self) -> date:
        """The document's date as typed; today while it cannot be read."""
        try:
            return typed_day(self.header["document_date"])
        except ValueError:
            return self.company.today()

    @property
    def supply_day(self) -> date:
        """The day that chooses the rates of tax, as typed: of the supply or the delivery, else the document's."""
        for name in ("service_date", "delivery_date"):
            try:
                return typed_day(self.header.get(name, ""))
            except ValueError:
                continue
        return self.document_day

    def values(self) -> dict[str, Any]:
        """Return what was typed as the service takes it. Raises BadInput after noting every error at its place."""
        header, filled = self._header_values(), self.filled()
        accounts = accounts_from_texts(self.company, {line.account for line in filled})
        items = items_from_texts(self.company, {line.item for line in filled})
        lines = [self.reader.values(line, accounts, items) | self._facts(line) for line in filled]
        if not filled:
            self.errors["lines"] = _("Write at least one line.")
        if self.is_wrong:
            raise BadInput
        return {**header, "lines": lines}

    def _facts(self, line: TypedLine) -> dict[str, Any]:
        stored = self.stored.get(line.origin)
        return changed_facts(self.kind.line_facts, line.facts, stored, self.company, line.errors)

    def show_facts(self, line: TypedLine) -> None:
        """Let a line show the facts that its kind has, with what stands in them and what is wrong with it."""
        line.shown_facts = [
            {**asdict(fact), "value": line.facts.get(fact.name, ""), "error": line.errors.get(fact.name, "")}
            for fact in self.kind.line_facts
        ]

    def place(self, error: DomainError) -> None:
        """Note a refusal where it belongs: at a cell, at a line, at a field, else above the form."""
        message = str(NO_RATE) if isinstance(error, ExchangeRateMissing) else sentence(error.message)
        if blamed := self.blamed(error):
            line, cell = blamed
            facts = {fact.name: fact.name for fact in self.kind.line_facts}
            line.errors[{**facts, **CELLS}.get(cell, "unit_amount")] = message
            return
        name = error.field or ""
        fields = {one.blamed_as: one.name for one in self.kind.fields}
        name = fields.get(name, name).partition("[")[0]
        name = "until" if name and name == self.kind.until else self._inputs().get(name, name)
        if name not in {*header_names(self.kind), "lines"}:
            name = name.removesuffix("_id") if name.removesuffix("_id") in self.header else ""
        self.errors[name] = message

    def _inputs(self) -> dict[str, str]:
        """Return the input for what the service blames, where that has another name."""
        party = self.kind.side.party
        inside = {one.inside: one.name for one in self.kind.fields if one.inside and one.type == "date"}
        return {**_INPUTS, **inside, f"{party}_id": party, f"{party}_name": party}

    def _header_values(self) -> dict[str, Any]:
        values: dict[str, Any] = {
            self.kind.side.party_id: self._party_id(),
            "document_date": self.day("document_date") or self.company.today(),
            "tax_behavior": "inclusive" if self.header["tax_behavior"] == "inclusive" else "exclusive",
            "memo": self.text("memo", 2000),
            "currency": self.header["currency"].strip().upper()[:3],
            "exchange_rate": self.number("exchange_rate"),
        }
        if self.header["document_number"].strip():
            values["document_number"] = self.text("document_number", 100)
        for one in self.kind.fields:
            try:
                merge(values, one.values(self.header[one.name], self.document, self.company), self.document)
            except ValueError as error:
                self.errors[one.name] = str(error)
        if self.origin:
            values[f"{self.kind.origin}_id"] = self._origin_id()
        return values | self._discount_values() | self._until()

    def _party_id(self) -> UUID | None:
        side = self.kind.side
        typed = self.header[side.party].strip()
        party = party_from_text(side, self.company, typed, self.header[side.party_id])
        if party is None and (typed or self.kind.needs_party):
            words = self.kind.words
            self.errors[side.party] = str(words.named_none % {"name": typed} if typed else words.choose)
        self.is_exempt = bool(side.exempt_reason(party))
        return party.pk if party else None

    def _discount_values(self) -> dict[str, Any]:
        """Return the document's discount; one that came over the API stays word for word while it is untouched."""
        stored = list(self.document.discount_details) if self.document is not None else []
        text = self.header["document_discount"].strip()
        if text == discount_text(stored, self.formats):
            return {}
        try:
            return {"discount_details": discount_details(text, self.formats)}
        except NotANumber as error:
            self.errors["document_discount"] = sentence(str(error))
            return {}

    def _origin_id(self) -> UUID | None:
        try:
            return UUID(self.origin)
        except ValueError:
            origin = admin_of(self.kind.origin)
            noun = origin.noun if origin else self.kind.origin.replace("_", " ")
            self.errors[""] = _("There is no such {noun}.").format(noun=noun)
            return None

    def _until(self) -> dict[str, Any]:
        day = self.day("until")
        if not self.kind.until or (day is None and self.kind.until == "due_date" and not self.version):
            return {}  # not said: the party's terms decide
        if self.kind.until == "expires_at" and day is not None:
            return {"expires_at": datetime.combine(day, time(23, 59, 59), ZoneInfo(self.company.time_zone))}
        return {self.kind.until: day}


def header_names(kind: DocumentAdmin) -> tuple[str, ...]:
    """Return the names of all inputs above and below the lines."""
    origin = (kind.origin,) if kind.origin else ()
    return (kind.side.party, kind.side.party_id, *HEADER, *origin, *(one.name for one in kind.fields))


def typed_form(kind: DocumentAdmin, company: Company, data: QueryDict) -> DocumentForm:
    """Return what was submitted."""
    lines = TypedLine.all_from(data)
    for fact in kind.line_facts:
        for line, text in zip(lines, data.getlist(fact.name), strict=False):
            line.facts[fact.name] = text.strip()
    form = DocumentForm(
        kind=kind,
        company=company,
        header={name: data.get(name, "") for name in header_names(kind)}
        | {one.name: " ".join(data.getlist(one.name)) for one in kind.fields if one.type == "files"},
        lines=lines,
        version=data.get("version", ""),
    )
    form.take_most(_("The editor takes {most} lines.").format(most=MOST_LINES))
    return form
