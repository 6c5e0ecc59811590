"""The bodies that the published reference shows, as somebody would send them on a first day."""

from typing import Any, Final

from backfill.api.examples import kept_answers

ANSWERS: Final = kept_answers("receivables.api")
_CUSTOMER: Final = "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c11"
_INVOICE: Final = "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c12"
_PAYMENT: Final = "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c13"
MAILING_ID: Final = "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c15"
_LINE: Final = "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c14"
_ACCOUNT: Final = "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c16"

Body = dict[str, Any]

CUSTOMER: Final[Body] = {
    "name": "Acme Supplies",
    "email": "jane@acme.com",
    "payment_terms_days": 30,
    "billing_address": {"line1": "1 Main St", "city": "Springfield", "postal_code": "62701", "country": "US"},
}
_LINES: Final[list[Body]] = [
    {"description": "Chairs", "quantity": "3", "unit_amount": "100.00", "amount": "300.00", "tax_rate": "4"},
    {"description": "Assembly", "amount": "50.00"},
]
INVOICE: Final[Body] = {
    "customer_id": _CUSTOMER,
    "currency": "USD",
    "issued_at": "2026-05-05T12:00:00Z",
    "due_at": "2026-06-04T12:00:00Z",
    "lines": _LINES,
    "total_amount": "362.00",
    "status": "open",
}
PAYMENT: Final[Body] = {
    "customer_id": _CUSTOMER,
    "amount": "362.00",
    "currency": "USD",
    "occurred_at": "2026-05-20T12:00:00Z",
    "payment_method": "check",
    "reference_number": "1001",
    "allocations": [{"invoice_id": _INVOICE, "amount": "362.00"}],
    "status": "completed",
}
SALES_RECEIPT: Final[Body] = {
    "currency": "USD",
    "receipt_date": "2026-05-05",
    "line_items": [{"description": "Coffee", "amount": "50.00", "tax_rate": "4"}],
    "payment_method": "cash",
    "status": "completed",
}
CREDIT_MEMO: Final[Body] = {
    "invoice_id": _INVOICE,
    "currency": "USD",
    "document_date": "2026-05-15",
    "lines": [{"description": "Faulty chair", "amount": "100.00", "tax_rate": "4", "invoice_line_ref": "1"}],
    "status": "open",
}
REFUND_RECEIPT: Final[Body] = {
    "payment_id": _PAYMENT,
    "currency": "USD",
    "total_amount": "104.00",
    "refund_date": "2026-05-25T12:00:00Z",
    "reason": "Faulty chair",
    "status": "completed",
}
QUOTE: Final[Body] = {
    "customer_id": _CUSTOMER,
    "currency": "USD",
    "expires_at": "2027-05-05T12:00:00Z",
    "lines": _LINES,
    "total_amount": "362.00",
}
SALES_ORDER: Final[Body] = {
    "customer_id": _CUSTOMER,
    "currency": "USD",
    "issued_at": "2026-05-05T12:00:00Z",
    "lines": _LINES,
    "total_amount": "362.00",
}
APPLICATION: Final[Body] = {"allocations": [{"invoice_id": _INVOICE, "amount": "100.00"}]}
UNAPPLICATION: Final[Body] = {"invoice_ids": [_INVOICE]}
QUANTITIES: Final[Body] = {"quantities": [{"line_id": _LINE, "quantity": "2"}]}
PAID: Final[Body] = {"paid_on": "2026-05-20", "payment_method": "bank transfer"}
DISCOUNT: Final[Body] = {"percent": "2", "on": "2026-05-20"}
WRITE_OFF: Final[Body] = {"account_id": _ACCOUNT, "on": "2026-12-31", "reason": "The customer is insolvent."}
RECURRING_INVOICE: Final[Body] = {
    "name": "Office rent",
    "customer_id": _CUSTOMER,
    "interval_unit": "month",
    "day_rule": "month_end",
    "starts_on": "2026-05-31",
    "due_days": 14,
    "invoice": {"currency": "USD", "lines": [{"description": "Rent", "amount": "1200.00"}], "notes": "Thank you."},
}
DUNNING_POLICY: Final[Body] = {
    "levels": [{"days_overdue": 7}, {"days_overdue": 21, "fee": "5.00", "interest_rate": "9"}],
    "is_automatic": False,
}
MAIL: Final[Body] = {"recipients": ["jane@acme.com"], "format": "automatic"}
REMINDER: Final[Body] = {"recipients": ["jane@acme.com"]}
DISMISSAL: Final[Body] = {"reason": "Agreed to pay in July"}
WARNINGS: Final[Body] = {
    "warnings": [
        {
            "code": "CREDIT_LIMIT_EXCEEDED",
            "message": "the customer owes 362.00 USD, 62.00 more than the limit of 300.00",
            "details": {"credit_limit": "300.00", "balance": "362.00", "exceeded_by": "62.00"},
        }
    ]
}
