"""What a credit memo in a foreign currency is worth in base currency, account by account.

All credits of an invoice are converted together, on each account and by tax code: what they take back so far, at
the rate, less what the earlier ones took back. What is taken back in full is worth exactly what the invoice posted.
So an invoice that is credited in parts leaves nothing on any account. Credits at other rates have no part in it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, Q, Sum

from ledger.currencies.money import allocate, part_of_base, quantize, quantum
from ledger.documents.types import Posting
from ledger.journal.drafts import AccountReference, LineDraft
from ledger.models import AccountRole, JournalLine
from receivables.models import CreditMemo, CreditMemoLine, CreditMemoStatus, Invoice
from receivables.postings import credited_revenue, credited_tax

ZERO: Final = Decimal(0)
Key = tuple[AccountReference, str, str]


@dataclass(slots=True)
class Part:
    """An account by tax code and role: what the invoice charged on it, what other credits took back, and what the memo
    takes back. Debit of a credit memo is positive; amounts are in the document's currency and in base currency.

    `worth` is what the memo's lines on it are worth, `lines` are their places. `is_revenue` tells it from tax.
    """

    charged: Decimal = ZERO
    charged_base: Decimal = ZERO
    taken: Decimal = ZERO
    taken_base: Decimal = ZERO
    more: Decimal = ZERO
    lines: list[int] = field(default_factory=list)
    worth: Decimal = ZERO
    is_revenue: bool = False

    @property
    def is_whole(self) -> bool:
        return bool(self.charged) and self.taken + self.more == self.charged

    def accepts(self, worth: Decimal) -> bool:
        """Whether the memo's lines may be worth this: on their own side, and not more than the invoice posted while
        some of it is left, for the last credit must have its worth on the same side, too."""
        if not self.more:
            return not worth
        side = 1 if self.more > 0 else -1
        within = abs(self.taken + self.more) < abs(self.charged) and self.charged * side > 0
        return side * worth >= 0 and (not within or side * worth <= max(side * self._left, ZERO))

    def convert(self, rate: Decimal, base: str) -> None:
        """Set `worth` by the account's own figures alone."""
        wanted = self._left
        if not self.is_whole:
            wanted = self._on_its_side(quantize((self.taken + self.more) * rate, base) - self.taken_base)
            wanted = wanted if self.accepts(wanted) else self._left
        self.worth = self._on_its_side(wanted)

    def _on_its_side(self, worth: Decimal) -> Decimal:
        if not self.more:
            return ZERO
        return max(worth, ZERO) if self.more > 0 else min(worth, ZERO)

    def remainder(self, rate: Decimal) -> Fraction:
        """What rounding took off `worth`; negative where it added."""
        return Fraction(self.taken + self.more) * Fraction(rate) - Fraction(self.taken_base) - Fraction(self.worth)

    @property
    def _left(self) -> Decimal:
        return self.charged_base - self.taken_base


@dataclass(frozen=True, slots=True)
class _Standing:
    """How an invoice stands: what is open of it, and what other credits at its rate took off it."""

    open_amount: Decimal
    open_base: Decimal
    taken: Decimal
    taken_base: Decimal
    has_other_rates: bool


def convert_credit(memo: CreditMemo, posting: Posting[CreditMemoLine]) -> None:
    """Set what a credit memo is worth in base currency: `posting.bases` line by line, and `memo.base_amount` in all.

    Two statements, and none where there is nothing to convert together. The customer is locked.
    """
    invoice, rate = memo.invoice, memo.exchange_rate
    if invoice is None or rate is None or rate != invoice.exchange_rate or memo.currency == memo.company.base_currency:
        return
    standing = _standing(memo, invoice)
    if standing.has_other_rates:
        return
    base = memo.company.base_currency
    revenue, tax = list(credited_revenue(memo, posting)), list(credited_tax(memo, posting))
    parts = _parts(memo, invoice, revenue, tax)
    for part in parts:
        part.convert(rate, base)
    _share_rounding(parts, _worth(memo, invoice, standing), rate, quantum(base))
    total = sum((part.worth for part in parts), ZERO)
    if total >= 0:
        posting.bases = _line_by_line([*revenue, *tax], parts, rate, base)
        memo.base_amount = total


def _standing(memo: CreditMemo, invoice: Invoice) -> _Standing:
    """One statement; what is settled of the invoice may have changed since it was read."""
    counted = Q(credit_memos__posted_at__isnull=False) & ~Q(credit_memos__status=CreditMemoStatus.VOID)
    counted &= ~Q(credit_memos__id=memo.id)
    found = Invoice.objects.filter(company_id=memo.company_id, id=invoice.id).aggregate(
        settled=Sum("settled_amount", distinct=True),  # one row, joined with its credits
        settled_base=Sum("settled_base", distinct=True),
        taken=Sum("credit_memos__total_amount", filter=counted, default=ZERO),
        taken_base=Sum("credit_memos__base_amount", filter=counted, default=ZERO),
        other_rates=Count("credit_memos", filter=counted & ~Q(credit_memos__exchange_rate=F("exchange_rate"))),
    )
    return _Standing(
        invoice.total_amount - found["settled"],
        invoice.base_amount - found["settled_base"],
        found["taken"],
        found["taken_base"],
        bool(found["other_rates"]),
    )


def _worth(memo: CreditMemo, invoice: Invoice, standing: _Standing) -> Decimal:
    """Return what the customer is credited with: all credits together are worth what the invoice is, and one that
    settles a part of what is open is worth that part, whatever was paid before."""
    base, rate = memo.company.base_currency, memo.exchange_rate or Decimal(1)
    upto = standing.taken + memo.total_amount
    if upto == invoice.total_amount:
        return invoice.base_amount - standing.taken_base
    if memo.total_amount <= standing.open_amount:
        return part_of_base(
            settled=invoice.total_amount - standing.open_amount,
            settled_base=invoice.base_amount - standing.open_base,
            amount=memo.total_amount,
            rate=rate,
            left=standing.open_base,
            is_last=memo.total_amount == standing.open_amount,
            base_currency=base,
        )
    return max(quantize(upto * rate, base) - standing.taken_base, ZERO)


def _parts(memo: CreditMemo, invoice: Invoice, revenue: Sequence[LineDraft], tax: Sequence[LineDraft]) -> list[Part]:
    """Return the memo's lines by account, tax code and role, with what was posted there before. One statement."""
    parts: dict[Key, Part] = {}
    accounts: dict[str, UUID] = {}
    for row in _posted(memo, invoice):
        accounts[row["account__slot"] or ""] = row["account_id"]
        part = parts.setdefault((row["account_id"], row["tax_code"].upper(), row["tax_role"]), Part())
        if row["entry_id"] == invoice.entry_id:
            part.charged, part.charged_base = part.charged - row["stated"], part.charged_base - row["base"]
        else:
            part.taken, part.taken_base = part.taken + row["stated"], part.taken_base + row["base"]
    for place, draft in enumerate((*revenue, *tax)):
        named = draft.account
        account = accounts.get(named.value, named) if isinstance(named, AccountRole) else named
        part = parts.setdefault((account, draft.tax_code.upper(), draft.tax_role), Part())
        part.more += draft.amount
        part.lines.append(place)
        part.is_revenue = place < len(revenue)
    return [part for part in parts.values() if part.lines]


def _posted(memo: CreditMemo, invoice: Invoice) -> Iterator[dict[str, Any]]:
    """Yield the sums that the invoice and its other credits posted in their currency; costs of goods have none."""
    others = CreditMemo.objects.filter(company_id=memo.company_id, invoice=invoice, posted_at__isnull=False)
    others = others.exclude(status=CreditMemoStatus.VOID).exclude(id=memo.id).filter(is_externally_posted=False)
    own = Q() if invoice.is_externally_posted else Q(entry_id=invoice.entry_id)
    rows = JournalLine.objects.filter(own | Q(entry_id__in=others.values("entry_id")), company_id=memo.company_id)
    rows = rows.filter(entry__currency=memo.currency).exclude(currency_amount=0)
    keys = ("entry_id", "account_id", "account__slot", "tax_code", "tax_role")
    yield from rows.order_by().values(*keys).annotate(stated=Sum("currency_amount"), base=Sum("amount"))


def _share_rounding(parts: Sequence[Part], worth: Decimal, rate: Decimal, unit: Decimal) -> None:
    """Let the parts add up to `worth`, as far as revenue that is not taken back in full allows: a unit to each by
    largest remainder, then what is left to the largest. Tax is the sum at the rate."""
    difference = worth - sum((part.worth for part in parts), ZERO)
    free = [part for part in parts if part.is_revenue and not part.is_whole]
    step = unit if difference > 0 else -unit
    for part in sorted(free, key=lambda part: part.remainder(rate) / Fraction(step), reverse=True):
        if difference and part.accepts(part.worth + step):
            part.worth += step
            difference -= step
    for part in sorted(free, key=lambda part: abs(part.more), reverse=True):
        if difference and part.accepts(part.worth + difference):
            part.worth += difference
            return


def _line_by_line(drafts: Sequence[LineDraft], parts: Iterable[Part], rate: Decimal, base: str) -> Sequence[Decimal]:
    """Return what each line is worth. Lines against the others of their part are converted by themselves; the others
    share what they leave, in proportion."""
    bases = [quantize(draft.amount * rate, base) for draft in drafts]
    for part in parts:
        against = [place for place in part.lines if (drafts[place].amount < 0) == (part.more >= 0)]
        along = [place for place in part.lines if place not in against]
        if along:
            rest = part.worth - sum((bases[place] for place in against), ZERO)
            shares = allocate(rest, [drafts[place].amount for place in along], currency=base)
            for place, share in zip(along, shares, strict=True):
                bases[place] = share
    return bases
