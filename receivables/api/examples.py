"""The bodies that the published reference shows, as somebody would send them on a first day; `BODIES` are those that
create a document, by the key of its type."""

from typing import Any, Final

from backfill.api.examples import kept_answers, kept_bodies

ANSWERS: Final = kept_answers("receivables.api")
BODIES: Final = kept_bodies("receivables.api")
_CUSTOMER: Final = "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c11"
_INVOICE: Final = "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c12"
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
