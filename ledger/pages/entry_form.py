"""What somebody has typed into the entry editor, kept as typed, and the draft it describes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from backfill.workspace.line_forms import MOST_LINES, BadInput, LineForm, TypedRow, number_from
from backfill.workspace.wording import sentence
from ledger.currencies.money import minor_units
from ledger.errors import ExchangeRateMissing
from ledger.journal.drafts import EntryDraft, LineDraft
from ledger.models import Account, JournalEntry
from ledger.pages.account_input import accounts_from_texts
from ledger.pages.rates import NO_RATE

HEADER: Final = (
    *("entry_date", "memo", "document_number", "document_date", "service_date", "external_reference"),
    *("currency", "exchange_rate", "adjustment_period"),
)
_FOLDED: Final = ("document_date", "service_date", "external_reference", "exchange_rate", "adjustment_period")
EMPTY_LINES: Final = 2
_CELLS: Final = {
    "account_id": "account",
    "account_code": "account",
    "tax_code": "tax_code",
    "description": "description",
}


@dataclass(slots=True, kw_only=True)
class TypedLine(TypedRow):
    """One line. `origin` is the position of the stored one that it came from."""

    account: str = ""
    description: str = ""
    debit: str = ""
    credit: str = ""

    inputs = ("account", "description", "tax_code", "debit", "credit", "origin")
    content = ("account", "description", "tax_code", "debit", "credit")


@dataclass(slots=True, kw_only=True)
class EntryForm(LineForm[TypedLine]):
    @property
    def has_more(self) -> bool:
        """Whether the part of the form that is folded up holds something."""
        return self.is_foreign or self.has(_FOLDED)

    def draft(self, base: EntryDraft) -> EntryDraft:
        """Return `base` with what was typed. Raises BadInput after noting every error at its place."""
        values, filled = self._header_values(), self.filled()
        accounts = accounts_from_texts(self.company, {line.account for line in filled})
        lines = tuple(self._line_draft(line, position, base, accounts) for position, line in enumerate(filled))
        if self.is_wrong:
            raise BadInput
        # The date of the page is the one that counts; another one that the sender gave the entry stays beside it.
        values["effective_date"] = values["entry_date"]
        if base.posting_date == values["entry_date"]:
            values["entry_date"] = base.entry_date
        return replace(base, **values, lines=tuple(line for line in lines if line is not None))

    def place(self, error: DomainError) -> None:
        """Note a refusal where it belongs: at a cell, at a line, at a field, else above the form."""
        message = str(NO_RATE) if isinstance(error, ExchangeRateMissing) else sentence(error.message)
        if blamed := self.blamed(error):
            line, name = blamed
            amount = "debit" if line.debit or not line.credit else "credit"
            line.errors[_CELLS.get(name or "account_id", amount)] = message
        elif error.field in {*HEADER, "lines"}:
            self.errors[error.field] = message
        else:
            self.errors[""] = message

    def _header_values(self) -> dict[str, Any]:
        adjustment = self.header["adjustment_period"]
        return {
            "entry_date": self.day("entry_date", missing=_("Enter the date of the entry.")) or self.company.today(),
            "document_date": self.day("document_date"),
            "service_date": self.day("service_date"),
            "memo": self.text("memo", 500),
            "document_number": self.text("document_number", 100),
            "external_reference": self.text("external_reference", 500) or None,
            "currency": self._currency(),
            "exchange_rate": self.number("exchange_rate"),
            "adjustment_period": int(adjustment) if adjustment in {"13", "14"} else None,
        }

    def _currency(self) -> str | None:
        code = self.header["currency"].strip().upper()
        if not code:
            return None
        try:
            minor_units(code)
        except DomainError as error:
            self.errors["currency"] = sentence(error.message)
        return code

    def _line_draft(
        self, line: TypedLine, position: int, base: EntryDraft, accounts: Mapping[str, Account]
    ) -> LineDraft | None:
        account = accounts.get(line.account)
        if account is None:
            unknown = _("There is no account «{account}».").format(account=line.account)
            line.errors["account"] = unknown if line.account else _("Choose an account.")
        if len(line.description) > 500 or "\0" in line.description + line.tax_code:
            line.errors["description"] = _("At most {length} characters.").format(length=500)
        amount = self._amount(line)
        if account is None or line.errors:
            return None
        stored = _stored_line(base, line.origin)
        made = LineDraft(
            account=account.pk,
            amount=amount,
            description=line.description,
            tax_code=line.tax_code,
            input_path=f"lines[{position}]",
        )
        return made if stored is None else _with_stored(made, stored)

    def _amount(self, line: TypedLine) -> Decimal:
        sides = {name: self._number(line, name) for name in ("debit", "credit")}
        if line.debit and line.credit and sides["debit"] and sides["credit"]:
            line.errors["credit"] = _("A line has a debit or a credit, not both.")
        return sides["debit"] - sides["credit"]

    def _number(self, line: TypedLine, name: str) -> Decimal:
        number = number_from(getattr(line, name), self.formats, line.errors, name) or Decimal(0)
        if number < 0:
            line.errors[name] = _("Write it on the other side without a sign.")
        return number


def typed_form(company: Company, data: QueryDict) -> EntryForm:
    """Return what was submitted."""
    form = EntryForm(
        company=company,
        header={name: data.get(name, "") for name in HEADER},
        lines=TypedLine.all_from(data),
        version=data.get("version", ""),
    )
    form.take_most(_("The editor takes {count} lines; import a longer entry from a file.").format(count=MOST_LINES))
    return form


def new_form(company: Company) -> EntryForm:
    header = dict.fromkeys(HEADER, "") | {"entry_date": company.today().isoformat(), "currency": company.base_currency}
    return EntryForm(company=company, header=header, lines=[TypedLine() for _ in range(EMPTY_LINES)])


def form_of(entry: JournalEntry, draft: EntryDraft) -> EntryForm:
    """Return the form for editing a stored draft."""
    form = copied_form(entry.company, draft)
    form.version = entry.updated_at.isoformat()
    form.header |= {
        "entry_date": draft.posting_date.isoformat(),
        "document_date": draft.document_date.isoformat() if draft.document_date else "",
        "service_date": draft.service_date.isoformat() if draft.service_date else "",
        "document_number": draft.document_number,
        "external_reference": draft.external_reference or "",
        "adjustment_period": str(draft.adjustment_period or ""),
    }
    for position, line in enumerate(form.lines[: len(draft.lines)]):
        line.origin = str(position)
    return form


def copied_form(company: Company, draft: EntryDraft) -> EntryForm:
    """Return the form for a new entry like another one, dated today."""
    form = new_form(company)
    formats = form.formats
    form.header |= {
        "memo": draft.memo,
        "currency": draft.currency or company.base_currency,
        "exchange_rate": formats.plain(draft.exchange_rate.normalize()) if draft.exchange_rate is not None else "",
    }
    accounts = Account.objects.in_bulk([line.account for line in draft.lines])
    lines = [
        TypedLine(
            account=str(accounts.get(line.account, "")),
            description=line.description,
            tax_code=line.tax_code,
            debit=formats.amount(line.amount, draft.currency) if line.amount > 0 else "",
            credit=formats.amount(-line.amount, draft.currency) if line.amount < 0 else "",
        )
        for line in draft.lines
    ]
    form.lines = lines + [TypedLine() for _ in range(max(EMPTY_LINES - len(lines), 0))]
    return form


def _stored_line(base: EntryDraft, origin: str) -> LineDraft | None:
    is_position = origin.isascii() and origin.isdecimal() and len(origin) < 6
    return base.lines[int(origin)] if is_position and int(origin) < len(base.lines) else None


def _with_stored(made: LineDraft, stored: LineDraft) -> LineDraft:
    """Keep what the editor does not show of a line that came over the API: dimensions, references, a fixed amount."""
    is_unchanged = (made.account, made.amount, made.tax_code) == (stored.account, stored.amount, stored.tax_code)
    return replace(
        stored,
        account=made.account,
        amount=made.amount,
        base_amount=stored.base_amount if is_unchanged else None,
        description=made.description,
        tax_code=made.tax_code,
        tax_role=stored.tax_role if made.tax_code == stored.tax_code else "",
        input_path=made.input_path,
    )
