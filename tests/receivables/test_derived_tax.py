"""The tax of lines that say nothing of tax, where they post, and what is said about doubtful ones.

Item, customer, account and company give a tax code, in that order; the code gives the account.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.errors import UnknownTaxCode
from ledger.inventory.items import create_item
from ledger.inventory.models import Item
from ledger.tax.codes import create_tax_code
from receivables.customers.customers import update_customer
from receivables.models import Customer, Invoice
from receivables.services.adjustments import discount_invoice
from receivables.services.credit_memos import create_credit_memo
from receivables.services.invoices import create_invoice, update_invoice
from receivables.services.orders import convert_quote, convert_sales_order, create_quote
from receivables.services.refund_receipts import create_refund_receipt
from receivables.services.sales_receipts import create_sales_receipt
from tests.factories import make_company, make_customer
from tests.receivables.books import lines_of, posted

pytestmark = pytest.mark.django_db
ACTOR = system_actor()
DAY = date(2026, 3, 10)
ABROAD: dict[str, dict[str, Any]] = {
    "DE": {"billing_address": {"city": "Köln", "country": "DE"}},
    "FR": {"billing_address": {"city": "Paris", "country": "FR"}, "vat_id": "FR40303265045"},
    "FR consumer": {"billing_address": {"city": "Paris", "country": "France"}},
    "US": {"billing_address": {"city": "Boston", "country": "US"}},
    "GB": {"billing_address": {"city": "London", "country": "GB"}, "vat_id": "GB980780684"},
    "exempt": {"tax_exempt": True, "tax_exempt_reason": "NATO"},
}


def german(chart: str = "skr03", **values: Any) -> Company:
    company = make_company(chart=chart, currency="EUR")
    company.country = "DE"
    for name, value in values.items():
        setattr(company, name, value)
    company.save()
    return company


def invoice(company: Company, *lines: dict[str, Any], customer: Customer | None = None, **values: Any) -> Invoice:
    return create_invoice(
        {
            "customer_id": (customer or make_customer(company)).id,
            "document_date": DAY,
            "lines": [{"description": "Work", "amount": Decimal(100), **line} for line in lines or ({},)],
            "status": "open",
            **values,
        },
        company=company,
        actor=ACTOR,
    )


def item(company: Company, **values: Any) -> Item:
    return create_item({"name": f"Item {values}", **values}, company=company, actor=ACTOR)


def first(document: Any) -> tuple[str, str, str]:
    """The first line's tax code, what gave it, and the document's total."""
    line = document.lines.order_by("line_number").first()
    return line.tax_code, line.tax_source, f"{document.total_amount:.2f}"


def codes(document: Any) -> list[str]:
    return [warning["code"] for warning in document.warnings]


class TestFreeText:
    @pytest.mark.parametrize(
        ("chart", "receivable", "revenue", "tax"),
        [("skr03", "1400", "8400", "1776"), ("skr04", "1200", "4400", "3806")],
    )
    def test_is_taxed_as_its_usual_account_is(self, chart: str, receivable: str, revenue: str, tax: str) -> None:
        """100.00 at 19 % is 119.00."""
        made = invoice(german(chart))
        assert first(made) == ("UST19", "account", "119.00")
        assert lines_of(made.entry) == posted((receivable, "119.00"), (revenue, "-100.00"), (tax, "-19.00"))
        assert made.warnings == []

    @pytest.mark.parametrize("chart", ["us", "ifrs"])
    def test_is_not_taxed_where_no_account_says_so(self, chart: str) -> None:
        company = make_company(chart=chart)
        made = invoice(company)
        assert first(made) == ("", "", "100.00")
        assert made.warnings == []

    @pytest.mark.parametrize(("chart", "code", "total"), [("us", "ST-CA", "107.25"), ("ifrs", "OUT20", "120.00")])
    def test_is_taxed_as_the_company_says(self, chart: str, code: str, total: str) -> None:
        company = make_company(chart=chart)
        company.sales_tax_code = code
        company.save()
        assert first(invoice(company)) == (code, "company", total)

    def test_of_a_small_business_is_not_taxed(self) -> None:
        company = german(sales_tax_code="UST0-KU")
        made = invoice(company, customer=make_customer(company, **ABROAD["FR"]))
        assert first(made) == ("UST0-KU", "company", "100.00")
        assert lines_of(made.entry) == posted(("1400", "100.00"), ("8195", "-100.00"))

    @pytest.mark.parametrize(("account", "code", "total"), [("8300", "UST7", "107.00"), ("8125", "UST0-IGL", "100.00")])
    def test_is_taxed_as_the_account_it_names(self, account: str, code: str, total: str) -> None:
        made = invoice(german(), {"account_code": account})
        assert first(made) == (code, "account", total)
        assert ("8300" if code == "UST7" else "8125") in {line.account.code for line in made.entry.lines.all()}

    def test_takes_prices_with_tax_apart(self) -> None:
        made = invoice(german(), {"amount": Decimal(119)}, tax_behavior="inclusive")
        assert (first(made), made.tax_amount) == (("UST19", "account", "119.00"), Decimal(19))


class TestAnItem:
    @pytest.mark.parametrize(("chart", "revenue", "tax"), [("skr03", "8300", "1771"), ("skr04", "4300", "3801")])
    def test_of_seven_percent_posts_to_the_account_of_its_code(self, chart: str, revenue: str, tax: str) -> None:
        company = german(chart)
        made = invoice(company, {"product_id": item(company, tax_code="UST7").id})
        assert first(made) == ("UST7", "item", "107.00")
        assert lines_of(made.entry)[1:] == posted((revenue, "-100.00"), (tax, "-7.00"))

    def test_goes_behind_a_customer_who_is_not_charged_and_says_so(self) -> None:
        company = german()
        customer = make_customer(company, **ABROAD["FR"])
        made = invoice(company, {"product_id": item(company, tax_code="UST19", type="service").id}, customer=customer)
        assert first(made) == ("UST0-EUL", "customer", "100.00")
        assert codes(made) == ["ITEM_TAX_NOT_TAKEN"]
        assert made.warnings[0]["message"] == (
            "the customer is in France and has a VAT id: UST0-EUL was taken, not UST19 of the item; "
            "state UST19 on the line if it is meant"
        )
        assert made.entry.lines.get(line_number=2).account.code == "8336"

    def test_goes_before_the_customers_account(self) -> None:
        """The customer's sales post to 8400, but goods of 7 % do not."""
        company = german()
        account = company.accounts.get(code="8400")
        customer = make_customer(company, default_account_id=account.id)
        made = invoice(company, {"product_id": item(company, tax_code="UST7").id}, {}, customer=customer)
        assert lines_of(made.entry) == posted(
            ("1400", "226.00"), ("8300", "-100.00"), ("8400", "-100.00"), ("1771", "-7.00"), ("1776", "-19.00")
        )
        assert made.warnings == []

    def test_with_an_account_of_its_own_is_taxed_as_that(self) -> None:
        company = german()
        account = company.accounts.get(code="8300")
        made = invoice(company, {"product_id": item(company, revenue_account_id=account.id).id})
        assert first(made) == ("UST7", "account", "107.00")


class TestACustomer:
    @pytest.mark.parametrize(
        ("who", "kind", "code", "account"),
        [
            ("DE", "service", "UST19", "8400"),
            ("FR", "service", "UST0-EUL", "8336"),
            ("FR", "good", "UST0-IGL", "8125"),
            ("FR consumer", "service", "UST19", "8400"),
            ("FR consumer", "good", "UST19", "8400"),
            ("US", "service", "UST0-DRITT", "8338"),
            ("US", "good", "UST0-EXP", "8120"),
            ("GB", "good", "UST0-EXP", "8120"),
        ],
    )
    def test_is_charged_what_its_country_makes_of_it(self, who: str, kind: str, code: str, account: str) -> None:
        company = german()
        sold = item(company, type=kind)
        made = invoice(company, {"product_id": sold.id}, customer=make_customer(company, **ABROAD[who]))
        total = "119.00" if code == "UST19" else "100.00"
        assert first(made) == (code, "account" if code == "UST19" else "customer", total)
        assert made.entry.lines.get(line_number=2).account.code == account
        assert made.warnings == []

    def test_goods_go_where_they_are_sent(self) -> None:
        company = german()
        sold = item(company, type="good")
        customer = make_customer(company, **ABROAD["DE"], vat_id="DE136695976")
        made = invoice(company, {"product_id": sold.id}, customer=customer, shipping_address={"country": "CH"})
        assert first(made)[0] == "UST0-EXP"

    def test_that_owes_the_tax_itself_has_the_code(self) -> None:
        company = german()
        customer = make_customer(company, **ABROAD["DE"], tax_code="ust0-13b")
        made = invoice(company, customer=customer)
        assert first(made) == ("UST0-13B", "customer", "100.00")
        assert made.entry.lines.get(line_number=2).account.code == "8337"

    def test_takes_no_code_that_there_is_not(self) -> None:
        with pytest.raises(UnknownTaxCode) as refusal:
            make_customer(german(), tax_code="NOPE")
        assert refusal.value.field == "tax_code"

    @pytest.mark.parametrize(("chart", "code", "account"), [("skr03", "UST0-EX", "8100"), ("us", "EXEMPT", "4000")])
    def test_that_is_exempt_is_charged_nothing(self, chart: str, code: str, account: str) -> None:
        company = german() if chart == "skr03" else make_company(chart=chart)
        made = invoice(company, customer=make_customer(company, **ABROAD["exempt"]))
        assert first(made) == (code, "customer", "100.00")
        assert made.lines.get().tax_status == "exempt"
        assert made.entry.lines.get(line_number=2).account.code == account
        assert made.warnings == []

    def test_that_is_exempt_lifts_the_items_code(self) -> None:
        company = german()
        sold = item(company, tax_code="UST19")
        made = invoice(company, {"product_id": sold.id}, customer=make_customer(company, **ABROAD["exempt"]))
        assert (first(made), codes(made)) == (("UST0-EX", "customer", "100.00"), ["ITEM_TAX_NOT_TAKEN"])
        assert made.entry.lines.get(line_number=2).account.code == "8100"

    def test_that_moves_is_charged_anew_while_it_is_a_draft(self) -> None:
        company = german()
        home, abroad = (make_customer(company, **ABROAD[who]) for who in ("DE", "FR"))
        draft = invoice(company, customer=home, status="draft")
        assert first(draft) == ("UST19", "account", "119.00")
        moved = update_invoice(draft, {"customer_id": abroad.id}, actor=ACTOR)
        assert first(moved) == ("UST0-EUL", "customer", "100.00")

    def test_that_moves_does_not_change_what_is_posted(self) -> None:
        company = german()
        customer = make_customer(company, **ABROAD["DE"])
        made = invoice(company, {"tax_rate": Decimal(0)}, {}, customer=customer)
        update_customer(customer, ABROAD["FR"], actor=ACTOR)
        said = [{"description": "Work", "amount": Decimal(100), **more} for more in ({"tax_rate": Decimal(0)}, {})]
        again = update_invoice(made, {"lines": said, "customer_id": customer.id, "memo": "Again"}, actor=ACTOR)
        assert (again.memo, again.total_amount, codes(again)) == ("Again", Decimal(219), ["UNTAXED_LINE"])

    def test_keeps_what_was_stated(self) -> None:
        company = german()
        home, abroad = (make_customer(company, **ABROAD[who]) for who in ("DE", "FR"))
        draft = invoice(company, {"tax_code": "UST7"}, customer=home, status="draft")
        moved = update_invoice(draft, {"customer_id": abroad.id}, actor=ACTOR)
        assert first(moved) == ("UST7", "", "107.00")


class TestTheDateOfSupply:
    @pytest.mark.parametrize(
        ("values", "code", "total"),
        [
            ({"document_date": date(2020, 6, 30)}, "UST19", "119.00"),
            ({"document_date": date(2020, 7, 1)}, "UST16", "116.00"),
            ({"document_date": date(2021, 1, 5), "service_date": date(2020, 12, 31)}, "UST16", "116.00"),
            (
                {"document_date": date(2021, 1, 5), "shipping_details": {"delivery_date": "2020-12-30"}},
                "UST16",
                "116.00",
            ),
            ({"document_date": date(2006, 5, 1)}, "UST16-2006", "116.00"),
        ],
    )
    def test_chooses_the_rate(self, values: dict[str, Any], code: str, total: str) -> None:
        assert first(invoice(german(), **values)) == (code, "account", total)

    def test_may_be_that_of_a_line(self) -> None:
        lines = [{"delivered_on": date(2020, 12, 30)}, {}]
        made = invoice(german(), *lines, document_date=date(2021, 1, 5))
        assert [line.tax_code for line in made.lines.order_by("line_number")] == ["UST16", "UST19"]

    def test_chooses_for_an_items_code_too(self) -> None:
        company = german()
        made = invoice(company, {"product_id": item(company, tax_code="UST7").id}, document_date=date(2020, 8, 1))
        assert first(made) == ("UST5", "item", "105.00")
        assert lines_of(made.entry)[1:] == posted(("8300", "-100.00"), ("1773", "-5.00"))

    def test_refuses_a_stated_code_of_another_day(self) -> None:
        with pytest.raises(UnknownTaxCode, match=r"use UST16 \(16 %\)") as refusal:
            invoice(german(), {"tax_code": "UST19"}, document_date=date(2020, 8, 1))
        assert refusal.value.field == "lines[0].tax_code"

    def test_changes_a_draft_that_is_dated_anew(self) -> None:
        draft = invoice(german(), status="draft")
        changed = update_invoice(draft, {"document_date": date(2020, 8, 1)}, actor=ACTOR)
        assert first(changed) == ("UST16", "account", "116.00")

    def test_of_a_credit_is_that_of_its_invoice(self) -> None:
        company = german()
        sold = invoice(company, {}, {"account_code": "8300"}, document_date=date(2020, 8, 1))
        memo = create_credit_memo(
            {
                "invoice_id": sold.id,
                "document_date": date(2021, 2, 1),
                "lines": [
                    {"description": "Back", "amount": Decimal(50), "invoice_line_ref": number} for number in "12"
                ],
                "status": "open",
            },
            company=company,
            actor=ACTOR,
        )
        assert [(line.tax_code, line.tax_amount) for line in memo.lines.order_by("line_number")] == [
            ("UST16", Decimal(8)),
            ("UST5", Decimal("2.50")),
        ]

    def test_of_a_discount_is_that_of_its_invoice(self) -> None:
        company = german()
        sold = invoice(company, document_date=date(2020, 12, 20))
        memo = discount_invoice(
            company_id=company.id, document_id=sold.id, actor=ACTOR, percent=Decimal(2), on=date(2021, 1, 5)
        )
        assert (memo.lines.get().tax_code, memo.total_amount, memo.tax_amount) == (
            "UST16",
            Decimal("2.32"),
            Decimal("0.32"),
        )


class TestADoubtfulLine:
    @pytest.mark.parametrize("line", [{"tax_rate": Decimal(0)}, {"tax_amount": Decimal(0)}])
    def test_without_tax_on_a_taxed_account_is_warned_of(self, line: dict[str, Any]) -> None:
        made = invoice(german(), {"account_code": "8400"}, {**line, "account_code": "8400"}, line)
        assert [(one["code"], one["field"]) for one in made.warnings] == [
            ("UNTAXED_LINE", "lines[1].tax_code"),
            ("UNTAXED_LINE", "lines[2].tax_code"),
        ]
        assert "UST19 (19 %)" in made.warnings[0]["message"]

    def test_on_the_account_of_another_rate_is_warned_of(self) -> None:
        made = invoice(german(), {"tax_code": "UST7", "account_code": "8400"})
        assert (codes(made), made.warnings[0]["field"]) == (["TAX_ACCOUNT_MISMATCH"], "lines[0].account_id")

    def test_is_said_no_more_when_it_is_mended(self) -> None:
        draft = invoice(german(), {"tax_rate": Decimal(0)}, status="draft")
        assert codes(draft) == ["UNTAXED_LINE"]
        lines = [{"description": "Work", "amount": Decimal(100), "tax_rate": Decimal(0), "account_code": "8200"}]
        mended = update_invoice(draft, {"lines": lines}, actor=ACTOR)
        assert mended.warnings == []

    def test_says_nothing_where_it_states_why_it_is_not_taxed(self) -> None:
        made = invoice(german(), {"tax_status": "exempt", "tax_exempt_reason": "§ 4 Nr. 21 UStG"})
        assert (first(made), made.warnings) == (("UST0-EX", "status", "100.00"), [])
        assert made.entry.lines.get(line_number=2).account.code == "8100"


class TestOtherDocuments:
    def test_derive_alike(self) -> None:
        company = german()
        values = {"document_date": DAY, "lines": [{"description": "Work", "amount": Decimal(100)}]}
        customer = make_customer(company, **ABROAD["DE"])
        quote = create_quote({**values, "customer_id": customer.id}, company=company, actor=ACTOR)
        receipt = create_sales_receipt({**values, "status": "completed"}, company=company, actor=ACTOR)
        refund = create_refund_receipt({**values, "status": "completed"}, company=company, actor=ACTOR)
        memo = create_credit_memo(
            {**values, "customer_id": customer.id, "status": "open"}, company=company, actor=ACTOR
        )
        for made in (quote, receipt, refund, memo):
            assert first(made) == ("UST19", "account", "119.00")
        assert {line.account.code for line in receipt.entry.lines.all()} >= {"8400", "1776"}

    def test_a_quote_of_a_total_alone_includes_the_tax(self) -> None:
        company = german()
        customer = make_customer(company)
        quote = create_quote({"customer_id": customer.id, "total_amount": Decimal(119)}, company=company, actor=ACTOR)
        assert (quote.total_amount, quote.tax_amount) == (Decimal(119), Decimal(19))

    def test_a_refund_of_a_total_alone_includes_the_tax(self) -> None:
        company = german()
        refund = create_refund_receipt({"total_amount": Decimal(119)}, company=company, actor=ACTOR)
        assert (refund.total_amount, refund.tax_amount, refund.net_amount) == (Decimal(119), Decimal(19), Decimal(100))

    def test_an_order_is_taxed_for_the_day_it_is_invoiced(self) -> None:
        company = german()
        customer = make_customer(company)
        values = {"customer_id": customer.id, "document_date": date(2020, 12, 1)}
        lines = [{"description": "Work", "amount": Decimal(100)}]
        quote = create_quote({**values, "lines": lines}, company=company, actor=ACTOR)
        assert first(quote)[0] == "UST16"
        order = convert_quote(company_id=company.id, document_id=quote.id, actor=ACTOR)
        made = convert_sales_order(company_id=company.id, document_id=order.id, actor=ACTOR)
        assert first(made)[0] == "UST19"


def test_a_code_does_not_end_before_it_begins() -> None:
    """A code that ends before it begins is refused with its field."""
    company = german()
    account = company.accounts.get(code="1776")
    with pytest.raises(ValidationFailed) as refusal:
        create_tax_code(
            company=company,
            code="UST20",
            label="20 %",
            rate=Decimal(20),
            vat_account=account.id,
            valid_from=date(2028, 1, 1),
            valid_until=date(2027, 1, 1),
            actor=ACTOR,
        )
    assert refusal.value.field == "valid_until"


def test_a_later_code_of_the_family_takes_over() -> None:
    company = german()
    account = company.accounts.get(code="1776")
    create_tax_code(
        company=company,
        code="UST20",
        label="20 %",
        rate=Decimal(20),
        vat_account=account.id,
        family="output_standard",
        valid_from=date(2028, 1, 1),
        account=company.accounts.get(code="8400").id,
        actor=ACTOR,
    )
    assert first(invoice(company, document_date=date(2027, 12, 31)))[0] == "UST19"
    assert first(invoice(company, document_date=date(2028, 1, 1))) == ("UST20", "account", "120.00")
