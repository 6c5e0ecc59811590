"""What receivables serve in the Backfill contract."""

from receivables.api.resources import (
    CREDIT_MEMOS,
    CUSTOMERS,
    INVOICES,
    PAYMENTS,
    QUOTES,
    REFUND_RECEIPTS,
    SALES_ORDERS,
    SALES_RECEIPTS,
)
from receivables.api.views import InvoiceListView

urlpatterns = [
    *CUSTOMERS.urls(),
    *INVOICES.urls(list_view=InvoiceListView),
    *PAYMENTS.urls(),
    *SALES_RECEIPTS.urls(),
    *CREDIT_MEMOS.urls(),
    *REFUND_RECEIPTS.urls(),
    *QUOTES.urls(),
    *SALES_ORDERS.urls(),
]
