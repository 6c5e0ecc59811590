"""Posting the output tax in advance payments, and taking it back, wherever what is left of a payment changes.

One function is told of payments after anything happened to them. It reads what is left of each on every day and posts
the difference to what was posted so far, each on its day; so it may be called again, and knows no step by name. The
journal head is locked first: the company's setting cannot change while somebody relies on it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.accounts.datev_numbers import GERMAN_CHARTS
from ledger.documents.allocating import allocations_of
from ledger.documents.lines.deriving import LineSources, TaxSources, derived_rule
from ledger.documents.models import SettledDocument
from ledger.errors import AccountRoleUnassigned, InvalidStateTransition
from ledger.journal.journal_sequence import locked_head
from ledger.journal.posting import post, post_many
from ledger.models import Account, AccountRole, AccountType, JournalEntry
from ledger.open_items.models import Allocation, OpenItem
from ledger.tax.book import TaxBook
from ledger.tax.calculation import TaxRule
from ledger.tax.rules import tax_book, tax_book_and_usual_code
from receivables.models import AdvanceTax, AdvanceTaxMove, Payment
from receivables.taxation.advance_postings import ADVANCE_TAX_KIND, Move, advance_tax_entry, credit_on_days, moves_due
from receivables.taxation.tax_position import tax_position

_KIND: Final = "payment"
"""The kind of open items that payments open."""
CLEARING: Final = "advance_clearing"
"""The sub-type of the clearing account."""


@dataclass(frozen=True, slots=True)
class _Span:
    """The days on which advance payments are taxed: from `since` on, before `until`."""

    since: date
    until: date | None = None


def follow_payments(company: Company, payment_ids: Collection[UUID], *, actor: Actor) -> None:
    """Post what payments changed of the tax on advance payments, where the company taxes them. The caller holds the
    customers' locks.

    Raises AccountRoleUnassigned for an account that the chart lacks, and what posting raises, PeriodLocked among it.
    """
    if not payment_ids or company.chart not in GERMAN_CHARTS:
        return
    locked_head(company.id)
    since = Company.objects.values_list("advances_taxed_from", flat=True).get(pk=company.id)
    if since is not None:
        _post_moves(company, Q(id__in=payment_ids), _Span(since), actor)


def follow_document(document: SettledDocument, *, actor: Actor) -> None:
    """Let the tax on advance payments follow a document that is void, or a draft again: what it leaves of payments."""
    if document.company.chart not in GERMAN_CHARTS:
        return
    if isinstance(document, Payment):
        paid = {document.id}
    else:
        credits_ = (row.credit_item for row in allocations_of(document))
        paid = {item.document_id for item in credits_ if item.kind == _KIND and item.document_id is not None}
    follow_payments(document.company, paid, actor=actor)


def change_setting(company: Company, before: date | None, *, actor: Actor) -> None:
    """Follow the company's setting: what customers have paid in advance is taxed from its day on, or, where they are
    taxed no more, what is taxed is taken back today.

    Raises ValidationFailed for a later day than before: what is posted stays. Called with the company locked.
    """
    since = company.advances_taxed_from
    if company.chart not in GERMAN_CHARTS:
        raise ValidationFailed(_("advance payments are taxed in the German charts"), field="advances_taxed_from")
    if before is not None and since is not None and since > before:
        raise ValidationFailed(
            _(
                "advance payments are taxed from {since} on already, and what is posted stays; leave it empty first"
            ).format(since=before),
            field="advances_taxed_from",
        )
    locked_head(company.id)
    if since is not None:
        _post_moves(company, _with_credit_since(since), _Span(since), actor)
    elif before is not None:
        today = max(company.today(), before)
        _post_moves(company, Q(advance_tax__rate__gt=0), _Span(before, today), actor)


def company_changed(company: Company, before: Mapping[str, Any], actor: Actor) -> None:
    """Follow a change of the company's settings, if it is about advance payments."""
    if "advances_taxed_from" in before:
        change_setting(company, before["advances_taxed_from"], actor=actor)


def refuse_reversal(entry: JournalEntry) -> None:
    """Raises InvalidStateTransition for an entry that follows what is left of a payment."""
    if entry.kind == ADVANCE_TAX_KIND:
        raise InvalidStateTransition(
            _(
                "entry {entry} is the tax on the advance payment {payment}; apply, refund or void the payment instead"
            ).format(entry=entry.entry_number, payment=entry.document_number)
        )


def check_stated_code(payment: Payment) -> None:
    """Raises UnknownTaxCode for a code that is not for the payment's day, or by which the customer owes the tax."""
    if payment.tax_code:
        payment.tax_code = (
            tax_book(payment.company_id).check(payment.tax_code, [payment.posting_date], field="tax_code").code
        )


def _with_credit_since(day: date) -> Q:
    """Payments of which something was left on a day or later."""
    return (
        Q(settled_amount__lt=F("total_amount"), voided_on=None)
        | Q(voided_on__gt=day)
        | Q(document_date__gte=day)
        | Q(effective_date__gte=day)
        | Q(id__in=_settled_since(day))
        | Q(advance_tax__isnull=False)
    )


def _settled_since(day: date) -> QuerySet[OpenItem, UUID | None]:
    """The payments that settled something from a later day on, or stopped to on `day` or later."""
    changed = Q(credit_allocations__applied_on__gt=day) | Q(credit_allocations__undone_on__gte=day)
    return OpenItem.objects.filter(changed, kind=_KIND).values_list("document_id", flat=True)


def _post_moves(company: Company, which: Q, span: _Span, actor: Actor) -> None:
    rows = Payment.objects.filter(which, company_id=company.id, posted_at__isnull=False)
    found = {row.id: row for row in rows.select_related("customer__default_account").distinct().order_by("id")}
    credit = _credit(found)
    terms = _terms(company, found.values(), credit, span)
    posted = _posted(terms.values())
    due = [
        (found[key], terms[key], move)
        for key in terms
        for move in moves_due(
            credit[key],
            posted.get(key, ()),
            since=span.since,
            until=span.until,
            rate=terms[key].rate,
            currency=company.base_currency,
        )
    ]
    drafts = [advance_tax_entry(*one) for one in due]
    entry_ids = [post(drafts[0], actor=actor).id] if len(drafts) == 1 else post_many(drafts, actor=actor)
    AdvanceTaxMove.objects.bulk_create(
        AdvanceTaxMove(
            company_id=company.id,
            advance_tax=one,
            entry_id=entry_id,
            moved_on=move.on,
            gross=move.gross,
            tax=move.tax,
        )
        for (_book, one, move), entry_id in zip(due, entry_ids, strict=True)
    )


def _credit(payments: Mapping[UUID, Payment]) -> dict[UUID, dict[date, Decimal]]:
    """Return what is left of payments, as changes by day."""
    paid: dict[UUID, list[tuple[date, date | None, Decimal]]] = {key: [] for key in payments}
    rows = Allocation.objects.filter(credit_item__kind=_KIND, credit_item__document_id__in=payments)
    for row in rows.select_related("credit_item"):
        if (key := row.credit_item.document_id) is not None:
            paid[key].append((row.applied_on, row.undone_on, row.base_credit))
    return {key: credit_on_days(payment, paid[key]) for key, payment in payments.items()}


def _posted(terms: Iterable[AdvanceTax]) -> dict[UUID, list[Move]]:
    found: dict[UUID, list[Move]] = {}
    payments = {one.id: one.payment_id for one in terms}
    for row in AdvanceTaxMove.objects.filter(advance_tax__in=payments).order_by("moved_on", "id"):
        found.setdefault(payments[row.advance_tax_id], []).append(Move(row.moved_on, row.gross, row.tax))
    return found


def _terms(
    company: Company, payments: Iterable[Payment], credit: Mapping[UUID, Mapping[date, Decimal]], span: _Span
) -> dict[UUID, AdvanceTax]:
    """Return how payments are taxed, by payment; those that were never advance payments are left out."""
    rows = list(payments)
    known = {one.payment_id: one for one in AdvanceTax.objects.filter(payment__in=rows)}
    new = [row for row in rows if row.id not in known and _is_advance(credit[row.id], span.since)]
    if new:
        made = AdvanceTax.objects.bulk_create(_Terms(company).of(payment) for payment in new)
        known |= {one.payment_id: one for one in made}
    return known


def _is_advance(credit: Mapping[date, Decimal], since: date) -> bool:
    """Whether something was left on `since` or a later day."""
    left = Decimal(0)
    days = sorted({since, *credit})
    for day in days:
        left += credit.get(day, Decimal(0))
        if day >= since and left:
            return True
    return False


class _Terms:
    """How a company's advance payments are taxed. Its tax codes and accounts are read once."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.book, self.usual_code = tax_book_and_usual_code(company.id, AccountRole.REVENUE)
        accounts = Account.objects.filter(company=company, is_active=True, type=AccountType.LIABILITY).order_by("code")
        self.clearing = accounts.filter(sub_type=CLEARING).first()
        self.advances = list(accounts.exclude(automatic_tax_code=""))

    def of(self, payment: Payment) -> AdvanceTax:
        """Return the terms of a payment, unsaved. Raises AccountRoleUnassigned."""
        rule = advance_rule(payment, self.company, self.book, self.usual_code)
        terms = AdvanceTax(company=self.company, payment=payment)
        if rule is None:
            return terms
        terms.tax_code, terms.rate, terms.vat_account_id = rule.code, rule.rate, rule.vat_account_id
        terms.clearing_account, terms.advance_account = self.clearing, self._advance_account(rule)
        if terms.clearing_account is None or terms.advance_account is None:
            message = (
                _(
                    "the chart has no liability account for advance payments, as clearing account (sub-type "
                    "advance_clearing): update the chart, or give an account of your own the automatic tax code {code}"
                )
                if terms.clearing_account is None
                else _(
                    "the chart has no liability account for advance payments, {code}: update the chart, or give an "
                    "account of your own the automatic tax code {code}"
                )
            )
            raise AccountRoleUnassigned(message.format(code=rule.code), field="tax_code")
        return terms

    def _advance_account(self, rule: TaxRule) -> Account | None:
        """The automatic account of the code, else of its family: 1718 served for 16 % in 2020 as well."""
        for account in self.advances:
            if account.automatic_tax_code.upper() == rule.code.upper():
                return account
        for account in self.advances:
            other = self.book.named(account.automatic_tax_code)
            if other is not None and rule.family and other.family == rule.family:
                return account
        return None


def advance_rule(payment: Payment, company: Company, book: TaxBook, usual_code: str) -> TaxRule | None:
    """Return the tax code of an advance payment on the day it came in (§ 27 (1) sentence 2 UStG); None for no tax.

    That is the stated one, else what an invoice of plain text would have: the customer's, else the company's. Nothing
    is taxed for a customer to whom neither goods nor services are taxed. Pure.
    """
    day = payment.posting_date
    if payment.tax_code:
        stated = book.on(payment.tax_code, day)
        return stated if stated is not None and _charges(stated) else None
    sources = TaxSources(
        book=book,
        day=day,
        position=tax_position(payment.customer, company),
        company_code=company.sales_tax_code,
        usual_code=usual_code,
    )
    line = LineSources(default=payment.customer.default_account)
    rules = (derived_rule(one, sources) for one in (line, replace(line, are_goods=True)))
    return next((rule for rule in rules if rule is not None and _charges(rule)), None)


def _charges(rule: TaxRule) -> bool:
    return rule.rate > 0 and rule.self_assess_account_id is None
