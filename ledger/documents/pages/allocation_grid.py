"""Which of a party's open documents an amount goes to: the grid, as typed, and what it says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from backfill.workspace.formats import formats_of
from backfill.workspace.forms import place_refusal
from backfill.workspace.numbers import NotANumber, parse_number
from backfill.workspace.wording import sentence
from ledger.documents.pages.document_admins import DocumentAdmin

_PATH = re.compile(r"allocations\[(\d+)\](?:\.\w+)?")


@dataclass(slots=True)
class GridRow:
    """One open document; `typed` is the amount for it as written, `amount` as read."""

    document: Any
    open_text: str
    typed: str = ""
    amount: Decimal | None = None
    error: str = ""


@dataclass(slots=True)
class Grid:
    """The open documents of a type, `kind`, with what is typed next to each."""

    kind: DocumentAdmin
    rows: list[GridRow]
    error: str = ""
    chosen: list[GridRow] = field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        return bool(self.error) or any(row.error for row in self.rows)

    def allocations(self) -> list[dict[str, Any]]:
        """Return the service's allocations, of the rows with an amount."""
        self.chosen = [row for row in self.rows if row.amount]
        return [{self.kind.id_name: row.document.pk, "amount": row.amount} for row in self.chosen]

    def place(self, error: DomainError, form: forms.Form | None = None) -> None:
        """Note a refusal at its document, else at its field of the form, else above the grid."""
        path = _PATH.fullmatch(error.field or "")
        if path and int(path[1]) < len(self.chosen):
            self.chosen[int(path[1])].error = sentence(error.message)
        elif form is not None and error.field in form.fields:
            place_refusal(form, error)
        else:
            self.error = sentence(error.message)


def empty_grid(kind: DocumentAdmin, company: Company, documents: Sequence[Any]) -> Grid:
    formats = formats_of(company)
    return Grid(kind, [GridRow(one, formats.amount(one.open_amount, one.currency)) for one in documents])


def typed_grid(kind: DocumentAdmin, company: Company, documents: Sequence[Any], data: Mapping[str, str]) -> Grid:
    """Return what was submitted. A document that somebody has settled meanwhile is no longer there to be paid."""
    grid, formats = empty_grid(kind, company, documents), formats_of(company)
    for row in grid.rows:
        row.typed = data.get(f"pay-{row.document.pk}", "").strip()
        try:
            row.amount = parse_number(row.typed, formats) if row.typed else None
        except NotANumber as error:
            row.error = sentence(str(error))
        if row.amount is not None and row.amount < 0:
            row.error = _("An amount to pay is not below zero.")
    known = {f"pay-{row.document.pk}" for row in grid.rows}
    if any(name.startswith("pay-") and name not in known and data.get(name, "").strip() for name in data):
        grid.error = str(kind.settled_meanwhile)
    return grid
