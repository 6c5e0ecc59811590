"""The allocations of documents of one type, read for many of them at once."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from ledger.open_items.models import Allocation


class Settlements:
    """What `prefetch_related` reads of documents: the allocations of their open items that count, with both items.

    A document has no column of its item; they share the document's key.
    """

    def __get__(self, instance: Any, owner: type) -> "Settlements":
        return self

    def is_cached(self, instance: Any) -> bool:
        return hasattr(instance, "active_allocations")

    def get_prefetch_querysets(
        self, instances: Sequence[Any], querysets: Any = None
    ) -> tuple[QuerySet[Allocation], Callable[[Allocation], UUID | None], Callable[[Any], UUID], bool, str, bool]:
        keys = {one.id for one in instances}
        mine = Q(debit_item__document_id__in=keys) | Q(credit_item__document_id__in=keys)
        rows = Allocation.objects.filter(mine, company_id=instances[0].company_id, undone_on=None)

        def document_of(row: Allocation) -> UUID | None:
            key: UUID | None = row.debit_item.document_id
            return key if key in keys else row.credit_item.document_id

        found = rows.select_related("debit_item", "credit_item").order_by("created_at", "id")
        return found, document_of, lambda document: document.id, False, "settlements", False
