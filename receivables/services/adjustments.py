"""Reducing what an invoice demands without money: an early-payment discount, or a rest that will not be paid.

Both are credit memos for the invoice, which settle it at its own exchange rate. The tax of each tax code falls with the
consideration, in the same proportion (§ 17 UStG, Art. 90 of the EU VAT directive).
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from ledger.accounts.controls import refuse_control
from ledger.currencies.money import allocate, ensure_precision, quantize, quantum
from ledger.documents.models import DocumentLine
from ledger.documents.store import documents as store
from ledger.documents.store.repeating import refuse_other_facts
from ledger.errors import AccountRoleUnassigned, ReferenceNotFound
from ledger.models import Account, AccountRole, ApprovalStatus
from ledger.open_items.errors import OverAllocated
from ledger.tax.calculation import split_gross
from receivables.credits.credit_bounds import Credited, credited_of
from receivables.errors import OverCredited
from receivables.models import CreditMemo, CreditMemoLine, CreditMemoStatus, Invoice
from receivables.services.credit_memos import create_credit_memo
from receivables.types.invoices import INVOICE

ZERO: Final = Decimal(0)
EARLY_PAYMENT, WRITE_OFF = "early_payment_discount", "write_off"
"""Reason codes of the credit memos."""


@transaction.atomic
def discount_invoice(
    *,
    company_id: UUID,
    document_id: UUID,
    actor: Actor,
    amount: Decimal | None = None,
    percent: Decimal | None = None,
    on: date | None = None,
    account_id: UUID | None = None,
) -> CreditMemo:
    """Grant a discount for early payment and return its credit memo.

    `amount`, with tax and in the invoice's currency, or `percent` of what the invoice charged and was not credited
    since; by default all that is left to pay. It is posted on `on`, today by default, to `account_id`, else to the
    account for sales discounts, with the tax that falls with it. Where the company asks for approval the credit memo is
    submitted and posts when it is approved. Safe to repeat: an invoice has one such discount. Raises OverAllocated,
    InvalidStateTransition, ValidationFailed, AccountRoleUnassigned.
    """
    if amount is not None and percent is not None:
        raise ValidationFailed(_("state the discount's amount or its percentage, not both"), field="percent")
    if percent is not None and not 0 < percent <= 100:
        raise ValidationFailed(_("a discount is above 0 and at most 100 percent"), field="percent")
    invoice = store.lock(INVOICE, company_id, document_id)
    credited = credited_of(invoice)
    if percent is not None:
        before = _made(invoice, EARLY_PAYMENT)
        basis = credited.left + (before.total_amount if before is not None and before.is_posted else ZERO)
        amount = quantize(basis * percent / 100, invoice.currency)
    account = _account(company_id, account_id) if account_id else _discounts(company_id)
    field = "amount" if percent is None else "percent"
    asked = _Asked(amount=amount, on=on, account_id=account_id, field=field)
    return _reduced(credited, EARLY_PAYMENT, asked, account, actor=actor)


@transaction.atomic
def write_off_invoice(
    *,
    company_id: UUID,
    document_id: UUID,
    account_id: UUID,
    actor: Actor,
    amount: Decimal | None = None,
    on: date | None = None,
    reason: str = "",
) -> CreditMemo:
    """Write off what is left of an invoice, or `amount` of it, and return the credit memo that does.

    It is posted on `on`, today by default, to `account_id`, the account of bad debts, without the tax: what is not
    paid is not taxed (§ 17 (2) no. 1 UStG). As for discounts, it is submitted where the company asks for approval. Safe
    to repeat once nothing is left. Raises OverAllocated, InvalidStateTransition, ReferenceNotFound.
    """
    invoice = store.lock(INVOICE, company_id, document_id)
    account = _account(company_id, account_id)
    asked = _Asked(amount=amount, on=on, account_id=account_id, reason=reason)
    return _reduced(credited_of(invoice), WRITE_OFF, asked, account, actor=actor)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a request states. `account_id` is None where it leaves the account to us; `field` gave the amount."""

    amount: Decimal | None
    on: date | None
    account_id: UUID | None
    reason: str = ""
    field: str = "amount"


@dataclass(slots=True)
class _Taxed:
    """What is left of an invoice's lines that are taxed alike; `first` is one of them."""

    first: DocumentLine
    gross: Decimal = ZERO
    tax: Decimal = ZERO


def _reduced(credited: Credited, reason_code: str, asked: _Asked, account: Account, *, actor: Actor) -> CreditMemo:
    invoice, on = credited.invoice, asked.on
    if not invoice.is_posted or invoice.is_void:
        raise store.refusal(INVOICE, invoice, "reduced")
    if (made := _made(invoice, reason_code)) is not None:
        _refuse_other_facts(made, asked, invoice)
        return made
    first_day = max(invoice.posting_date, invoice.document_date)
    if on is not None and on < first_day:
        raise ValidationFailed(
            _("invoice {invoice} counts from {first_day}; choose that day or later").format(
                invoice=invoice, first_day=first_day
            ),
            field="on",
        )
    wanted = _wanted(credited, asked)
    words = asked.reason or ("Early-payment discount" if reason_code == EARLY_PAYMENT else "Written off")
    needs_approval = invoice.company.requires_approval
    values = {
        "invoice_id": invoice.id,
        "document_date": on or max(invoice.company.today(), first_day),
        "exchange_rate": invoice.exchange_rate,
        "reason_code": reason_code,
        "memo": f"{words}, {invoice}",
        "lines": _lines(credited, wanted, account, words),
        "total_amount": wanted,
        "status": CreditMemoStatus.DRAFT.value if needs_approval else CreditMemoStatus.OPEN.value,
        "approval_status": ApprovalStatus.PENDING_APPROVAL.value if needs_approval else "",
    }
    try:
        memo = create_credit_memo(values, company=invoice.company, actor=actor)
    except OverCredited as error:
        error.field = "on" if error.field == "document_date" else error.field
        raise
    facts = {"credit_memo_id": str(memo.id), "amount": str(wanted), "reason": words}
    store.record(INVOICE, [(invoice, "reduced", facts)], actor)
    return memo


def _made(invoice: Invoice, reason_code: str) -> CreditMemo | None:
    """Return what a repeated request has made already: the one discount; a write-off that waits or left nothing."""
    memos = CreditMemo.objects.filter(company_id=invoice.company_id, invoice=invoice, reason_code=reason_code)
    memos = memos.exclude(status=CreditMemoStatus.VOID).exclude(approval_status=ApprovalStatus.REJECTED)
    if reason_code == WRITE_OFF and invoice.open_amount:
        memos = memos.filter(posted_at=None)
    return memos.order_by("-created_at").first()


def _refuse_other_facts(made: CreditMemo, asked: _Asked, invoice: Invoice) -> None:
    """What a request has made before stands as it is. Raises InvalidStateTransition where it states otherwise now."""
    accounts = CreditMemoLine.objects.filter(document=made).values_list("account_id", flat=True)
    account_id = asked.account_id if asked.account_id in set(accounts) else accounts.first()
    amount = quantize(made.total_amount, invoice.currency)
    wanted = None if asked.amount is None else quantize(asked.amount, invoice.currency)
    refuse_other_facts(
        _("invoice {invoice} was reduced by {amount}").format(invoice=invoice, amount=amount),
        {
            asked.field: (wanted, amount),
            "on": (asked.on, made.document_date),
            "account_id": (asked.account_id, account_id),
            "reason": (asked.reason and f"{asked.reason}, {invoice}", made.memo),
        },
        way_out=_("void credit memo {memo} first").format(memo=made),
        existing_id=str(made.id),
    )


def _wanted(credited: Credited, asked: _Asked) -> Decimal:
    """What is paid already is not reduced, nor what was credited, be it applied to the invoice or not."""
    invoice = credited.invoice
    left = quantize(min(invoice.open_amount, credited.left), invoice.currency)
    wanted = left if asked.amount is None else ensure_precision(asked.amount, invoice.currency, field=asked.field)
    if not 0 < wanted <= left:
        raise OverAllocated(
            _("invoice {invoice} has {left} left to pay; it cannot be reduced by {wanted}").format(
                invoice=invoice, left=left, wanted=wanted
            ),
            field=asked.field,
            open_amount=str(left),
        )
    return wanted


def _lines(credited: Credited, wanted: Decimal, account: Account, words: str) -> list[dict[str, Any]]:
    """Return one line for each way of taxing, which takes its share of the amount, tax included."""
    invoice, groups = credited.invoice, _groups(credited)
    shares = allocate(wanted, [group.gross for group in groups], currency=invoice.currency)
    return [_line(invoice, group, share, account, words) for group, share in zip(groups, shares, strict=True) if share]


def _groups(credited: Credited) -> list[_Taxed]:
    """Return what is left of the invoice by the way it is taxed. Where credits took it off otherwise than it was
    charged, everything counts as it was charged."""
    groups: dict[tuple[Any, ...], _Taxed] = {}
    for line in credited.sold:
        group = groups.setdefault(_alike(line), _Taxed(line))
        group.gross += line.gross_amount
        group.tax += line.tax_amount
    charged = [replace(group) for group in groups.values()]
    for taken in credited.taken:
        of = groups.get(_alike(taken))
        if of is not None:
            of.gross -= taken.gross_amount
            of.tax -= taken.tax_amount
    left = [group for group in groups.values() if group.gross > 0 and group.tax >= 0]
    return left if sum((group.gross for group in left), ZERO) >= credited.left else charged


def _alike(line: DocumentLine) -> tuple[Any, ...]:
    return line.tax_code, line.tax_rate, line.tax_status, line.tax_exempt_reason


def _line(invoice: Invoice, group: _Taxed, share: Decimal, account: Account, words: str) -> dict[str, Any]:
    first, currency = group.first, invoice.currency
    tax = quantize(share * group.tax / group.gross, currency) if group.gross else ZERO
    rate = first.tax_rate
    if rate and group.tax:
        calculated = split_gross(share, rate, currency).tax
        # The tax of the invoice may have been rounded elsewhere; a unit beside the rate's is within what is accepted.
        tax = tax if abs(tax - calculated) <= quantum(currency) else calculated
    return {
        "description": f"{words}, {invoice}",
        "amount": share,
        "amount_includes_tax": True,
        "tax_status": first.tax_status,
        "tax_exempt_reason": first.tax_exempt_reason,
        "tax_code": first.tax_code,
        **({} if first.tax_code else {"tax_rate": rate}),
        "is_copied": True,
        **({"tax_amount": tax} if group.tax else {}),
        "account_id": account.id,
    }


def _discounts(company_id: UUID) -> Account:
    found = Account.objects.filter(company_id=company_id, slot=AccountRole.SALES_DISCOUNTS, is_active=True).first()
    if found is None:
        raise AccountRoleUnassigned(
            _("no active account plays the role sales_discounts; name one, or give one this slot in the chart"),
            field="account_id",
            slot=AccountRole.SALES_DISCOUNTS.value,
        )
    return found


def _account(company_id: UUID, account_id: UUID) -> Account:
    found = Account.objects.filter(company_id=company_id, id=account_id).first()
    if found is None:
        raise ReferenceNotFound(
            _("account {id} does not exist in this company").format(id=account_id), field="account_id"
        )
    return refuse_control(found, "account_id")
