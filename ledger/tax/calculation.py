"""Value added and sales tax on journal lines: from lines with a tax code to lines with the tax split off. Pure.

A line is expanded when it has a tax code and no tax role yet. What a code means comes in as a `TaxRule`;
`ledger.tax.rules` reads them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from ledger.currencies.money import ensure_precision, quantize
from ledger.errors import InvalidLine, TaxLineConflict, UnknownTaxCode
from ledger.journal.drafts import AccountReference, LineDraft
from ledger.models import LineTaxRole

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class TaxRule:
    """What a tax code does. `rate` is percent (19 means 19 %).

    With `self_assess_account_id` the company owes the tax in the supplier's place: amounts are net, the tax is
    booked on both accounts and cancels (reverse charge, § 13b UStG, Art. 194 of the EU VAT directive).
    `valid_from` and `valid_until` are the first and the last date of supply it is for. `account_id` is where its lines
    post when nothing else names an account.
    """

    code: str
    rate: Decimal
    vat_account_id: UUID
    self_assess_account_id: UUID | None = None
    family: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    account_id: UUID | None = None

    @property
    def begins(self) -> date:
        return self.valid_from or date.min

    def covers(self, day: date) -> bool:
        return self.begins <= day <= (self.valid_until or date.max)


@dataclass(frozen=True, slots=True)
class TaxSplit:
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


def split_gross(amount: Decimal, rate: Decimal, currency: str) -> TaxSplit:
    """Take the tax out of an amount that includes it: tax = amount × rate / (100 + rate), half up; net is the rest.

    `rate` is percent. Signs are kept: a negative amount has negative net and tax.
    """
    tax = quantize(amount * rate / (_HUNDRED + rate), currency)
    return TaxSplit(net=amount - tax, tax=tax)


def add_tax(net: Decimal, rate: Decimal, currency: str) -> TaxSplit:
    """Put the tax on an amount without it: tax = net × rate / 100, half up. `rate` is percent; signs are kept."""
    return TaxSplit(net=net, tax=quantize(net * rate / _HUNDRED, currency))


def expand_gross(
    lines: Iterable[LineDraft],
    codes: Mapping[str, TaxRule],
    currency: str,
    *,
    vat_accounts: Collection[AccountReference] = (),
) -> tuple[LineDraft, ...]:
    """Split the tax off lines whose amounts include it; amounts of self-assessed codes are net.

    The line keeps the net and the role `base`; its tax follows on the code's VAT account, on the same side; a
    self-assessed code adds a third line on the other side. No line for a tax of zero. Other lines pass unchanged.

    `codes` is keyed by upper-case code. `vat_accounts` are references to accounts that only codes may post to in
    such an entry, beside those of `codes`. Raises UnknownTaxCode, TaxLineConflict for a line made by hand on a
    VAT account beside lines with tax codes, InvalidLine for a line that cannot be split.
    """
    return _expanded(lines, codes, currency, vat_accounts, takes_gross=True)


def expand_net(
    lines: Iterable[LineDraft],
    codes: Mapping[str, TaxRule],
    currency: str,
    *,
    vat_accounts: Collection[AccountReference] = (),
) -> tuple[LineDraft, ...]:
    """Add the tax to lines whose amounts are without it, on the same side. Otherwise as `expand_gross`."""
    return _expanded(lines, codes, currency, vat_accounts, takes_gross=False)


def is_expandable(line: LineDraft) -> bool:
    return bool(line.tax_code) and not line.tax_role


def _expanded(
    lines: Iterable[LineDraft],
    codes: Mapping[str, TaxRule],
    currency: str,
    vat_accounts: Collection[AccountReference],
    *,
    takes_gross: bool,
) -> tuple[LineDraft, ...]:
    given = tuple(lines)
    if not any(is_expandable(line) for line in given):
        return given
    _refuse_hand_made_tax(given, codes, vat_accounts)
    return tuple(
        result
        for index, line in enumerate(given)
        for result in _line_with_tax(line, _path(line, index), codes, currency, takes_gross=takes_gross)
    )


def _line_with_tax(
    line: LineDraft, path: str, codes: Mapping[str, TaxRule], currency: str, *, takes_gross: bool
) -> Iterator[LineDraft]:
    if not is_expandable(line):
        yield line
        return
    rule = codes.get(line.tax_code.upper())
    if rule is None:
        raise UnknownTaxCode(
            _("tax code {tax_code} does not exist or is inactive").format(tax_code=line.tax_code),
            field=f"{path}.tax_code",
        )
    if line.base_amount is not None:
        raise InvalidLine(
            _("a line with a fixed base amount cannot carry a tax code; state net and tax lines"),
            field=f"{path}.tax_code",
        )
    amount = ensure_precision(line.amount, currency, field=f"{path}.{line.input_amount}")
    is_gross = takes_gross and rule.self_assess_account_id is None
    split = split_gross(amount, rule.rate, currency) if is_gross else add_tax(amount, rule.rate, currency)
    if not split.net:
        raise InvalidLine(
            _("{amount} {currency} leaves nothing after {rate} % tax").format(
                amount=line.amount, currency=currency, rate=rule.rate
            ),
            field=f"{path}.{line.input_amount}",
        )
    yield replace(line, amount=split.net, tax_code=rule.code, tax_role=LineTaxRole.BASE.value)
    if split.tax:
        yield _tax_line(line, rule, rule.vat_account_id, split.tax, LineTaxRole.TAX)
    if split.tax and rule.self_assess_account_id is not None:
        yield _tax_line(line, rule, rule.self_assess_account_id, -split.tax, LineTaxRole.SELF_ASSESSED)


def _tax_line(line: LineDraft, rule: TaxRule, account_id: UUID, amount: Decimal, role: LineTaxRole) -> LineDraft:
    """The tax of `line`. Dimensions stay with the net amount: cost centres do not bear tax."""
    return LineDraft(
        account=account_id,
        amount=amount,
        description=line.description,
        tax_code=rule.code,
        tax_role=role.value,
        input_path=line.input_path,
    )


def _refuse_hand_made_tax(
    lines: Sequence[LineDraft], codes: Mapping[str, TaxRule], vat_accounts: Collection[AccountReference]
) -> None:
    taken: set[AccountReference] = {*vat_accounts}
    for rule in codes.values():
        taken.add(rule.vat_account_id)
        if rule.self_assess_account_id is not None:
            taken.add(rule.self_assess_account_id)
    for index, line in enumerate(lines):
        if not line.tax_role and line.account in taken:
            path = _path(line, index)
            raise TaxLineConflict(
                _(
                    "{path} posts to a VAT account by hand while other lines carry tax codes, which post "
                    "there themselves; use tax codes for all of it or for none"
                ).format(path=path),
                field=path,
            )


def _path(line: LineDraft, index: int) -> str:
    return line.input_path or f"lines[{index}]"
