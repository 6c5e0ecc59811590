"""The ledger's own kinds of records, for the trail, comments and files."""

from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.tenancy.models import Company
from ledger.beside.subjects import SubjectKind, register_kinds
from ledger.models import Account, JournalEntry, Period, TaxCode


def _entry_words(entry: Any) -> str:
    return str(entry.entry_number or entry.memo or _("Draft"))


def _is_posted(entry: Any) -> bool:
    return not entry.is_draft


def _is_locked(period: Any) -> bool:
    return bool(period.status == Period.Status.LOCKED)


def _company_words(company: Any) -> str:
    return str(company.name)


ENTRY: Final = SubjectKind(
    name="journal_entry",
    title=gettext_lazy("Journal entry"),
    permission="ledger.view",
    rows=lambda company_id: JournalEntry.objects.filter(company_id=company_id).defer("draft_lines", "metadata"),
    link=lambda row: reverse("admin:journal_entry", args=[row.pk]),
    words=_entry_words,
    keeps=_is_posted,
    file_column="document",
)
ACCOUNT: Final = SubjectKind(
    name="account",
    title=gettext_lazy("Account"),
    permission="ledger.view",
    rows=lambda company_id: Account.objects.filter(company_id=company_id),
    link=lambda row: reverse("admin:account", args=[row.pk]),
)
PERIOD: Final = SubjectKind(
    name="period",
    title=gettext_lazy("Period"),
    permission="periods.view",
    rows=lambda company_id: Period.objects.filter(company_id=company_id),
    link=lambda row: reverse("admin:period", args=[str(row)]),
    keeps=_is_locked,
)
TAX_CODE: Final = SubjectKind(
    name="tax_code",
    title=gettext_lazy("Tax code"),
    permission="ledger.view",
    rows=lambda company_id: TaxCode.objects.filter(company_id=company_id),
    is_open=False,
)
COMPANY: Final = SubjectKind(
    name="company",
    title=gettext_lazy("Company"),
    permission="settings.view",
    rows=lambda company_id: Company.objects.filter(pk=company_id),
    link=lambda row: reverse("admin:company"),
    words=_company_words,
    is_open=False,
)


def register_subjects() -> None:
    """Make them known; called once, when the app is ready."""
    register_kinds(ENTRY, ACCOUNT, PERIOD, TAX_CODE, COMPANY)
