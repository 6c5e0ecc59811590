"""What settles what: known cases with figures worked by hand."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.journal.drafts import EntryDraft, LineDraft
from ledger.journal.posting import post, post_many, reverse
from ledger.models import AccountRole
from ledger.open_items.differences import Cause
from ledger.open_items.drafts import AllocationRequest
from ledger.open_items.entries import SettledPart, settle_by_entry
from ledger.open_items.errors import OverAllocated, SettlementMismatch
from ledger.open_items.linking import assign_party, link_document
from ledger.open_items.models import OpenItem
from ledger.open_items.opening import open_items
from ledger.open_items.settling import allocate, unapply
from tests.ledger.open_items.trade import FIRST, KIND, Trade, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade() -> Trade:
    return Trade()


def cause(trade: Trade) -> Cause:
    return Cause(company_id=trade.company.id, side="receivable", number="D", party_id=None)


def open_of(trade: Trade, *items: OpenItem) -> list[tuple[Decimal, Decimal]]:
    return [(one.open_amount, one.open_base) for one in (trade.item(item.id) for item in items)]


class TestDays:
    def test_ends_what_settles_an_item_once_whichever_side_is_void_first(self, trade: Trade) -> None:
        """CHF 100 at 1.00, paid at 0.90; unapplied on 04-10; invoice void on 03-01, then the payment on 03-15."""
        invoice = trade.open(trade.draft(100, "1.00", date(2026, 1, 10)))
        payment = trade.settle(trade.draft(-100, "0.90", date(2026, 2, 10)), AllocationRequest(item_id=invoice.id))
        assert payment.embedded == -10
        unapply(trade.allocations(), on=date(2026, 4, 10), actor=trade.actor, cause=cause(trade))
        reverse(invoice.entry, on=date(2026, 3, 1), reason="", actor=trade.actor)
        reverse(payment.entry, on=date(2026, 3, 15), reason="", actor=trade.actor)
        balances = trade.prove()
        days = ("01-09", "01-10", "02-10", "02-28", "03-01", "03-14", "03-15", "04-09", "04-10")
        found = [balances["receivable", date.fromisoformat(f"2026-{one}")] for one in days]
        assert found == [0, 100, 0, 0, -90, -90, 0, 0, 0]

    def test_counts_from_the_first_day_on_which_both_have_room(self, trade: Trade) -> None:
        """An invoice that was paid until April cannot be paid again as of March."""
        invoice = trade.open(trade.draft(100, on=date(2026, 1, 10)))
        payment = trade.settle(trade.draft(-100, on=date(2026, 2, 10)), AllocationRequest(item_id=invoice.id))
        other = trade.open(trade.draft(-100, on=date(2026, 2, 20)))
        unapply(trade.allocations(), on=date(2026, 4, 10), actor=trade.actor, cause=cause(trade))
        wanted = [AllocationRequest(item_id=invoice.id)]
        [made] = allocate(other, wanted, on=date(2026, 3, 1), actor=trade.actor)
        assert made.applied_on == date(2026, 4, 10)
        assert open_of(trade, invoice, other, payment) == [(0, 0), (0, 0), (-100, -100)]

    def test_opens_again_what_a_reversed_reversal_had_closed(self, trade: Trade) -> None:
        entry = trade.book(trade.receivable, "7.00")
        reversal = reverse(entry, on=day(10), reason="", actor=trade.actor)
        again = reverse(reversal, on=day(20), reason="", actor=trade.actor)
        balances = trade.prove()
        assert [balances["receivable", day(number)] for number in (0, 9, 10, 19, 20)] == [7, 7, 0, 0, 7]
        assert [item.amount for item in trade.items_of(again)] == [7]


class TestWorth:
    def test_leaves_the_last_part_what_is_left(self, trade: Trade) -> None:
        """0.90 in 0.30s at a rate that makes the whole 0.01: the base amount is used up before the last part."""
        invoice = trade.open(trade.draft("0.90", "0.0111"))
        for _ in range(3):
            trade.settle(trade.draft("-0.30", "0.0111"), AllocationRequest(item_id=invoice.id))
        assert sum(row.base_debit for row in trade.allocations()) == Decimal("0.01")
        assert open_of(trade, invoice) == [(0, 0)]
        trade.prove()

    def test_lets_many_parts_cost_no_more_statements(self, trade: Trade) -> None:
        def statements(count: int) -> int:
            items = [trade.open(trade.draft(10)) for _ in range(count)]
            requests = [AllocationRequest(item_id=one.id) for one in items]
            with CaptureQueriesContext(
                connection,
            ) as queries:
                trade.settle(trade.draft(-10 * count), *requests)
            return len(queries)

        assert statements(1) == statements(30)


class TestEntries:
    def test_opens_an_item_for_each_control_account_and_personal_account(self, trade: Trade) -> None:
        lines = (
            LineDraft(account=trade.receivable, amount=Decimal(60), personal_account="10001"),
            LineDraft(account=trade.receivable, amount=Decimal(40), personal_account="10002"),
            LineDraft(account=trade.receivable, amount=Decimal(-15), personal_account="10001"),
            LineDraft(account=AccountRole.REVENUE, amount=Decimal(-85)),
        )
        entry = post(EntryDraft(company_id=trade.company.id, entry_date=FIRST, lines=lines), actor=trade.actor)
        items = trade.items_of(entry)
        assert [(item.amount, item.party_id, item.kind, item.number) for item in items] == [
            (40, None, "entry", entry.entry_number),
            (45, None, "entry", entry.entry_number),
        ]
        trade.prove()

    def test_opens_an_item_of_what_a_document_leaves_of_its_entrys_lines(self, trade: Trade) -> None:
        """100 are the document's, 30 more stand on the same account and 5 on another."""
        other = list(trade.accounts)[1]
        amounts = {trade.receivable: 130, other: 5, AccountRole.CASH: -135}
        lines = tuple(LineDraft(account=account, amount=Decimal(amount)) for account, amount in amounts.items())
        entry = EntryDraft(company_id=trade.company.id, entry_date=FIRST, kind=KIND, lines=lines)
        draft = trade.draft(100)
        draft.entry_id = post(entry, actor=trade.actor).id
        open_items([draft])
        items = OpenItem.objects.filter(entry_id=draft.entry_id).order_by("amount")
        assert [(item.kind, item.side, item.amount) for item in items] == [
            ("entry", "payable", 5),
            ("entry", "receivable", 30),
            (KIND, "receivable", 100),
        ]
        trade.prove()

    def test_opens_items_of_many_entries_at_once(self, trade: Trade) -> None:
        def draft(amount: int) -> EntryDraft:
            lines = (
                LineDraft(account=trade.receivable, amount=Decimal(amount)),
                LineDraft(account=AccountRole.CASH, amount=Decimal(-amount)),
            )
            return EntryDraft(company_id=trade.company.id, entry_date=FIRST, lines=lines)

        post_many([draft(amount) for amount in range(1, 30)], actor=trade.actor)
        assert OpenItem.objects.filter(company=trade.company, side="receivable").count() == 29
        trade.prove()

    def test_settles_items_of_several_parties_by_one_entry_and_keeps_the_rest(self, trade: Trade) -> None:
        first = trade.open(trade.draft(100, "0.90"))
        second = trade.open(trade.draft(50, party=trade.parties[1]))
        entry = trade.book(trade.receivable, "-150.00", on=day(5))  # 90 and 50 are settled, 10 are left
        made = settle_by_entry(entry, [SettledPart(first.id), SettledPart(second.id)], actor=trade.actor)
        assert [(row.amount, row.base_debit, row.difference) for row in trade.allocations()] == [
            (100, 90, 0),
            (50, 50, 0),
        ]
        assert [(item.amount, item.base, item.open_base) for item in trade.items_of(entry)] == [
            (-100, -90, 0),
            (-50, -50, 0),
            (-10, -10, -10),
        ]
        assert len(made) == 2
        trade.prove()
        reverse(entry, on=day(9), reason="", actor=trade.actor)
        assert open_of(trade, first, second) == [(100, 90), (50, 50)]
        trade.prove()

    def test_refuses_to_settle_by_an_entry_that_lacks_the_amount(self, trade: Trade) -> None:
        invoice = trade.open(trade.draft(100))
        entry = trade.book(trade.receivable, "-99.99")
        with pytest.raises(OverAllocated) as refused:
            settle_by_entry(entry, [SettledPart(invoice.id)], actor=trade.actor)
        assert "holds 99.99 EUR" in refused.value.message
        assert "100.00 EUR are to be settled" in refused.value.message
        assert open_of(trade, invoice) == [(100, 100)]

    def test_takes_over_an_entrys_item_for_a_document_of_the_same_amount(self, trade: Trade) -> None:
        entry = trade.book(trade.receivable, "100.00")
        [item] = trade.items_of(entry)
        trade.settle(trade.draft(-40, party=None), AllocationRequest(item_id=item.id))
        linked = link_document(entry, trade.draft(100), actor=trade.actor)
        assert (linked.item.id, linked.difference, linked.item.party_id) == (item.id, None, trade.parties[0])
        assert open_of(trade, item) == [(60, 60)]
        trade.prove()

    def test_shows_by_what_a_document_differs_from_its_entry(self, trade: Trade) -> None:
        entry = trade.book(trade.receivable, "100.00")
        linked = link_document(entry, trade.draft(119), actor=trade.actor)
        assert linked.difference is not None
        assert (linked.item.amount, linked.difference.amount, linked.difference.document_id) == (119, -19, None)
        trade.prove()

    def test_refuses_a_document_of_another_amount_where_the_entry_is_settled_in_part(self, trade: Trade) -> None:
        entry = trade.book(trade.receivable, "100.00")
        [item] = trade.items_of(entry)
        trade.settle(trade.draft(-40, party=None), AllocationRequest(item_id=item.id))
        with pytest.raises(OverAllocated) as refused:
            link_document(entry, trade.draft(119), actor=trade.actor)
        assert "60.00 of 100.00 EUR open" in refused.value.message

    def test_tells_whose_an_entry_is_and_all_that_settles_it(self, trade: Trade) -> None:
        [item] = trade.items_of(trade.book(trade.receivable, "100.00"))
        payment = trade.settle(trade.draft(-40, party=None), AllocationRequest(item_id=item.id))
        assign_party(item, trade.parties[0])
        assert [trade.item(one.id).party_id for one in (item, payment)] == [trade.parties[0]] * 2
        with pytest.raises(SettlementMismatch):
            assign_party(item, trade.parties[1])
        trade.prove()
