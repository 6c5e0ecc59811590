"""Entries from DATEV rows, without a database: whatever is posted balances."""

from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from backfill.ids import uuid7
from backfill.tenancy.models import Company
from ledger.imports.chart import ChartAccount, CompanyChart
from ledger.imports.datev_bookings import BookingWriter
from ledger.imports.datev_header import parse_header
from ledger.imports.datev_rows import BadRow, parse_row
from ledger.imports.table import TableRow
from ledger.journal.drafts import EntryDraft
from ledger.models import AccountRole, AccountType, LineTaxRole
from ledger.tax.book import TaxBook
from ledger.tax.calculation import TaxRule
from tests.ledger.imports.datev_files import header_line, row_line


def _account(
    code: str, kind: AccountType, group: str = "", slot: AccountRole | None = None, tax: str = ""
) -> ChartAccount:
    return ChartAccount(uuid7(), code, code, kind, group, slot, tax)


ACCOUNTS = {
    account.code: account
    for account in (
        _account("1200", AccountType.ASSET, "cash", AccountRole.CASH),
        _account("1400", AccountType.ASSET, "receivables", AccountRole.ACCOUNTS_RECEIVABLE),
        _account("1600", AccountType.LIABILITY, "payables", AccountRole.ACCOUNTS_PAYABLE),
        _account("1576", AccountType.ASSET, "tax_receivable"),
        _account("1577", AccountType.ASSET, "tax_receivable"),
        _account("1776", AccountType.LIABILITY, "tax_payable"),
        _account("1787", AccountType.LIABILITY, "tax_payable"),
        _account("4930", AccountType.EXPENSE),
        _account("8400", AccountType.REVENUE, tax="UST19"),
    )
}
RULES = {
    "9": TaxRule("VST19", Decimal(19), ACCOUNTS["1576"].id),
    "3": TaxRule("UST19", Decimal(19), ACCOUNTS["1776"].id),
    "94": TaxRule("VST-13B19", Decimal(19), ACCOUNTS["1577"].id, ACCOUNTS["1787"].id),
}
CHART = CompanyChart(
    company=Company(id=uuid7(), name="Company", base_currency="EUR"),
    accounts=ACCOUNTS,
    taxes=TaxBook({rule.code: rule for rule in RULES.values()}),
    rules_by_key={key: [rule] for key, rule in RULES.items()},
    by_slot={account.slot: account for account in ACCOUNTS.values() if account.slot},
    tax_account_ids=frozenset[UUID | None](ACCOUNTS[code].id for code in ("1576", "1577", "1776", "1787")),
)
HEADER = parse_header(TableRow(1, [cell.strip('"') for cell in header_line().split(";")]))

NUMBERS = st.sampled_from(["1200", "4930", "8400", "1576", "10000", "70000"])
AMOUNTS = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("9999999.99"), places=2)
KEYS = st.sampled_from(["", "9", "3", "94", "40", "49", "20", "29", "80", "43"])


def _draft(**fields: str) -> EntryDraft:
    changes = {int(name.removeprefix("field_")): text for name, text in fields.items()}
    cells = [cell.strip('"') for cell in row_line(changes).split(";")]
    return BookingWriter(CHART, HEADER).booking(parse_row(TableRow(3, cells), HEADER, [])).draft


@given(AMOUNTS, st.sampled_from("SH"), NUMBERS, NUMBERS, KEYS)
def test_every_booking_balances_and_has_no_empty_line(
    amount: Decimal, side: str, account: str, contra: str, key: str
) -> None:
    text = f"{amount:.2f}".replace(".", ",")
    try:
        draft = _draft(field_1=text, field_2=side, field_7=account, field_8=contra, field_9=key)
    except (BadRow, ValueError):
        return
    assert sum(line.amount for line in draft.lines) == 0
    assert all(line.amount for line in draft.lines)


@given(AMOUNTS, AMOUNTS, st.sampled_from(["", "40", "94"]))
def test_a_foreign_booking_balances_in_both_currencies(amount: Decimal, base: Decimal, key: str) -> None:
    contra = "4930" if key == "94" else "8400"
    written = {"field_1": amount, "field_5": base}
    texts = {name: f"{figure:.2f}".replace(".", ",") for name, figure in written.items()}
    draft = _draft(field_3="USD", field_6="EUR", field_8=contra, field_9=key, **texts)
    assert sum(line.amount for line in draft.lines) == 0
    assert sum(line.base_amount or 0 for line in draft.lines) == 0
    assert max(abs(line.base_amount or 0) for line in draft.lines) == base


@given(AMOUNTS)
def test_the_tax_is_what_the_gross_amount_holds(amount: Decimal) -> None:
    draft = _draft(field_1=f"{amount:.2f}".replace(".", ","), field_7="4930", field_8="70000", field_9="9")
    net = sum(line.amount for line in draft.lines if line.tax_role == LineTaxRole.BASE)
    tax = sum(line.amount for line in draft.lines if line.tax_role == LineTaxRole.TAX)
    assert net + tax == amount
    assert abs(net * Decimal("0.19") - tax) < Decimal("0.01")
