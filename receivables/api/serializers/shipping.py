"""How goods were sent, in the sender's words."""

from typing import Any, Final

from ledger.documents.api.fields import ReadObjectField
from receivables.customers.buyer_details import DELIVERY_DAYS

_KEPT: Final = (
    *("id", "shipment_id", "reference", "status", "carrier", "carrier_code", "service", "service_level", "method"),
    *("ship_method", "shipping_method", "tracking_company", "tracking_number", "tracking_numbers", "tracking_url"),
    *("tracking_urls", "expected_delivery_date", "estimated_delivery_date", "incoterm", "incoterms", "weight"),
    *("weight_unit", "packages", "cost", "price", "currency", "name", "phone", "email", "address", "ship_from"),
    *("ship_to", "instructions", "note", "notes"),
)


class ShippingDetailsField(ReadObjectField):
    """Details of the shipment. Invoices print the day of delivery that it tells."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"days": DELIVERY_DAYS, "kept": _KEPT, **kwargs})
