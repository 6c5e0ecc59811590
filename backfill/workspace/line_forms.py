"""What somebody has typed into an editor with lines, kept as typed, with what is wrong with it.

An app says which inputs a line has (a subclass of `TypedRow`) and which the header (one of `LineForm`), and what is
made of them.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import ClassVar, Final, Generic, Self, TypeVar

from django.http import QueryDict
from django.utils.translation import gettext as _

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from backfill.workspace.days import typed_day
from backfill.workspace.formats import Formats, formats_of
from backfill.workspace.numbers import NotANumber, parse_number
from backfill.workspace.wording import sentence

MOST_LINES: Final = 1_000
_LINE_PATH = re.compile(r"lines\[(\d+)\](?:\.(\w+))?")


class BadInput(ValueError):
    """Something typed cannot be read; the errors are on the form."""


@dataclass(slots=True, kw_only=True)
class TypedRow:
    """A row of the table. `origin` says which stored line it came from, "" for a new one.

    inputs: the names of its cells, in their order. content: those that make it more than an empty row.
    """

    tax_code: str = ""
    origin: str = ""
    is_unknown_tax_code: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    inputs: ClassVar[tuple[str, ...]]
    content: ClassVar[tuple[str, ...]]

    @classmethod
    def all_from(cls, data: QueryDict) -> list[Self]:
        """Return the rows that were submitted: a column for each input."""
        columns = [data.getlist(name) for name in cls.inputs]
        rows = zip(*columns, strict=False)
        return [cls(**{name: text.strip() for name, text in zip(cls.inputs, row, strict=True)}) for row in rows]

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, name) for name in self.content)


RowT = TypeVar("RowT", bound=TypedRow)


@dataclass(slots=True, kw_only=True)
class LineForm(Generic[RowT]):
    """Header and lines as text, with the errors found so far: by input above and below the lines, "" for the form as a
    whole. `version` is that of the draft being edited, as it was when the form was first shown."""

    company: Company
    header: dict[str, str]
    lines: list[RowT]
    version: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def formats(self) -> Formats:
        return formats_of(self.company)

    @property
    def is_foreign(self) -> bool:
        return self.header["currency"] not in {"", self.company.base_currency}

    @property
    def is_wrong(self) -> bool:
        return bool(self.errors) or any(line.errors for line in self.lines)

    def has(self, names: Collection[str]) -> bool:
        """Whether one of these inputs, folded up perhaps, holds something or was refused."""
        return any(self.header[name] or name in self.errors for name in names)

    def filled(self) -> list[RowT]:
        """Return the rows that were not left empty; services count lines without the empty ones."""
        return [line for line in self.lines if not line.is_empty]

    def blamed(self, error: DomainError) -> tuple[RowT, str] | None:
        """Return the row that a refusal is about, with the service's word for the cell, "" for none; else None."""
        path, filled = _LINE_PATH.fullmatch(error.field or ""), self.filled()
        return (filled[int(path[1])], path[2] or "") if path and int(path[1]) < len(filled) else None

    def take_most(self, refusal: str) -> None:
        """Keep no more lines than an editor takes, and say so."""
        if len(self.lines) > MOST_LINES:
            self.errors[""] = refusal
            self.lines = self.lines[:MOST_LINES]

    def mark_unknown(self, codes: Collection[str]) -> None:
        """Let rows know whether their tax code is none of those that are offered."""
        known = {code.upper() for code in codes}
        for line in self.lines:
            line.is_unknown_tax_code = bool(line.tax_code) and line.tax_code.upper() not in known

    def day(self, name: str, *, missing: str = "") -> date | None:
        """Return the day in an input; `missing` is said where nothing stands in it, if that is wrong."""
        text = self.header[name].strip()
        if not text:
            if missing:
                self.errors[name] = missing
            return None
        try:
            return typed_day(text)
        except ValueError as error:
            self.errors[name] = str(error)
            return None

    def text(self, name: str, length: int) -> str:
        text = self.header[name].strip()
        if len(text) > length or "\0" in text:
            self.errors[name] = _("At most {length} characters.").format(length=length)
        return text

    def number(self, name: str) -> Decimal | None:
        return number_from(self.header[name], self.formats, self.errors, name)


def number_from(text: str, formats: Formats, errors: dict[str, str], name: str) -> Decimal | None:
    """Return the typed number; None for nothing, and for what is none after noting the error under `name`."""
    if not text.strip():
        return None
    try:
        return parse_number(text, formats)
    except NotANumber as error:
        errors[name] = sentence(str(error))
        return None
