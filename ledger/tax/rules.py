"""Reading a company's tax codes: for posting, for documents, and to find the accounts that only they post to."""

from collections.abc import Collection, Iterable
from functools import cache
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet, Subquery
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from backfill.database.fixed_query import FixedQuery
from ledger.errors import UnknownTaxCode
from ledger.journal.drafts import AccountCode, AccountReference
from ledger.models import Account, AccountRole, TaxCode, TaxFamily
from ledger.tax.book import TaxBook
from ledger.tax.calculation import TaxRule

PURCHASES: Final = frozenset(
    {
        *(TaxFamily.INPUT_STANDARD, TaxFamily.INPUT_REDUCED),
        *(TaxFamily.ACQUISITION_STANDARD, TaxFamily.ACQUISITION_REDUCED),
        *(TaxFamily.RECIPIENT_STANDARD, TaxFamily.RECIPIENT_REDUCED),
    }
)
"""The families of codes for what the company buys."""


def tax_book(company_id: UUID) -> TaxBook:
    """Return the company's active tax codes. One statement."""
    rows = TaxCode.objects.filter(company_id=company_id, is_active=True).order_by("-is_system", "code")
    return book_of(rows)


def rules(company_id: UUID, codes: Collection[str]) -> dict[str, TaxRule]:
    """Return the active tax codes among `codes`, compared without regard to case, by upper-case code."""
    wanted = {code.upper() for code in codes if code}
    if not wanted:
        return {}
    rows = TaxCode.objects.annotate(upper=Upper("code")).filter(company_id=company_id, is_active=True, upper__in=wanted)
    return {row.code.upper(): rule_of(row) for row in rows}


def usable_tax_code(company_id: UUID, code: str, *, field: str = "tax_code") -> str:
    """Return an active code as it is spelt. Raises UnknownTaxCode."""
    rule = rules(company_id, {code}).get(code.upper())
    if rule is None:
        raise UnknownTaxCode(_("tax code {code} does not exist or is inactive").format(code=code), field=field)
    return rule.code


def vat_account_references(company_id: UUID) -> frozenset[AccountReference]:
    """Return every way a line can name an account that an active tax code posts to: id, code and slot.

    `ledger.tax.calculation` takes this to refuse tax posted by hand beside tax codes.
    """
    own = TaxCode.objects.filter(company_id=company_id, is_active=True)
    accounts = Account.objects.filter(
        Q(id__in=own.values("vat_account_id")) | Q(id__in=own.values("self_assess_account_id"))
    )
    references: set[AccountReference] = set()
    for account in accounts:
        references.add(account.id)
        if account.code is not None:
            references.add(AccountCode(account.code))
        if account.slot and account.is_active:
            references.add(AccountRole(account.slot))
    return frozenset(references)


def tax_book_and_usual_code(company_id: UUID, slot: AccountRole) -> tuple[TaxBook, str]:
    """Return the active tax codes, and the automatic code of the account with a role, "" for none. One statement."""
    rows = _codes_of_hot_path(slot).instances(company_id)
    return book_of(rows), next((row.usual_code or "" for row in rows), "")


@cache
def _codes_of_hot_path(slot: AccountRole) -> FixedQuery:
    return FixedQuery(lambda company_id: codes_with_usual(company_id, slot), 1)


def codes_with_usual(company_id: UUID, slot: AccountRole) -> QuerySet[TaxCode]:
    """Return the active tax codes, each with the automatic code of the account with a role as `usual_code`."""
    usual = Account.objects.filter(company_id=company_id, slot=slot, is_active=True).values("automatic_tax_code")[:1]
    codes = TaxCode.objects.filter(company_id=company_id, is_active=True).annotate(usual_code=Subquery(usual))
    return codes.order_by("-is_system", "code")


def book_of(rows: Iterable[TaxCode]) -> TaxBook:
    return TaxBook({row.code.upper(): rule_of(row) for row in rows})


def rule_of(row: TaxCode) -> TaxRule:
    return TaxRule(
        code=row.code,
        rate=row.rate,
        vat_account_id=row.vat_account_id,
        self_assess_account_id=row.self_assess_account_id,
        family=row.family,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        account_id=row.account_id,
    )
