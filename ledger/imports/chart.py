"""What an import needs to know of a company's books: its accounts by number and its tax codes, read once."""

import re
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from backfill.tenancy.models import Company
from ledger.accounts.report_groups import ReportGroup
from ledger.models import Account, AccountRole, AccountType, TaxCode
from ledger.tax.book import TaxBook
from ledger.tax.calculation import TaxRule
from ledger.tax.rules import rule_of

_UNTAXED_GROUPS = frozenset(
    {
        ReportGroup.CASH,
        ReportGroup.RECEIVABLES,
        ReportGroup.PAYABLES,
        ReportGroup.TAX_RECEIVABLE,
        ReportGroup.TAX_PAYABLE,
        ReportGroup.CARRY_FORWARD,
    }
)
_UNTAXED_SLOTS = frozenset(
    {
        AccountRole.CASH,
        AccountRole.UNDEPOSITED_FUNDS,
        AccountRole.ACCOUNTS_RECEIVABLE,
        AccountRole.ACCOUNTS_PAYABLE,
        AccountRole.INPUT_TAX,
        AccountRole.OUTPUT_TAX,
    }
)
_CHART_CODE_LENGTH = 4
_LONGEST = 300  # of a code with its name; the expression takes the square of a text's length
_CODE_AND_NAME = re.compile(r"([0-9A-Za-z.\-]*[0-9][0-9A-Za-z.\-]*?)[\s:·–—-]+(\S.*)")


class NoSuchAccount(ValueError):
    """No account, or more than one, is called by what a file writes."""


@dataclass(frozen=True, slots=True)
class ChartAccount:
    """An account of the company; `automatic_tax_code` is upper case or empty."""

    id: UUID
    code: str
    name: str
    type: AccountType
    report_group: str
    slot: AccountRole | None
    automatic_tax_code: str
    is_active: bool = True

    @property
    def is_income_or_expense(self) -> bool:
        return self.type in {AccountType.REVENUE, AccountType.EXPENSE}


@dataclass(frozen=True, slots=True)
class CompanyChart:
    """`rules_by_key` is keyed by DATEV key without leading zeros."""

    company: Company
    accounts: dict[str, ChartAccount]
    taxes: TaxBook
    rules_by_key: dict[str, list[TaxRule]]
    by_slot: dict[AccountRole, ChartAccount]
    tax_account_ids: frozenset[UUID | None]
    by_name: dict[str, list[ChartAccount]] = field(default_factory=dict)

    def account_called(self, text: str) -> ChartAccount:
        """Find an account by its code, its name, or both, as programs write «1000 Cash» or «Assets:Cash».

        Raises NoSuchAccount.
        """
        if text in self.accounts:
            return self.accounts[text]
        match = _CODE_AND_NAME.fullmatch(text) if len(text) <= _LONGEST else None
        if match and (account := self.accounts.get(match[1])):
            others = self._named(match[2])
            if others and account not in others:
                raise NoSuchAccount(
                    _(
                        "«{text}» names two accounts: {code} is {account}, {other} is {other_code}; "
                        "write the code alone"
                    ).format(
                        text=text,
                        code=account.code,
                        account=account.name,
                        other=others[0].name,
                        other_code=others[0].code,
                    )
                )
            return account
        found = self._named(text) or self._named(text.rpartition(":")[2])
        if len(found) == 1:
            return found[0]
        if found:
            codes = ", ".join(account.code for account in found)
            raise NoSuchAccount(_("account «{text}» may be {codes}; write its code").format(text=text, codes=codes))
        padded = next((known for known in (text.zfill(4), text.zfill(5)) if known in self.accounts), "")
        if text and padded:
            message = _("account «{text}» does not exist in {company}; did a program drop the zero of {padded}?")
        else:
            message = _("account «{text}» does not exist in {company}")
        raise NoSuchAccount(message.format(text=text, company=self.company.name, padded=padded))

    def _named(self, name: str) -> list[ChartAccount]:
        """Return the accounts of a name, whatever its case; active ones go before others."""
        found = self.by_name.get(_folded(name), [])
        return [account for account in found if account.is_active] or found

    def account_numbered(self, number: str, *, length: int) -> ChartAccount | None:
        """Find the account behind a DATEV number of a client whose accounts have `length` digits.

        Programs drop leading zeros, and a client with longer numbers writes the chart's 8400 as 84000.
        """
        padded = number.zfill(length)
        candidates = [padded, number.lstrip("0").zfill(_CHART_CODE_LENGTH), number.lstrip("0")]
        if not padded[_CHART_CODE_LENGTH:].strip("0"):
            candidates.insert(1, padded[:_CHART_CODE_LENGTH])
        return next((self.accounts[code] for code in candidates if code in self.accounts), None)

    def tax_rank(self, account: ChartAccount) -> int:
        """How likely a tax key means this account rather than the other: 0 never, as for money, 2 most likely."""
        if account.slot in _UNTAXED_SLOTS or account.report_group in _UNTAXED_GROUPS:
            return 0
        if account.id in self.tax_account_ids:
            return 0
        return 2 if account.is_income_or_expense else 1


def company_chart(company: Company) -> CompanyChart:
    """Read the accounts that have a code and the active tax codes of `company`."""
    rows = Account.objects.filter(company=company, code__isnull=False).order_by("code")
    accounts = {
        str(row.code): ChartAccount(
            id=row.id,
            code=str(row.code),
            name=row.name,
            type=AccountType(row.type),
            report_group=row.report_group,
            slot=AccountRole(row.slot) if row.slot and row.is_active else None,
            automatic_tax_code=row.automatic_tax_code.upper(),
            is_active=row.is_active,
        )
        for row in rows
    }
    rules: dict[str, TaxRule] = {}
    by_key: dict[str, list[TaxRule]] = {}
    for tax_code in TaxCode.objects.filter(company=company, is_active=True).order_by("code"):
        rule = rule_of(tax_code)
        rules[tax_code.code.upper()] = rule
        if key := tax_code.datev_key.lstrip("0"):
            by_key.setdefault(key, []).append(rule)
    by_name: dict[str, list[ChartAccount]] = {}
    for account in accounts.values():
        by_name.setdefault(_folded(account.name), []).append(account)
    return CompanyChart(
        company=company,
        accounts=accounts,
        taxes=TaxBook(rules),
        rules_by_key=by_key,
        by_slot={account.slot: account for account in accounts.values() if account.slot is not None},
        tax_account_ids=frozenset(
            account_id for rule in rules.values() for account_id in (rule.vat_account_id, rule.self_assess_account_id)
        ),
        by_name=by_name,
    )


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
