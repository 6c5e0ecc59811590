"""The filters that every list of documents has."""

import django_filters

from backfill.api.filters import ChoiceFilter, DateFilter, TextFilter
from ledger.models import ApprovalStatus


class DocumentFilters(django_filters.FilterSet):
    approval_status = ChoiceFilter(choices=ApprovalStatus.choices, help_text="Only documents in this approval status.")
    document_number = TextFilter(lookup_expr="iexact", help_text="The document with this number, in any case.")
    start_date = DateFilter(
        field_name="document_date", lookup_expr="gte", help_text="From this document date, inclusive."
    )
    end_date = DateFilter(
        field_name="document_date", lookup_expr="lte", help_text="Up to this document date, inclusive."
    )

    class Meta:
        fields = ()
