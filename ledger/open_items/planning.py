"""Deciding what settles what, in memory: amounts, their worth on either side, and the day from which they count."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from backfill.words import noun_of
from ledger.currencies.money import ensure_precision, quantize, quantum
from ledger.errors import ReferenceNotFound
from ledger.open_items.drafts import AllocationRequest, ItemDraft
from ledger.open_items.errors import OverAllocated, SettlementMismatch
from ledger.open_items.models import Allocation, OpenItem
from ledger.open_items.sides import sides
from ledger.open_items.standing import Past, Standing

ZERO: Final = Decimal(0)
Explain = Callable[[AllocationRequest], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAllocation:
    """An amount of a debit item to settle by a credit item. `difference` is the exchange gain, a loss below zero."""

    debit: Standing
    credit: Standing
    amount: Decimal
    base_debit: Decimal
    base_credit: Decimal
    applied_on: date
    allocated_at: datetime | None = None

    @property
    def difference(self) -> Decimal:
        return self.base_credit - self.base_debit


@dataclass(slots=True, kw_only=True)
class Settlement:
    """What a source, an item or one about to open, settles.

    `embedded` is the exchange difference that its own entry holds; what counts from later days has entries of its own.
    """

    source: ItemDraft | OpenItem
    standing: Standing
    planned: list[PlannedAllocation] = field(default_factory=list)

    @property
    def embedded(self) -> Decimal:
        if isinstance(self.source, OpenItem):
            return ZERO
        own = self.source.opened_on
        return sum((row.difference for row in self.planned if row.applied_on == own), ZERO)

    @property
    def account_id(self) -> UUID | None:
        """The control account of all it settles; None where that leaves it to the account's role."""
        return self.standing.account_id


def plan_settlement(
    source: ItemDraft | OpenItem,
    requests: Sequence[AllocationRequest],
    *,
    on: date,
    explain: Explain | None = None,
) -> Settlement:
    """Lock what is named and decide, in memory, what the source settles of it from `on`, or the first later day on
    which both have room. One statement, two where something was unapplied before.

    `explain` is called for a document without an open item: it raises, or returns to leave the request out. Raises
    OverAllocated, SettlementMismatch, ReferenceNotFound naming the allocation.
    """
    targets = _locked(source, requests)
    standings = {key: Standing.of_item(item) for key, item in targets.items()}
    plan = Settlement(source=source, standing=_standing_of(source, standings))
    day = max(on, plan.standing.opened_on)
    read_past(source.company_id, [plan.standing, *standings.values()], since=day)
    by_document = {one.document_id: one for one in standings.values() if one.document_id is not None}
    for request in requests:
        named = by_document.get(request.document_id) if request.document_id else standings.get(request.item_id)  # type: ignore[arg-type]  # a request names one of both
        if named is None:
            _refuse_missing(request, explain)
            continue
        _refuse_mismatch(named, plan.standing, request)
        plan.standing.account_id = named.account_id
        amount = request.amount if request.amount is not None else min(named.open_amount, plan.standing.open_amount)
        if request.amount is not None or amount:
            plan.planned.append(_planned(named, plan.standing, amount, day, request))
    if isinstance(source, ItemDraft):
        source.base = plan.standing.sign * plan.standing.base
        source.account_id = plan.standing.account_id
        source.embedded = plan.embedded
    return plan


def locked_items(company_id: UUID, wanted: Q) -> QuerySet[OpenItem]:
    """Return open items with their company, locked in the order of their keys."""
    rows = OpenItem.objects.filter(wanted, company_id=company_id)
    return rows.select_for_update(of=("self",), no_key=True).select_related("company").order_by("id")


def _locked(source: ItemDraft | OpenItem, requests: Iterable[AllocationRequest]) -> dict[UUID, OpenItem]:
    documents = {request.document_id for request in requests if request.document_id is not None}
    keys = {request.item_id for request in requests if request.item_id is not None}
    if isinstance(source, OpenItem):
        if source.document_id is None:
            keys.add(source.id)
        else:
            documents.add(source.document_id)
    named = [Q(document_id__in=documents)] if documents else []
    named += [Q(id__in=keys)] if keys else []
    if not named:
        return {}
    wanted = named[0] if len(named) == 1 else named[0] | named[1]
    return {item.id: item for item in locked_items(source.company_id, wanted & Q(closed_on=None))}


def _standing_of(source: ItemDraft | OpenItem, standings: dict[UUID, Standing]) -> Standing:
    if isinstance(source, ItemDraft):
        return Standing.of_draft(source)
    for key, standing in standings.items():
        if key == source.id or (standing.document_id is not None and standing.document_id == source.document_id):
            return standings.pop(key)
    raise SettlementMismatch(
        _("{source} is closed; nothing is left of it to allocate").format(source=source), field="allocations"
    )


def read_past(company_id: UUID, standings: Iterable[Standing], *, since: date) -> None:
    """Fill in the past of items of which something that counted after `since` was undone. Mostly none: no statement."""
    mixed = {one.id: one for one in standings if one.undone_until is not None and one.undone_until > since}
    if not mixed:
        return
    keys = list(mixed)
    rows = Allocation.objects.filter(Q(debit_item_id__in=keys) | Q(credit_item_id__in=keys), company_id=company_id)
    for row in rows.exclude(undone_on=F("applied_on")):
        for key, base in ((row.debit_item_id, row.base_debit), (row.credit_item_id, row.base_credit)):
            if key in mixed:
                mixed[key].past.append(Past(row.applied_on, row.undone_on, row.amount, base))


def _refuse_missing(request: AllocationRequest, explain: Explain | None) -> None:
    if explain is None:
        raise ReferenceNotFound(
            _("open item {id} does not exist in this company").format(id=request.document_id or request.item_id),
            field=request.field,
        )
    explain(request)


def _refuse_mismatch(target: Standing, source: Standing, request: AllocationRequest) -> None:
    refusal = ""
    if target.side != source.side or target.party_id != source.party_id:
        refusal = _("{what} is another {party}'s; it is settled by its own {party}'s documents")
    elif target.sign == source.sign:
        refusal = _("{what} and {other} are on the same side of the account; neither settles the other")
    elif target.account_id and source.account_id and target.account_id != source.account_id:
        refusal = _("{what} and {other} are on different control accounts; neither settles the other")
    if refusal:
        party = noun_of(sides[target.side].noun if target.side in sides else "party")
        what = _named(target)
        raise SettlementMismatch(refusal.format(what=what, party=party, other=source.number), field=request.field)


def _planned(
    target: Standing, source: Standing, amount: Decimal, day: date, request: AllocationRequest
) -> PlannedAllocation:
    # What gives all of itself, such as a refund, is told what the other has left.
    sides_told = (source, target) if source.keeps_base else (target, source)
    _check_amount(*sides_told, amount, request.named_amount)
    target_base, source_base = target.part(amount), source.part(amount)
    target.settle(amount, target_base)
    source.settle(amount, source_base)
    target_base, source_base = _at_one_rate(target, source, target_base, source_base)
    first = max(day, target.opened_on, source.opened_on)
    fitting = (
        one
        for one in sorted(target.days(first) | source.days(first))
        if target.fits(amount, target_base, one) and source.fits(amount, source_base, one)
    )
    applied_on = next(fitting)
    for standing, base in ((target, target_base), (source, source_base)):
        if standing.past:
            standing.past.append(Past(applied_on, None, amount, base))
    is_debit = target.sign > 0
    return PlannedAllocation(
        debit=target if is_debit else source,
        credit=source if is_debit else target,
        amount=amount,
        base_debit=target_base if is_debit else source_base,
        base_credit=source_base if is_debit else target_base,
        applied_on=applied_on,
        allocated_at=request.allocated_at,
    )


def _named(item: Standing) -> str:
    return f"{item.noun} {item.number}"


def _check_amount(target: Standing, source: Standing, amount: Decimal, path: str) -> None:
    ensure_precision(amount, target.currency, field=path)
    if amount <= 0:
        raise OverAllocated(
            _("{amount} is not an amount to allocate; it is above zero").format(amount=amount), field=path
        )
    if target.currency != source.currency:
        raise SettlementMismatch(
            _("{what} is in {currency}; {number} in {source_currency} cannot settle it").format(
                what=_named(target), currency=target.currency, number=source.number, source_currency=source.currency
            ),
            field=path,
        )
    if amount > target.open_amount:
        raise OverAllocated(
            _("{what} has {left} left to settle, less than the {amount} allocated to it").format(
                what=_named(target), left=_shown(target), amount=amount
            ),
            field=path,
            open_amount=str(_shown(target)),
        )
    if amount > source.open_amount:
        raise OverAllocated(
            _("{amount} is more than the {left} that {number} has left to allocate").format(
                amount=amount, left=_shown(source), number=source.number
            ),
            field=path,
            open_amount=str(_shown(source)),
        )


def _at_one_rate(
    target: Standing, source: Standing, target_base: Decimal, source_base: Decimal
) -> tuple[Decimal, Decimal]:
    """Let what comes in for a part be worth what the part is: parts rounded one by one are not the whole rounded once,
    and at one rate that is not an exchange difference.

    A source that is not posted yet changes its own amount, as far as that is still its sum at the rate, rounded up or
    down; one that is posted shares it out otherwise. Both are settled already.
    """
    difference = target_base - source_base
    if not difference or source.rate is None or source.rate != target.rate:
        return target_base, source_base
    if source.is_posted:
        return _alike(target, source, target_base, source_base)
    if source.keeps_base:
        source_base, target_base = _alike(source, target, source_base, target_base)
        return target_base, source_base
    wanted = source.base + difference
    if abs(wanted - source.amount * source.rate) >= quantum(source.base_currency):
        return target_base, source_base
    source.base = wanted
    return target_base, target_base


def _alike(target: Standing, source: Standing, target_base: Decimal, source_base: Decimal) -> tuple[Decimal, Decimal]:
    """Let the side of which something is left take what the other is worth. Where nothing is left of either, their
    amounts are fixed."""
    difference = target_base - source_base
    if source.open_amount and difference <= source.open_base:
        source.open_base -= difference
        return target_base, target_base
    if target.open_amount and -difference <= target.open_base:
        target.open_base += difference
        return source_base, source_base
    return target_base, source_base


def _shown(standing: Standing) -> Decimal:
    return quantize(standing.open_amount, standing.currency)
