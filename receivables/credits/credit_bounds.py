"""What of an invoice can still be credited: per line, per tax code and in total, with tax and without.

An invoice's lines are as it charged them, after its discounts. Credit memos that are posted and not void count, those
for early payment and bad debts among them: they have lowered the invoice, too. One that is void counts on the days from
its own to that of its void: the bound holds on each day, since the books are kept by day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final, Self
from uuid import UUID

from django.utils.translation import gettext as _

from ledger.currencies.money import quantize, quantum
from ledger.documents.lines.arithmetic import PricedLine
from ledger.documents.lines.line_input import COPIED, LineInput
from ledger.documents.models import DocumentLine
from receivables.credits.bound_words import (
    NET_OF_INVOICE,
    NET_OF_LINE,
    PIECES_CREDITED,
    PIECES_RETURNED,
    TAX_BY_CODE,
    TAX_OF_INVOICE,
    TAX_OF_LINE,
    WHOLE_INVOICE,
    WHOLE_LINE,
    Refusal,
)
from receivables.errors import OverCredited
from receivables.models import CreditMemo, CreditMemoLine, CreditMemoStatus, Invoice, InvoiceLine

ZERO: Final = Decimal(0)
TaxKey = tuple[str, Decimal | None]


@dataclass(slots=True)
class Sums:
    """Figures of lines together, in the document's currency, and their pieces."""

    net: Decimal = ZERO
    tax: Decimal = ZERO
    quantity: Decimal = ZERO
    returned: Decimal = ZERO

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    def add(self, line: DocumentLine) -> Self:
        self.net += line.net_amount
        self.tax += line.tax_amount
        self.quantity += line.quantity
        self.returned += getattr(line, "return_quantity", None) or ZERO
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Credited:
    """An invoice and what other credit memos took off it. Sums are by tax code, in capitals, and rate.

    `ever` are lines of void credit memos, too, each with its document."""

    invoice: Invoice
    sold: Sequence[InvoiceLine]
    taken: Sequence[CreditMemoLine] = ()
    ever: Sequence[CreditMemoLine] = ()
    taken_total: Decimal = ZERO
    charged_by_tax: Mapping[TaxKey, Sums] = field(default_factory=dict)
    taken_by_tax: Mapping[TaxKey, Sums] = field(default_factory=dict)

    @property
    def left(self) -> Decimal:
        """What can still be credited of the invoice, tax included."""
        return max(self.invoice.total_amount - self.taken_total, ZERO)

    @property
    def knows_codes(self) -> bool:
        """Whether all tax of the invoice was charged by tax codes, so that it can be taken back by them, too."""
        return all(line.tax_code for line in self.sold if line.tax_amount)


def credited_of(invoice: Invoice, *, but: CreditMemo | None = None) -> Credited:
    """Return what was credited of an invoice, without the memo `but`. Two statements.

    Whoever decides by it has locked the customer: all steps of credit memos do.
    """
    sold = list(InvoiceLine.objects.filter(company_id=invoice.company_id, document=invoice).order_by("line_number"))
    rows = CreditMemoLine.objects.filter(company_id=invoice.company_id, document__invoice=invoice)
    rows = rows.filter(document__posted_at__isnull=False).select_related("document")
    ever = list(rows.exclude(document=but) if but else rows)
    whole = Credited(invoice=invoice, sold=sold, ever=ever, charged_by_tax=sums_by_tax(sold))
    return _with(whole, [line for line in ever if line.document.status != CreditMemoStatus.VOID])


def _with(credited: Credited, taken: Sequence[CreditMemoLine]) -> Credited:
    """Return the invoice with these lines of credit memos."""
    total = sum((line.gross_amount for line in taken), ZERO)
    return replace(credited, taken=taken, taken_total=total, taken_by_tax=sums_by_tax(taken))


def _on(credited: Credited, day: date) -> Credited:
    """Return the invoice with what credit memos had taken off it at the end of a day."""
    return _with(credited, [line for line in credited.ever if _counts_on(line.document, day)])


def _counts_on(memo: CreditMemo, day: date) -> bool:
    return memo.posting_date <= day and (memo.voided_on is None or memo.voided_on > day)


def sums_by_tax(lines: Iterable[DocumentLine]) -> dict[TaxKey, Sums]:
    """Return the sums of lines by tax code and rate."""
    sums: dict[TaxKey, Sums] = {}
    for line in lines:
        sums.setdefault((line.tax_code.upper(), line.tax_rate), Sums()).add(line)
    return sums


def refuse_over_credit(memo: CreditMemo, lines: Sequence[CreditMemoLine], credited: Credited) -> None:
    """Refuse a credit memo that would take back more than its invoice charged, on any day from its own on. Raises
    OverCredited; where a later day would do, naming the first one."""
    _refuse_over_credit(memo, lines, credited)
    day = memo.posting_date
    turns = {turn for line in credited.ever for turn in (line.document.posting_date, line.document.voided_on) if turn}
    possible = None
    for turn in sorted({day} | {turn for turn in turns if turn > day}, reverse=True):
        try:
            _refuse_over_credit(memo, lines, _on(credited, turn))
        except OverCredited as refusal:
            if possible is None:  # what counts in the end counts on the last of these days
                raise
            raise OverCredited(
                _("on {day} {refusal}; the first possible day is {first}").format(
                    day=turn, refusal=refusal.message, first=possible
                ),
                field="effective_date" if memo.effective_date else "document_date",
                first_possible=possible.isoformat(),
            ) from refusal
        possible = turn


def _refuse_over_credit(memo: CreditMemo, lines: Sequence[CreditMemoLine], credited: Credited) -> None:
    _check_lines(lines, credited)
    invoice, bound = credited.invoice, _Bound(str(credited.invoice), credited.invoice.currency)
    tax = sum((line.tax_amount for line in credited.taken), ZERO)
    bound.check(WHOLE_INVOICE, invoice.total_amount, credited.taken_total, memo.total_amount)
    bound.check(TAX_OF_INVOICE, invoice.tax_amount, tax, memo.tax_amount)
    bound.check(
        NET_OF_INVOICE,
        invoice.total_amount - invoice.tax_amount,
        credited.taken_total - tax,
        memo.total_amount - memo.tax_amount,
    )
    _check_codes(lines, credited)


def tax_in_parts(stated: Sequence[LineInput], calculated: Sequence[PricedLine], credited: Credited) -> list[LineInput]:
    """Return a credit memo's lines with the tax that makes all credits together have the invoice's tax: what each
    would be rounded to by itself may miss it by a unit. Tax that was stated stays."""
    lines, currency = list(stated), credited.invoice.currency
    groups: dict[tuple[str, Decimal | None, bool], list[int]] = {}
    for index, line in enumerate(calculated):
        if line.tax_rate and line.stated.stated_tax is None:
            groups.setdefault((line.tax_code.upper(), line.tax_rate, line.stated.includes_tax), []).append(index)
    for (code, rate, by_gross), members in groups.items():
        charged = credited.charged_by_tax.get((code, rate), Sums())
        before = credited.taken_by_tax.get((code, rate), Sums())
        more = sum((calculated[index].charged for index in members), ZERO)
        tax = _cumulative_tax(charged, before, more, by_gross=by_gross, currency=currency)
        missing = ZERO if tax is None else tax - sum((calculated[index].tax for index in members), ZERO)
        if missing and abs(missing) <= quantum(currency):
            largest = max(members, key=lambda index: abs(calculated[index].charged))
            tax = calculated[largest].tax + missing
            lines[largest] = replace(lines[largest], stated_tax=tax, tax_source=COPIED)
    return lines


def _cumulative_tax(charged: Sums, before: Sums, more: Decimal, *, by_gross: bool, currency: str) -> Decimal | None:
    """Return the tax of credit for `more`, which is with tax where `by_gross`; None where there is no proportion."""
    whole = charged.gross if by_gross else charged.net
    upto = (before.gross if by_gross else before.net) + more
    return quantize(charged.tax * upto / whole, currency) - before.tax if 0 < upto <= whole else None


def _check_lines(lines: Sequence[CreditMemoLine], credited: Credited) -> None:
    """A line of the invoice gives back no more pieces and no more money than it sold."""
    unit = quantum(credited.invoice.currency)  # the tax of a document is rounded as a whole, and shared out by units
    before: dict[UUID, Sums] = {}
    own: dict[UUID, tuple[int, Sums]] = {}
    for line in credited.taken:
        if line.invoice_line_id is not None:
            before.setdefault(line.invoice_line_id, Sums()).add(line)
    for index, line in enumerate(lines):
        if line.invoice_line_id is not None:
            own.setdefault(line.invoice_line_id, (index, Sums()))[1].add(line)
    for sold in credited.sold:
        if sold.id not in own:
            continue
        index, more = own[sold.id]
        taken = before.get(sold.id, Sums())
        _check_pieces(sold, taken, more)
        slack = unit if sold.amount_includes_tax or lines[index].amount_includes_tax else ZERO
        for words, most, gone, asked, rounding in (
            (NET_OF_LINE, sold.net_amount, taken.net, more.net, slack),
            (TAX_OF_LINE, sold.tax_amount, taken.tax, more.tax, unit),
            (WHOLE_LINE, sold.gross_amount, taken.gross, more.gross, unit),
        ):
            bound = _Bound(str(sold.line_number), credited.invoice.currency, f"lines[{index}].amount", rounding)
            bound.check(words, most, gone, asked)


def _check_pieces(sold: InvoiceLine, taken: Sums, more: Sums) -> None:
    for pieces, words in (
        (taken.quantity + more.quantity, PIECES_CREDITED),
        (taken.returned + more.returned, PIECES_RETURNED),
    ):
        if pieces > max(sold.quantity, ZERO):
            message = str(words).format(
                line=sold.line_number, sold=f"{sold.quantity.normalize():f}", pieces=f"{pieces.normalize():f}"
            )
            raise OverCredited(message, field="lines")


def _check_codes(lines: Sequence[CreditMemoLine], credited: Credited) -> None:
    """No more tax of a code is taken back than was charged by it: the tax return says so for each."""
    if not credited.knows_codes:
        return
    bound = _Bound(str(credited.invoice), credited.invoice.currency)
    for (code, rate), more in sums_by_tax(lines).items():
        if code and more.tax:
            charged = credited.charged_by_tax.get((code, rate), Sums())
            taken = credited.taken_by_tax.get((code, rate), Sums())
            bound.check(TAX_BY_CODE, charged.tax, taken.tax, more.tax, code=code)


@dataclass(frozen=True, slots=True)
class _Bound:
    """What an invoice or one of its lines charged, beyond which credit is refused by more than `rounding`. `name` is
    the invoice's or the line's number, `field` is to blame."""

    name: str
    currency: str
    field: str = "lines"
    rounding: Decimal = ZERO

    def check(self, refusal: Refusal, most: Decimal, taken: Decimal, more: Decimal, *, code: str = "") -> None:
        most = max(most, ZERO)
        if more <= 0 or taken + more <= most + self.rounding:
            return
        most, taken, more = (quantize(amount, self.currency) for amount in (most, taken, more))
        message = str(refusal.partly if taken else refusal.first)
        raise OverCredited(
            message.format(name=self.name, most=most, currency=self.currency, taken=taken, more=more, code=code),
            field=self.field,
            left=str(max(most - taken, ZERO)),
        )
