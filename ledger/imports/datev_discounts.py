"""Discounts of DATEV payments (field 13, Skonto): on which account, and with which tax.

The row states what went through the bank; the open item is settled with the discount on top. The discount lowers the
tax of its invoice (§ 17 UStG). Its rate is that of the BU key, else of field 119, else of the invoice under the same
number, in the batch or in the books.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.accounts.report_groups import ReportGroup
from ledger.imports.chart import ChartAccount, CompanyChart
from ledger.imports.datev_rows import BadRow, DatevRow
from ledger.models import AccountRole, JournalLine, LineTaxRole
from ledger.tax.calculation import TaxRule

_CODES = {
    "skr03": {AccountRole.ACCOUNTS_RECEIVABLE: "873", AccountRole.ACCOUNTS_PAYABLE: "373"},
    "skr04": {AccountRole.ACCOUNTS_RECEIVABLE: "473", AccountRole.ACCOUNTS_PAYABLE: "573"},
}
_SIDES = {
    ReportGroup.RECEIVABLES: AccountRole.ACCOUNTS_RECEIVABLE,
    ReportGroup.PAYABLES: AccountRole.ACCOUNTS_PAYABLE,
}
_NO_PAYMENT = gettext_lazy(
    "field 13 is «{discount}»: a discount (Skonto) belongs to a payment, between a money account and a customer or "
    "vendor; export it as a row of its own"
)


@dataclass(slots=True)
class DiscountTaxes:
    """What is known of the invoices that payments may refer to: their tax codes by customer or vendor and number."""

    in_batch: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    in_books: dict[tuple[str, str], set[str]] | None = None
    remarks: list[str] = field(default_factory=list)

    def note(self, row: DatevRow, rule: TaxRule | None) -> None:
        """Remember the tax of a row that may be an invoice."""
        if rule is None or not row.document_number:
            return
        for number in (row.account, row.contra_account):
            self.in_batch.setdefault((number, row.document_number), set()).add(rule.code)

    def open_item_of(self, row: DatevRow, accounts: Sequence[ChartAccount]) -> int:
        """Return which of the two sides is the open item. Raises BadRow where the row is not a payment."""
        items = [index for index, account in enumerate(accounts) if account.report_group in _SIDES]
        if len(items) != 1 or accounts[1 - items[0]].is_income_or_expense:
            raise BadRow(_NO_PAYMENT.format(discount=row.discount))
        return items[0]

    def rule(
        self, row: DatevRow, *, item: ChartAccount, number: str, stated: Sequence[TaxRule], chart: CompanyChart
    ) -> TaxRule | None:
        """Return the tax that a discount lowers; None, and a remark, where nothing tells. Raises BadRow."""
        found = list(stated) or self._of_invoice(row, number, chart)
        if row.tax_rates:
            found = _of_rate(found or _usual(chart, item), row)
        if not found:
            self.remarks.append(
                _(
                    "the discount of {discount} is booked without tax: neither a BU key nor an invoice "
                    "«{document_number}» tells its rate"
                ).format(discount=row.discount, document_number=row.document_number)
            )
            return None
        if len(found) > 1:
            codes = ", ".join(sorted(rule.code for rule in found))
            raise BadRow(
                _("field 13: the tax of the discount may be {codes}; state it with a BU key").format(codes=codes)
            )
        return found[0]

    def _of_invoice(self, row: DatevRow, number: str, chart: CompanyChart) -> list[TaxRule]:
        key = (number or row.account, row.document_number)
        codes = self.in_batch.get(key) or self._known_in_books(chart).get(key) or set()
        return [rule for code in codes if (rule := chart.taxes.named(code))]

    def _known_in_books(self, chart: CompanyChart) -> dict[tuple[str, str], set[str]]:
        if self.in_books is None:
            self.in_books = {}
            taxed = JournalLine.objects.filter(
                company=chart.company, tax_role=LineTaxRole.BASE, entry__lines__personal_account__gt=""
            ).exclude(entry__document_number="")
            found = taxed.values_list("entry__lines__personal_account", "entry__document_number", "tax_code").distinct()
            for number, document_number, code in found:
                self.in_books.setdefault((number, document_number), set()).add(code)
        return self.in_books


def discount_account(chart: CompanyChart, item: ChartAccount, rule: TaxRule | None) -> ChartAccount:
    """Return the account for discounts granted, or taken, at a rate; the one without a rate where there is none.

    Raises BadRow.
    """
    side = _SIDES[ReportGroup(item.report_group)]
    beginning, known = _accounts(chart, item)
    found = [account for account in known if account.is_active and _is_for(account, rule, chart)]
    plain = [account for account in known if account.is_active and not account.automatic_tax_code]
    if side is AccountRole.ACCOUNTS_RECEIVABLE and (granted := chart.by_slot.get(AccountRole.SALES_DISCOUNTS)):
        plain.append(granted)
    if not found and not plain:
        raise BadRow(
            _("field 13: {company} has no active account for discounts {beginning}0").format(
                company=chart.company.name, beginning=beginning
            )
        )
    return (found or plain)[0]


def _accounts(chart: CompanyChart, item: ChartAccount) -> tuple[str, list[ChartAccount]]:
    """Return how the codes of discounts on an open item's side begin, and those accounts."""
    beginning = _CODES.get(chart.company.chart, {}).get(_SIDES[ReportGroup(item.report_group)], "")
    return beginning, [one for code, one in chart.accounts.items() if beginning and code.startswith(beginning)]


def _usual(chart: CompanyChart, item: ChartAccount) -> list[TaxRule]:
    """Return the codes that discounts on an open item's side have accounts for, but for those of reverse charge."""
    accounts = [account for account in _accounts(chart, item)[1] if account.automatic_tax_code]
    rules = chart.taxes.rules.values()
    return [
        rule
        for rule in rules
        if rule.self_assess_account_id is None and any(_is_for(account, rule, chart) for account in accounts)
    ]


def _of_rate(rules: Iterable[TaxRule], row: DatevRow) -> list[TaxRule]:
    """Return the codes with the rate that the row states; of one family the one that began last before its day."""
    found: dict[str, TaxRule] = {}
    for rule in sorted(rules, key=lambda one: one.begins):
        if rule.rate == row.tax_rates[0] and rule.begins <= (row.service_date or row.document_date):
            found[rule.family or rule.code] = rule
    return list(found.values())


def _is_for(account: ChartAccount, rule: TaxRule | None, chart: CompanyChart) -> bool:
    """Whether an automatic account is for the code or its family: 8736 for UST19, and for UST16."""
    automatic = chart.taxes.named(account.automatic_tax_code)
    if rule is None or automatic is None:
        return rule is None and not account.automatic_tax_code
    return automatic.code == rule.code or (automatic.family == rule.family and bool(rule.family))
