"""Events: the Bookkeeping contract's view of an entry, its debits and credits paired off in order.

Pure. Events are derived from the lines and never stored; the entry keeps the range of journal numbers they take.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from ledger.models import LineTaxRole

_ZERO = Decimal(0)


class PostedLine(Protocol):
    """What pairing needs to know of a line; `amount` is in base currency, debit positive."""

    @property
    def account_id(self) -> UUID: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def currency_amount(self) -> Decimal: ...
    @property
    def tax_code(self) -> str: ...
    @property
    def tax_role(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Pair:
    """One debit account against one credit account; `amount` is positive, in base currency.

    `debit` and `credit` are positions in the sequence of lines.
    """

    debit: int
    credit: int
    amount: Decimal


def paired(lines: Sequence[PostedLine]) -> list[Pair]:
    """Pair the lines of a balanced entry.

    A self-assessed tax is paired with its own input tax first, since the two cancel; then the debits and the
    credits are walked side by side, each step taking the smaller rest. Lines worth less than the smallest unit of
    base currency move nothing and are left out; an entry of nothing else is one event of zero. An entry whose lines
    were taken away has no event: the proof of the books reports it.
    """
    pairs, used = _self_assessed_pairs(lines)
    debits = [(i, line.amount) for i, line in enumerate(lines) if line.amount > 0 and i not in used]
    credited = [(i, -line.amount) for i, line in enumerate(lines) if line.amount < 0 and i not in used]
    d = c = 0
    debit_rest = debits[0][1] if debits else _ZERO
    credit_rest = credited[0][1] if credited else _ZERO
    while d < len(debits) and c < len(credited):
        amount = min(debit_rest, credit_rest)
        pairs.append(Pair(debits[d][0], credited[c][0], amount))
        debit_rest -= amount
        credit_rest -= amount
        if not debit_rest:
            d += 1
            debit_rest = debits[d][1] if d < len(debits) else _ZERO
        if not credit_rest:
            c += 1
            credit_rest = credited[c][1] if c < len(credited) else _ZERO
    return pairs or _worthless_pair(lines)


def _worthless_pair(lines: Sequence[PostedLine]) -> list[Pair]:
    debit = next((i for i, line in enumerate(lines) if line.currency_amount > 0), None)
    credit = next((i for i, line in enumerate(lines) if line.currency_amount < 0), None)
    return [] if debit is None or credit is None else [Pair(debit, credit, _ZERO)]


def _self_assessed_pairs(lines: Sequence[PostedLine]) -> tuple[list[Pair], set[int]]:
    waiting: dict[tuple[str, Decimal], list[int]] = {}
    for i, line in enumerate(lines):
        if line.tax_role == LineTaxRole.TAX and line.amount:
            waiting.setdefault((line.tax_code, line.amount), []).append(i)
    pairs: list[Pair] = []
    used: set[int] = set()
    for i, line in enumerate(lines):
        is_owed = line.tax_role == LineTaxRole.SELF_ASSESSED
        partners = waiting.get((line.tax_code, -line.amount)) if is_owed else None
        if partners:
            partner = partners.pop(0)
            debit, credit = (partner, i) if line.amount < 0 else (i, partner)
            pairs.append(Pair(debit, credit, abs(line.amount)))
            used |= {i, partner}
    return pairs, used
