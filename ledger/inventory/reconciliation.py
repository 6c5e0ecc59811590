"""The proof that stock ties: what lies where, what it is worth, and what moved (L8), for `manage.py check_books`."""

from collections.abc import Iterator
from typing import Final

from django.db import connection

from backfill.tenancy.models import Company
from ledger.checks.books import Finding

_DRIFTED: Final = """
SELECT i.name, i.quantity_on_hand, coalesce(m.quantity, 0), coalesce(p.quantity, 0), i.inventory_value,
       coalesce(m.value, 0)
FROM inventory_item i
LEFT JOIN LATERAL (SELECT sum(quantity) AS quantity, sum(value - correction) AS value
                   FROM inventory_stockmovement WHERE company_id = i.company_id AND item_id = i.id) m ON true
LEFT JOIN LATERAL (SELECT sum(quantity_on_hand) AS quantity FROM inventory_itemlocation WHERE item_id = i.id) p ON true
WHERE i.company_id = %s AND (i.quantity_on_hand <> coalesce(m.quantity, 0) OR i.inventory_value <> coalesce(m.value, 0)
      OR i.quantity_on_hand <> coalesce(p.quantity, 0))
ORDER BY i.id LIMIT 1
"""


def prove_inventory(company: Company) -> Iterator[Finding]:
    """Yield the first item whose stock or value is not what its movements and places add up to."""
    with connection.cursor() as cursor:
        cursor.execute(_DRIFTED, [company.id])
        row = cursor.fetchone()
    if row is not None:
        name, on_hand, moved, placed, value, moved_value = row
        yield Finding(
            "L8",
            f"item {name}",
            f"{on_hand} on hand worth {value}; movements add up to {moved} worth {moved_value}, places to {placed}",
        )
