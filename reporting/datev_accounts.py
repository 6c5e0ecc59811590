"""Account numbers as DATEV wants them: digits, all of one length from 4 to 8; one digit more is a customer or vendor.

Shorter numbers are filled up: to four digits with zeros in front, beyond that with zeros behind, as DATEV itself does
when a client's account length grows. So one account of another length does not stop the export.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from backfill.tenancy.models import Company
from ledger.accounts.datev_numbers import LONGEST, SHORTEST, filled, is_number
from ledger.models import Account, JournalLine
from reporting.errors import NotExportableToDatev


@dataclass(frozen=True, slots=True)
class AccountNumbers:
    length: int
    by_account: Mapping[UUID, str]


def account_numbers(company: Company, *, since: date, until: date) -> AccountNumbers:
    """The numbers of the accounts with lines between two days, both inclusive, filled up to the longest of them. One
    statement, which looks into the account sheet's index once per account.

    Raises NotExportableToDatev naming the accounts without a number of up to eight digits, and those that would have
    the same number.
    """
    lines = JournalLine.objects.filter(
        company_id=company.pk, account_id=OuterRef("pk"), entry_date__range=(since, until)
    )
    used = list(Account.objects.filter(Exists(lines), company_id=company.pk))
    wrong = sorted(_name(account) for account in used if not is_number(account.code))
    if wrong:
        message = _("DATEV takes account numbers of up to {count} digits. Not these: {accounts}").format(
            count=LONGEST, accounts=", ".join(wrong[:20])
        )
        raise NotExportableToDatev(message, accounts=wrong[:20])
    length = max([SHORTEST, *(len(account.code or "") for account in used)])
    numbers = {account.pk: filled(account.code or "", length) for account in used}
    alike: dict[str, list[str]] = defaultdict(list)
    for account in used:
        alike[numbers[account.pk]].append(_name(account))
    same = sorted(name for names in alike.values() if len(names) > 1 for name in names)
    if same:
        message = _("With {count} digits these accounts have the same number in DATEV: {accounts}").format(
            count=length, accounts=", ".join(same[:20])
        )
        raise NotExportableToDatev(message, accounts=same[:20])
    return AccountNumbers(length, numbers)


def _name(account: Account) -> str:
    return account.code or account.name
