"""What receivables serve in the Bookkeeping contract, without the leading `v1/`."""

from django.urls import path

from receivables.bookkeeping_api.views.customers import CustomersView, CustomerView
from receivables.bookkeeping_api.views.outgoing_invoices import OpenItemsView, OutgoingInvoicesView, OutgoingInvoiceView

urlpatterns = [
    path("customers", CustomersView.as_view(), name="books_customers"),
    path("customers/<str:id>", CustomerView.as_view(), name="books_customer"),
    path("outgoing-invoices", OutgoingInvoicesView.as_view(), name="outgoing_invoices"),
    path("outgoing-invoices/open-items", OpenItemsView.as_view(), name="outgoing_open_items"),
    path("outgoing-invoices/<str:id>", OutgoingInvoiceView.as_view(), name="outgoing_invoice"),
]
