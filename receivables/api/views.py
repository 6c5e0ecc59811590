"""What lists and records of receivables need beyond the generic views."""

from typing import Any

from django.db.models import QuerySet

from backfill.api.resources import ResourceListView
from receivables.api.filters import OVERDUE
from receivables.models import Invoice
from receivables.selectors import overdue_on


class InvoiceListView(ResourceListView):
    def records(self) -> QuerySet[Any]:
        rows: QuerySet[Invoice] = super().records()
        if self.query.get("status") == OVERDUE:
            return rows.filter(overdue_on(self.company.today()))
        return rows
