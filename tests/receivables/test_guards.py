"""Raw SQL attacks: what PostgreSQL refuses on the tables of receivables, whoever asks."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from backfill.tenancy.models import Company
from ledger.documents.guards import posted_stays
from ledger.documents.models import NumberSeries
from ledger.documents.numbers.series import configure_series
from ledger.entries.entries import reverse_entry
from ledger.inventory.models import StockMovement
from ledger.models import AccountRole, JournalEntry
from ledger.open_items.models import Allocation, OpenItem
from receivables.models import Invoice
from receivables.services.credit_memos import create_credit_memo
from receivables.services.external_posting import record_outgoing_invoice
from receivables.services.invoices import void_invoice
from receivables.services.payments import unapply_payment
from receivables.services.refund_receipts import create_refund_receipt
from receivables.services.sales_receipts import create_sales_receipt
from tests.factories import line, make_company, make_customer, make_entry, make_invoice, make_item, make_payment
from tests.receivables.books import ACTOR

pytestmark = pytest.mark.django_db

DAY = date(2026, 1, 15)


@pytest.fixture
def company() -> Company:
    return make_company(chart="us", currency="USD")


def attack(sql: str, *params: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "change",
    [
        "settled_amount = -1",
        "settled_amount = total_amount + 1, status = 'paid'",
        "settled_amount = total_amount, status = 'open'",
        "status = 'paid'",
        "status = 'partially_paid'",
        "status = 'draft'",
        "status = 'void'",
        "status = 'lost'",
        "settled_amount = 100, settled_base = 99, status = 'paid'",
        "document_number = ''",
    ],
)
def test_keeps_status_and_figures_of_an_invoice_together(company: Company, change: str) -> None:
    invoice = make_invoice(company)
    with pytest.raises(DatabaseError):
        attack(f"UPDATE receivables_invoice SET {change} WHERE id = %s", invoice.id)


@pytest.mark.parametrize(
    "change",
    [
        *("total_amount = 1", "tax_amount = 1", "currency = 'EUR'", "exchange_rate = 2", "base_amount = 1"),
        *("document_number = 'X'", "document_date = '2020-01-01'", "effective_date = '2020-01-01'"),
    ],
)
def test_keeps_what_an_invoice_posted(company: Company, change: str) -> None:
    invoice = make_invoice(company)
    with pytest.raises(DatabaseError, match="is posted and keeps what it posted"):
        attack(f"UPDATE receivables_invoice SET {change} WHERE id = %s", invoice.id)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE receivables_invoiceline SET net_amount = 1 WHERE document_id = %s",
        "DELETE FROM receivables_invoiceline WHERE document_id = %s",
        """INSERT INTO receivables_invoiceline SELECT (jsonb_populate_record(l, jsonb_build_object(
            'id', gen_random_uuid(), 'line_number', 9))).* FROM receivables_invoiceline l WHERE document_id = %s""",
    ],
)
def test_keeps_the_lines_of_a_posted_invoice(company: Company, sql: str) -> None:
    invoice = make_invoice(company)
    with pytest.raises(DatabaseError, match="belongs to a posted document and stays"):
        attack(sql, invoice.id)


MAKERS: dict[str, Callable[[Company], Any]] = {
    "invoice": make_invoice,
    "payment": lambda company: make_payment(company, "10.00", customer=make_customer(company)),
    "salesreceipt": lambda company: create_sales_receipt(
        {"document_date": DAY, "lines": [line("10.00")], "status": "completed"}, company=company, actor=ACTOR
    ),
    "creditmemo": lambda company: create_credit_memo(
        {"customer_id": make_customer(company).id, "document_date": DAY, "lines": [line("10.00")], "status": "open"},
        company=company,
        actor=ACTOR,
    ),
    "refundreceipt": lambda company: create_refund_receipt(
        {
            "customer_id": make_customer(company).id,
            "document_date": DAY,
            "lines": [line("10.00")],
            "status": "completed",
        },
        company=company,
        actor=ACTOR,
    ),
}


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize(
    "change",
    [
        "posted_at = NULL",
        "posted_at = NULL, entry_id = NULL",
        "posted_at = NULL, entry_id = NULL, status = 'draft', approval_status = 'draft'",
        "posted_at = posted_at - interval '1 day'",
        "entry_id = NULL",
        "customer_id = NULL",
        "service_date = '2020-01-01'",
        "subtotal = subtotal + 1, total_amount = total_amount + 1",
    ],
)
def test_keeps_a_posted_document_posted(company: Company, name: str, change: str) -> None:
    document = MAKERS[name](company)
    assert document.posted_at
    assert document.entry_id
    if name == "salesreceipt" and change.startswith("customer"):
        change = f"customer_id = '{make_customer(company).id}'"
    with pytest.raises(DatabaseError, match="is posted and keeps what it posted"):
        attack(f"UPDATE receivables_{name} SET {change} WHERE id = %s", document.id)


def test_keeps_a_posted_document_from_its_entry_to_another_one(company: Company) -> None:
    document, entry = make_invoice(company), make_entry(company)
    with pytest.raises(DatabaseError, match="is posted and keeps what it posted"):
        attack("UPDATE receivables_invoice SET entry_id = %s WHERE id = %s", entry.id, document.id)


@pytest.mark.parametrize(
    "change", ["status = 'open', approval_status = 'approved', voided_on = NULL", "voided_on = now()"]
)
def test_keeps_a_void_document_void(company: Company, change: str) -> None:
    document = make_invoice(company)
    void_invoice(company_id=company.id, document_id=document.id, actor=ACTOR)
    with pytest.raises(DatabaseError, match="is posted and keeps what it posted"):
        attack(f"UPDATE receivables_invoice SET {change} WHERE id = %s", document.id)


def recorded(company: Company) -> tuple[Invoice, JournalEntry]:
    """An invoice of the Bookkeeping contract and the entry that it is linked to."""
    entry = make_entry(company, (AccountRole.ACCOUNTS_RECEIVABLE, "10.00"), (AccountRole.REVENUE, "-10.00"))
    paper = {"position": 1, "description": "Paper", "quantity": Decimal(1), "unit_price": Decimal(10)}
    values = {
        "customer_id": make_customer(company).id,
        "invoice_number": "RE-1",
        "invoice_date": DAY,
        "type": "invoice",
        "total_net": Decimal(10),
        "total_tax": Decimal(0),
        "total_gross": Decimal(10),
        "intent_id": entry.id,
        "lines": [{**paper, "tax_rate": Decimal(0), "tax_amount": Decimal(0), "line_total": Decimal(10)}],
    }
    return record_outgoing_invoice(values, company=company, actor=ACTOR), entry


_UNLINKED = "posted_at = NULL, entry_id = NULL, status = 'draft', approval_status = 'draft', base_amount = 0"


def test_lets_a_recorded_invoice_go_when_its_entry_is_reversed(company: Company) -> None:
    invoice, entry = recorded(company)
    with pytest.raises(DatabaseError, match="is posted and keeps what it posted"):
        attack(f"UPDATE receivables_invoice SET {_UNLINKED} WHERE id = %s", invoice.id)
    reverse_entry(company_id=company.id, entry_id=entry.id, actor=ACTOR)
    invoice.refresh_from_db()
    assert (invoice.posted_at, invoice.entry_id, invoice.status) == (None, None, "draft")


@pytest.mark.parametrize(
    "change", ["is_externally_posted = false", "entry_id = NULL", "posted_at = NULL", "total_amount = 11"]
)
def test_keeps_a_recorded_invoice_at_its_entry(company: Company, change: str) -> None:
    invoice, _ = recorded(company)
    with pytest.raises(DatabaseError, match="is posted and keeps what it posted"):
        attack(f"UPDATE receivables_invoice SET {change} WHERE id = %s", invoice.id)


def test_lets_no_invoice_become_recorded_to_be_let_go(company: Company) -> None:
    invoice = make_invoice(company)
    with pytest.raises(DatabaseError, match="is posted and keeps what it posted"):
        attack("UPDATE receivables_invoice SET is_externally_posted = true WHERE id = %s", invoice.id)


_LINE_COLUMNS = {
    "quantity": "quantity + 1",
    "unit_amount": "unit_amount + 1",
    "net_amount": "net_amount + 1",
    "tax_amount": "tax_amount + 1",
    "gross_amount": "gross_amount + 1",
    "taxable_amount": "taxable_amount + 1",
    "tax_code": "'OTHER'",
    "tax_rate": "7",
    "description": "'Something else'",
    "line_number": "7",
    "account_id": "(SELECT id FROM ledger_account WHERE code = '4000')",
}


@pytest.mark.parametrize("column", _LINE_COLUMNS)
def test_keeps_every_fact_of_a_posted_line(company: Company, column: str) -> None:
    invoice = make_invoice(company)
    with pytest.raises(DatabaseError, match="belongs to a posted document and stays"):
        attack(
            f"UPDATE receivables_invoiceline SET {column} = {_LINE_COLUMNS[column]} WHERE document_id = %s", invoice.id
        )


def test_moves_no_line_of_a_posted_invoice_into_a_draft_nor_the_other_way(company: Company) -> None:
    invoice = make_invoice(company)
    draft = make_invoice(company, status="draft", customer=invoice.customer)
    for source, target in ((invoice, draft), (draft, invoice)):
        with pytest.raises(DatabaseError, match="belongs to a posted document and stays"):
            attack(
                "UPDATE receivables_invoiceline SET document_id = %s, line_number = 9 WHERE document_id = %s",
                *(target.id, source.id),
            )


def test_moves_lines_between_drafts(company: Company) -> None:
    first, second = (make_invoice(company, status="draft") for _ in range(2))
    attack(
        "UPDATE receivables_invoiceline SET document_id = %s, line_number = 9 WHERE document_id = %s",
        *(second.id, first.id),
    )
    assert second.lines.count() == 2


def test_looks_for_the_document_behind_temporary_tables(company: Company) -> None:
    invoice = make_invoice(company)
    with pytest.raises(DatabaseError, match="belongs to a posted document and stays"):
        attack(
            "CREATE TEMP TABLE receivables_invoice (LIKE public.receivables_invoice) ON COMMIT DROP;"
            "UPDATE receivables_invoiceline SET net_amount = 1 WHERE document_id = %s",
            invoice.id,
        )


@pytest.mark.parametrize(
    "change",
    ["total_amount = 1", "vendor_id = gen_random_uuid()", "posted_at = NULL", "entry_id = NULL"],
)
def test_guards_the_documents_of_any_party(company: Company, change: str) -> None:
    """The same triggers on a table that names a vendor."""
    make_invoice(company)
    with connection.cursor() as cursor:
        for table in ("invoice", "invoiceline"):
            bill = table.replace("invoice", "bill")
            cursor.execute(f"CREATE TABLE purchases_{bill} (LIKE receivables_{table})")
            cursor.execute(f"INSERT INTO purchases_{bill} SELECT * FROM receivables_{table}")
        cursor.execute("ALTER TABLE purchases_bill RENAME COLUMN customer_id TO vendor_id")
        cursor.execute(posted_stays("purchases_bill", party="vendor_id", has_lines=True))
        cursor.execute("UPDATE purchases_bill SET memo = 'may change'")
    with pytest.raises(DatabaseError, match="is posted and keeps what it posted"):
        attack(f"UPDATE purchases_bill SET {change}")
    with pytest.raises(DatabaseError, match="belongs to a posted document and stays"):
        attack("DELETE FROM purchases_billline")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE documents_numberseries SET next_number = 1 WHERE company_id = %s",
        "UPDATE documents_numberseries SET next_number = 1, issued = 0 WHERE company_id = %s",
        "UPDATE documents_numberseries SET document_type = 'other' WHERE company_id = %s",
        "UPDATE documents_numberseries SET year = 1999 WHERE company_id = %s",
        "DELETE FROM documents_numberseries WHERE company_id = %s",
    ],
)
def test_lets_no_number_series_go_back(company: Company, sql: str) -> None:
    make_invoice(company)
    with pytest.raises(DatabaseError, match=r"only moves forward|stays"):
        attack(sql, company.id)


def test_lets_a_number_series_begin_where_it_likes(company: Company) -> None:
    configure_series(company=company, document_type="invoice", prefix="R", next_number=500)
    NumberSeries.objects.filter(company=company, document_type="invoice").update(next_number=7)
    assert make_invoice(company).document_number == "R0007"


def test_keeps_a_posted_invoice(company: Company) -> None:
    invoice = make_invoice(company)
    with pytest.raises(DatabaseError, match="is posted and keeps what it posted"):
        attack("DELETE FROM receivables_invoice WHERE id = %s", invoice.id)


def test_keeps_allocations(company: Company) -> None:
    make_payment(company, "10.00", make_invoice(company))
    row = Allocation.objects.get()
    for sql in (
        "UPDATE open_items_allocation SET amount = 1 WHERE id = %s",
        "DELETE FROM open_items_allocation WHERE id = %s",
    ):
        with pytest.raises(DatabaseError, match="stays as it was"):
            attack(sql, row.id)


@pytest.mark.parametrize("change", ["undone_on = NULL", "undone_on = undone_on + 1", "amount = 1"])
def test_keeps_an_undone_allocation_undone(company: Company, change: str) -> None:
    payment = make_payment(company, "10.00", make_invoice(company))
    unapply_payment(company_id=company.id, document_id=payment.id, actor=ACTOR)
    with pytest.raises(DatabaseError, match="stays as it was"):
        attack(f"UPDATE open_items_allocation SET {change} WHERE id = %s", Allocation.objects.get().id)


def test_keeps_stock_movements(company: Company) -> None:
    make_item(company, quantity_on_hand=Decimal(1), purchase_cost=Decimal(1))
    row = StockMovement.objects.get()
    for sql in (
        "UPDATE inventory_stockmovement SET value = 9 WHERE id = %s",
        "DELETE FROM inventory_stockmovement WHERE id = %s",
    ):
        with pytest.raises(DatabaseError, match="stays as it was"):
            attack(sql, row.id)


@pytest.mark.parametrize("column", ["customer_id", "entry_id"])
def test_refuses_references_to_another_company(company: Company, column: str) -> None:
    draft = make_invoice(company, status="draft")
    foreign = make_invoice(make_company())
    with pytest.raises(IntegrityError):
        attack(f"UPDATE receivables_invoice SET {column} = %s WHERE id = %s", getattr(foreign, column), draft.id)


def test_refuses_lines_with_another_companys_item_or_account(company: Company) -> None:
    draft = make_invoice(company, line("1.00"), status="draft")
    other = make_company()
    for column, key in (("item_id", make_item(other).id), ("account_id", other.accounts.get(code="4000").id)):
        with pytest.raises(IntegrityError):
            attack(f"UPDATE receivables_invoiceline SET {column} = %s WHERE document_id = %s", key, draft.id)


def test_refuses_an_allocation_to_another_companys_invoice(company: Company) -> None:
    payment = make_payment(company, "10.00", customer=make_customer(company))
    foreign = make_invoice(make_company())
    credit, debit = (OpenItem.objects.get(document_id=one.id).id for one in (payment, foreign))
    with pytest.raises(DatabaseError):
        attack(
            "INSERT INTO open_items_allocation (id, company_id, credit_item_id, debit_item_id, amount,"
            " base_debit, base_credit, applied_on, created_at)"
            " VALUES (gen_random_uuid(), %s, %s, %s, 1, 1, 1, now(), now())",
            *(company.id, credit, debit),
        )


def test_shows_a_restricted_connection_its_own_rows_only(company: Company) -> None:
    make_invoice(company)
    make_invoice(make_company())
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('backfill.company_id', %s, true)", [str(company.id)])
        assert {invoice.company_id for invoice in Invoice.objects.all()} == {company.id}
        cursor.execute("SELECT set_config('backfill.company_id', '', true)")


class TestSettledDocuments:
    """What is settled of a document, and its status, are what its open item says."""

    @pytest.mark.parametrize(
        "change",
        [
            *("settled_amount = 5, settled_base = 5", "settled_amount = 100, settled_base = 100, status = 'paid'"),
            *("settled_base = 9", "settled_amount = 0, settled_base = 0, status = 'open'"),
        ],
    )
    def test_refuses_another_settled_amount(self, company: Company, change: str) -> None:
        invoice = make_invoice(company)
        make_payment(company, "10.00", invoice)
        with pytest.raises(DatabaseError, match="follows from its open item"):
            attack(f"UPDATE receivables_invoice SET {change} WHERE id = %s", invoice.id)

    def test_refuses_a_document_that_comes_settled(self, company: Company) -> None:
        invoice = make_invoice(company)
        with pytest.raises(DatabaseError, match="follows from its open item"):
            attack(
                "INSERT INTO receivables_invoice SELECT (jsonb_populate_record(i, jsonb_build_object('id',"
                " gen_random_uuid(), 'entry_id', NULL, 'settled_amount', 1, 'settled_base', 1, 'document_number', 'X',"
                " 'status', 'partially_paid'))).* FROM receivables_invoice i WHERE id = %s",
                invoice.id,
            )

    def test_refuses_a_void_whose_item_stays_open(self, company: Company) -> None:
        invoice = make_invoice(company)
        with pytest.raises(DatabaseError, match="is void and still has an open item"):
            attack(
                "UPDATE receivables_invoice SET status = 'void', approval_status = 'void', voided_on = document_date"
                " WHERE id = %s",
                invoice.id,
            )
