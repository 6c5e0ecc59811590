"""The filters of the lists of receivables."""

import django_filters
from django.db.models import QuerySet

from backfill.api.filters import BooleanFilter, TextFilter
from receivables.models import Customer, Invoice

OVERDUE = "overdue"


class CustomerFilters(django_filters.FilterSet):
    name = TextFilter(lookup_expr="icontains", help_text="Part of the name.")
    email = TextFilter(lookup_expr="iexact", help_text="The customer with this e-mail address.")
    active = BooleanFilter(field_name="is_active", help_text="Only active or only inactive customers.")

    class Meta:
        model = Customer
        fields = ()


def with_status(rows: QuerySet[Invoice], name: str, value: str) -> QuerySet[Invoice]:
    """What is overdue depends on the company's day; the view that knows it has filtered already."""
    return rows if value == OVERDUE else rows.filter(status=value)
