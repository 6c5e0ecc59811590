"""What callers say about a document: validated values, named as in the published contract.

An absent key means «not said»: the default on creation, unchanged on an update.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict
from uuid import UUID


class LineValues(TypedDict, total=False):
    """A line as stated. Amounts are in the document's currency, `discount_percent` and `tax_rate` in percent.
    `is_copied`: its tax was taken over from another document."""

    line_number: int
    line_key: str
    line_ref: str
    line_type: str
    description: str
    quantity: Decimal | None
    unit_amount: Decimal | None
    discount_amount: Decimal | None
    discount_percent: Decimal | None
    amount: Decimal | None
    amount_includes_tax: bool | None
    currency: str
    tax_status: str
    tax_exempt_reason: str
    tax_code: str
    tax_rate: Decimal | None
    tax_amount: Decimal | None
    taxable_amount: Decimal | None
    tax_details: list[dict[str, Any]]
    is_copied: bool
    account_id: UUID | None
    account_code: str
    product_id: UUID | None
    product: dict[str, Any]
    sku: str
    detail: dict[str, Any] | None
    class_id: str
    location_id: str
    dimensions: dict[str, Any]
    metadata: dict[str, Any]


class DocumentValues(TypedDict, total=False):
    """A document as stated. `total_amount` and `tax_amount` are compared with what the lines add up to."""

    document_number: str
    status: str
    approval_status: str
    issued_at: datetime | None
    document_date: date | None
    effective_date: date | None
    service_date: date | None
    currency: str
    exchange_rate: Decimal | None
    tax_behavior: str
    discount_details: list[dict[str, Any]]
    total_amount: Decimal | None
    tax_amount: Decimal | None
    memo: str
    dimensions: dict[str, Any]
    metadata: dict[str, Any]
    subsidiary_id: str
    source_system: str
    source_id: str
    connection_id: str
    document_id: UUID | None
    lines: list[LineValues]
