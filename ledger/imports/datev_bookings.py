"""From the rows of a DATEV posting batch to entries: accounts, tax, currency, cost centres.

Each row is one entry: its two accounts, and the tax. The amount includes the tax, which is split off the account that
bears it: the automatic account, or where a BU key states the tax, the one that is not money, customer, vendor or tax
account. Reverse charge keys and accounts (19, 94, 3425 …) add tax on both sides instead.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ledger.currencies.money import RATE_QUANTUM, quantize
from ledger.imports.chart import ChartAccount, CompanyChart
from ledger.imports.datev_discounts import DiscountTaxes, discount_account
from ledger.imports.datev_header import DatevHeader
from ledger.imports.datev_keys import BookingKey, read_key
from ledger.imports.datev_rows import BadRow, DatevRow
from ledger.imports.results import Booking, digest
from ledger.journal.drafts import EntryDraft, LineDraft
from ledger.models import AccountRole, LineTaxRole
from ledger.tax.calculation import TaxRule, TaxSplit, add_tax, split_gross

SYSTEM = "datev"


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two accounts of a row with its signed amounts, debit positive.

    `personal_number` is the customer or vendor behind a control account. `base_amount` is None where the ledger
    converts.
    """

    account: ChartAccount
    personal_number: str
    amount: Decimal
    base_amount: Decimal | None


@dataclass(frozen=True, slots=True)
class BookingWriter:
    """Writes the entries of one batch."""

    chart: CompanyChart
    header: DatevHeader
    discounts: DiscountTaxes = field(default_factory=DiscountTaxes)

    def booking(self, row: DatevRow) -> Booking:
        """Return the entry of one row. Raises BadRow, UnknownKey, and DomainError for a currency that is none."""
        key = read_key(row.key, self.chart.rules_by_key)
        sign = 1 if row.is_debit else -1
        sides = [self._side(7, row.account, row, sign), self._side(8, row.contra_account, row, -sign)]
        rule: TaxRule | None
        taxed: _Side | None
        if row.discount:
            sides, rule, taxed = self._paid_short(row, key, sides)
        else:
            rule, taxed = self._tax(key, sides, row.service_date or row.document_date)
        if rule is not None:
            rule = self._of_stated_rate(rule, row)
        if not row.discount:
            self.discounts.note(row, rule)
        costs = [side for side in sides if side.account.is_income_or_expense] or sides
        lines = [
            line
            for side in sides
            for line in self._lines(
                row, side, rule if side is taxed else None, _dimensions(row) if side in costs else {}
            )
        ]
        content = digest(row.digest_text)
        return Booking(row.line, self._draft(row, key, tuple(lines), content), content)

    def _side(self, field: int, number: str, row: DatevRow, sign: int) -> _Side:
        amount, base_amount = sign * row.amount, row.base_amount and sign * row.base_amount
        if len(number) <= self.header.account_length:
            account = self.chart.account_numbered(number, length=self.header.account_length)
            if account is None:
                raise BadRow(
                    _("field {field}: account {number} does not exist in {company}").format(
                        field=field, number=number, company=self.chart.company.name
                    )
                )
            return _Side(account, "", amount, base_amount)
        if number.startswith("0"):
            raise BadRow(
                _("field {field}: {number} is not a customer (1… to 6…) or vendor (7… to 9…) number").format(
                    field=field, number=number
                )
            )
        slot = AccountRole.ACCOUNTS_RECEIVABLE if number < "7" else AccountRole.ACCOUNTS_PAYABLE
        control = self.chart.by_slot.get(slot)
        if control is None:
            raise BadRow(
                _("field {field}: no active account plays the role {role} that {number} is booked to").format(
                    field=field, role=slot.in_sentence, number=number
                )
            )
        return _Side(control, number, amount, base_amount)

    def _paid_short(
        self, row: DatevRow, key: BookingKey, sides: list[_Side]
    ) -> tuple[list[_Side], TaxRule | None, _Side]:
        """Return a payment's money, its whole open item, and the discount between them with its tax."""
        open_item = self.discounts.open_item_of(row, [side.account for side in sides])
        money, item = (sides[1], sides[0]) if open_item == 0 else (sides[0], sides[1])
        day = row.service_date or row.document_date
        stated = self._with_key(key.tax_key, day) if key.tax_key in self.chart.rules_by_key else []
        rule = self.discounts.rule(row, item=item.account, number=item.personal_number, stated=stated, chart=self.chart)
        sign = 1 if money.amount > 0 else -1
        base = row.base_amount and quantize(row.discount * row.base_amount / row.amount, self.header.currency)
        discount = _Side(
            account=discount_account(self.chart, item.account, rule),
            personal_number="",
            amount=sign * row.discount,
            base_amount=base and sign * base,
        )
        whole = None if item.base_amount is None else item.base_amount - (discount.base_amount or Decimal(0))
        item = replace(item, amount=item.amount - discount.amount, base_amount=whole)
        return [money, item, discount], rule, discount

    def _tax(self, key: BookingKey, sides: list[_Side], day: date) -> tuple[TaxRule | None, _Side | None]:
        """Return the tax of a row with a supply on `day`, and the side that bears it."""
        stated = self._with_key(key.tax_key, day) if key.tax_key else []
        automatic = [side for side in sides if side.account.automatic_tax_code and not key.lifts_automatic]
        if len(automatic) == 2:
            raise BadRow(_("fields 7 and 8 are both automatic accounts; BU key 40 posts the row without tax"))
        if automatic:
            return self._automatic_rule(automatic[0].account, stated, key, day), automatic[0]
        if not stated:
            return None, None
        if len(stated) > 1:
            codes = ", ".join(rule.code for rule in stated)
            raise BadRow(
                _("field 9: several tax codes have the DATEV key {tax_key} ({codes}); keep it at one of them").format(
                    tax_key=key.tax_key, codes=codes
                )
            )
        return stated[0], self._taxed_side(key, sides)

    def _with_key(self, tax_key: str, day: date) -> list[TaxRule]:
        """Return the codes that carry a DATEV key and are for a supply on `day`: key 9 is 16 % in the end of 2020."""
        named = self.chart.rules_by_key[tax_key]
        valid = [rule for rule in named if self.chart.taxes.is_valid(rule, day)]
        if not valid:
            raise BadRow(
                _("field 9: no tax code with the DATEV key {tax_key} is for a supply on {day}").format(
                    tax_key=tax_key, day=day
                )
            )
        return valid

    def _of_stated_rate(self, rule: TaxRule, row: DatevRow) -> TaxRule:
        """Return the code of the rate that the row itself states: it may be for a supply of another day."""
        for rate in row.tax_rates:
            if rate != rule.rate:
                other = self.chart.taxes.with_rate(rule, rate, row.document_date)
                if other is None:
                    raise BadRow(
                        _("the row states {rate} % tax, but tax code {code} has {rule_rate} %").format(
                            rate=rate, code=rule.code, rule_rate=rule.rate
                        )
                    )
                rule = other
        return rule

    def _automatic_rule(self, account: ChartAccount, stated: list[TaxRule], key: BookingKey, day: date) -> TaxRule:
        named = account.automatic_tax_code
        if self.chart.taxes.named(named) is None:
            raise BadRow(
                _("account {code} is automatic, but tax code {named} is not active").format(
                    code=account.code, named=named
                )
            )
        rule = self.chart.taxes.on(named, day)
        if rule is None:
            raise BadRow(
                _(
                    "account {code} is automatic, but no tax code like {named} is for a supply on {day}; "
                    "BU key 40 lifts the automatic tax"
                ).format(code=account.code, named=named, day=day)
            )
        if stated and rule not in stated:
            raise BadRow(
                _(
                    "field 9: BU key {tax_key} contradicts the automatic account {code} ({rule_code}); "
                    "BU key 40 lifts the automatic tax"
                ).format(tax_key=key.tax_key, code=account.code, rule_code=rule.code)
            )
        return rule

    def _taxed_side(self, key: BookingKey, sides: list[_Side]) -> _Side:
        account, contra = sides
        rank, contra_rank = self.chart.tax_rank(account.account), self.chart.tax_rank(contra.account)
        if not rank and not contra_rank:
            raise BadRow(
                _(
                    "field 9: BU key {tax_key} is stated, but neither {code} nor {account_code} is an "
                    "account that bears tax"
                ).format(tax_key=key.tax_key, code=account.account.code, account_code=contra.account.code)
            )
        # Of two likely ones it is the Gegenkonto, to which the format appends the key.
        return account if rank > contra_rank else contra

    def _lines(self, row: DatevRow, side: _Side, rule: TaxRule | None, dimensions: dict[str, Any]) -> list[LineDraft]:
        path = f"line {row.line}"
        if rule is None:
            return [
                LineDraft(
                    account=side.account.id,
                    amount=side.amount,
                    base_amount=side.base_amount,
                    personal_account=side.personal_number,
                    dimensions=dimensions,
                    input_path=path,
                )
            ]
        split = _split(side.amount, rule, row.currency)
        # Tax is declared in base currency, so it is split off there too instead of being converted.
        base = None if side.base_amount is None else _split(side.base_amount, rule, self.header.currency)
        if base is not None and not base.tax:
            split = TaxSplit(net=side.amount, tax=Decimal(0))
        if not split.net:
            raise BadRow(
                _("{amount} {currency} leaves nothing after {rate} % tax").format(
                    amount=row.amount, currency=row.currency, rate=rule.rate
                )
            )
        net = LineDraft(
            account=side.account.id,
            amount=split.net,
            base_amount=base.net if base else None,
            tax_code=rule.code,
            tax_role=LineTaxRole.BASE.value,
            dimensions=dimensions,
            input_path=path,
        )
        return [net, *_tax_lines(rule, split.tax, base.tax if base else None, path)]

    def _draft(self, row: DatevRow, key: BookingKey, lines: tuple[LineDraft, ...], content: str) -> EntryDraft:
        rate = _rate(row)
        is_reversal = row.is_general_reversal or key.is_general_reversal
        facts: dict[str, Any] = {
            "second_number": row.second_number,
            "key": row.key,
            # The row states the sides that reverse; DATEV would show them as negative amounts on the other side.
            # The ledger knows no negative amounts: balances are DATEV's, the turnover stands on both sides.
            "general_reversal": is_reversal,
            "final": self.header.is_final,
            "fields": row.notes,
        }
        return EntryDraft(
            company_id=self.chart.company.id,
            entry_date=row.document_date,
            lines=lines,
            currency=row.currency,
            exchange_rate=rate,
            memo=row.text or self.header.label,
            kind="import",
            document_date=row.document_date,
            service_date=row.service_date,
            document_number=row.document_number,
            source_system=SYSTEM,
            connection_id=self.header.batch_identity,
            source_id=str(row.line),
            metadata={
                "import": {"digest": content, "line": row.line},
                "datev": {name: fact for name, fact in facts.items() if fact},
            },
        )


def _rate(row: DatevRow) -> Decimal | None:
    """Return base currency for one unit of the row's. Of less than half a cent only the stated rate tells it."""
    if row.base_amount:
        return (row.base_amount / row.amount).quantize(RATE_QUANTUM)
    return (1 / row.rate).quantize(RATE_QUANTUM) if row.base_amount is not None and row.rate else None


def _split(amount: Decimal, rule: TaxRule, currency: str) -> TaxSplit:
    if rule.self_assess_account_id is None:
        return split_gross(amount, rule.rate, currency)
    return add_tax(amount, rule.rate, currency)


def _tax_lines(rule: TaxRule, tax: Decimal, base_tax: Decimal | None, path: str) -> list[LineDraft]:
    if not tax and not base_tax:
        return []
    lines = [
        LineDraft(
            account=rule.vat_account_id,
            amount=tax,
            base_amount=base_tax,
            tax_code=rule.code,
            tax_role=LineTaxRole.TAX.value,
            input_path=path,
        )
    ]
    if rule.self_assess_account_id is not None:
        lines.append(
            LineDraft(
                account=rule.self_assess_account_id,
                amount=-tax,
                base_amount=None if base_tax is None else -base_tax,
                tax_code=rule.code,
                tax_role=LineTaxRole.SELF_ASSESSED.value,
                input_path=path,
            )
        )
    return lines


def _dimensions(row: DatevRow) -> dict[str, Any]:
    named = zip(("kost1", "kost2"), row.cost_centres, strict=True)
    return {name: centre for name, centre in named if centre}
