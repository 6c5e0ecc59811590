"""The filters of the Backfill contract's lists of accounts and journal entries."""

from uuid import UUID

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from backfill.api.filters import BooleanFilter, ChoiceFilter, DateFilter, TextFilter, UUIDFilter
from backfill.paging import narrowed
from ledger.models import Account, AccountType, EntryStatus, JournalEntry, JournalLine


class AccountFilters(django_filters.FilterSet):
    type = ChoiceFilter(choices=AccountType.choices, help_text="Only accounts of this type.")
    active = BooleanFilter(field_name="is_active", help_text="Only active or only inactive accounts.")

    class Meta:
        model = Account
        fields = ()


class EntryFilters(django_filters.FilterSet):
    status = ChoiceFilter(choices=EntryStatus.choices, help_text="Only entries in this status.")
    start_date = DateFilter(field_name="entry_date", lookup_expr="gte", help_text="From this date, inclusive.")
    end_date = DateFilter(field_name="entry_date", lookup_expr="lte", help_text="Up to this date, inclusive.")
    account_id = UUIDFilter(method="with_line_on", help_text="Posted entries with a line on this account.")
    memo = TextFilter(method="with_memo", help_text="Part of the memo.")

    class Meta:
        model = JournalEntry
        fields = ()

    def with_line_on(self, entries: QuerySet[JournalEntry], name: str, account_id: UUID) -> QuerySet[JournalEntry]:
        lines = JournalLine.objects.filter(company=OuterRef("company"), account=account_id, entry=OuterRef("pk"))
        return entries.filter(Exists(lines))

    def with_memo(self, entries: QuerySet[JournalEntry], name: str, part: str) -> QuerySet[JournalEntry]:
        return narrowed(entries, Q(memo__icontains=part))
