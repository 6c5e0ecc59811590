"""Lines whose sender states a rate or an amount of tax, and no code: they take the code of the chart."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backfill.tenancy.actors import system_actor
from ledger.documents.errors import TotalsMismatch
from ledger.errors import UnknownTaxCode
from receivables.customers.customers import update_customer
from receivables.services.invoices import confirm_invoice, update_invoice
from receivables.services.orders import convert_quote, convert_sales_order, create_quote
from tests.factories import make_company, make_customer
from tests.receivables.books import lines_of, posted
from tests.receivables.test_derived_tax import ABROAD, DAY, codes, first, german, invoice, item

pytestmark = pytest.mark.django_db
ACTOR = system_actor()


class TestACode:
    @pytest.mark.parametrize(
        ("stated", "code", "revenue", "tax"),
        [
            ({"tax_rate": "19"}, "UST19", "8400", "1776"),
            ({"tax_rate": "7"}, "UST7", "8300", "1771"),
            ({"tax_rate": "0.07"}, "UST7", "8300", "1771"),
            ({"tax_rate": "19", "tax_amount": "19.00"}, "UST19", "8400", "1776"),
            ({"tax_amount": "7.00"}, "UST7", "8300", "1771"),
            ({"tax_amount": "19.01"}, "UST19", "8400", "1776"),
            ({"tax_rate": "7", "tax_code": "txcd_1", "tax_amount": "7.00"}, "UST7", "8300", "1771"),
        ],
    )
    def test_is_that_of_the_rate(self, stated: dict[str, str], code: str, revenue: str, tax: str) -> None:
        figures = {name: text if name == "tax_code" else Decimal(text) for name, text in stated.items()}
        made = invoice(german(), figures)
        charged = Decimal(stated.get("tax_amount") or {"UST19": "19.00", "UST7": "7.00"}[code])
        assert first(made) == (code, "rate", f"{100 + charged:.2f}")
        assert lines_of(made.entry)[1:] == posted((revenue, "-100.00"), (tax, f"{-charged:.2f}"))
        assert made.warnings == []

    def test_is_found_for_tax_after_the_documents_discount(self) -> None:
        """100.00 less 10 % at 19 % is 17.10 of tax."""
        made = invoice(german(), {"tax_amount": Decimal("17.10")}, discount_details=[{"percent": "10"}])
        assert first(made) == ("UST19", "rate", "107.10")

    def test_is_found_for_tax_that_the_amount_includes(self) -> None:
        made = invoice(german(), {"amount": Decimal(107), "tax_amount": Decimal(7)}, tax_behavior="inclusive")
        assert first(made) == ("UST7", "rate", "107.00")

    @pytest.mark.parametrize(
        ("day", "rate", "code"),
        [
            (date(2020, 6, 30), 19, "UST19"),
            (date(2020, 7, 1), 16, "UST16"),
            (date(2020, 12, 31), 5, "UST5"),
            (date(2006, 12, 31), 16, "UST16-2006"),
        ],
    )
    def test_is_for_the_date_of_supply(self, day: date, rate: int, code: str) -> None:
        assert first(invoice(german(), {"tax_rate": Decimal(rate)}, document_date=day))[0] == code

    @pytest.mark.parametrize(
        ("who", "stated", "code"),
        [
            ("FR", {"tax_rate": Decimal(0)}, "UST0-EUL"),
            ("US", {"tax_rate": Decimal(0)}, "UST0-DRITT"),
            ("exempt", {"tax_amount": Decimal(0)}, "UST0-EX"),
        ],
    )
    def test_of_no_tax_is_that_of_the_customer(self, who: str, stated: dict[str, Any], code: str) -> None:
        company = german()
        made = invoice(company, stated, customer=make_customer(company, **ABROAD[who]))
        assert (first(made), made.warnings) == ((code, "rate", "100.00"), [])

    @pytest.mark.parametrize("chart", ["us", "skr03"])
    def test_of_an_exempt_line_is_that_of_its_status(self, chart: str) -> None:
        company = german() if chart == "skr03" else make_company(chart=chart)
        made = invoice(company, {"tax_status": "exempt", "tax_rate": Decimal(0)})
        assert first(made) == ("UST0-EX" if chart == "skr03" else "EXEMPT", "status", "100.00")

    @pytest.mark.parametrize("rate", ["8.875", "7.25"])
    def test_is_not_asked_for_where_rates_are_free(self, rate: str) -> None:
        made = invoice(make_company(chart="us"), {"tax_rate": Decimal(rate)})
        assert (made.lines.get().tax_code, made.lines.get().tax_rate) == ("", Decimal(rate))


class TestARefusal:
    @pytest.mark.parametrize(
        ("stated", "field", "says"),
        [
            ({"tax_rate": "18"}, "tax_rate", r"has 18 % for a supply on 2026-03-10: state one of UST19 \(19 %\)"),
            ({"tax_rate": "16"}, "tax_rate", "has 16 %"),
            ({"tax_amount": "12.00"}, "tax_amount", "makes 12.00 of tax"),
        ],
    )
    def test_names_the_field_and_the_codes(self, stated: dict[str, str], field: str, says: str) -> None:
        with pytest.raises(UnknownTaxCode, match=says) as refusal:
            invoice(german(), {name: Decimal(text) for name, text in stated.items()})
        assert refusal.value.field == f"lines[0].{field}"

    @pytest.mark.parametrize("more", [{"tax_rate": Decimal(0)}, {"tax_code": "UST0-EX"}])
    def test_is_of_tax_at_no_rate(self, more: dict[str, Any]) -> None:
        with pytest.raises(TotalsMismatch):
            invoice(german(), {"tax_amount": Decimal(5), **more})


class TestItStays:
    def test_when_a_posted_invoice_is_sent_again(self) -> None:
        company = german()
        customer = make_customer(company, **ABROAD["DE"])
        lines = [{"description": "Work", "amount": Decimal(100), "tax_rate": Decimal(rate)} for rate in (19, 0)]
        made = invoice(company, *lines, customer=customer)
        update_customer(customer, ABROAD["FR"], actor=ACTOR)
        again = update_invoice(made, {"lines": lines, "memo": "Again"}, actor=ACTOR)
        assert (again.memo, again.total_amount) == ("Again", Decimal(219))

    def test_while_the_day_has_the_rate(self) -> None:
        draft = invoice(german(), {"tax_rate": Decimal(19)}, status="draft")
        moved = update_invoice(draft, {"document_date": date(2026, 4, 1)}, actor=ACTOR)
        assert first(moved) == ("UST19", "rate", "119.00")
        with pytest.raises(UnknownTaxCode, match=r"UST16 \(16 %\)") as refusal:
            update_invoice(draft, {"document_date": date(2020, 8, 1)}, actor=ACTOR)
        assert refusal.value.field == "lines[0].tax_rate"

    @pytest.mark.parametrize("stated", [{"tax_rate": Decimal(7)}, {"tax_amount": Decimal(7)}])
    def test_from_quote_to_invoice(self, stated: dict[str, Any]) -> None:
        company = german()
        values = {"customer_id": make_customer(company).id, "document_date": DAY}
        lines = [{"description": "Work", "amount": Decimal(100), **stated}]
        quote = create_quote({**values, "lines": lines}, company=company, actor=ACTOR)
        order = convert_quote(company_id=company.id, document_id=quote.id, actor=ACTOR)
        made = convert_sales_order(company_id=company.id, document_id=order.id, actor=ACTOR)
        made = confirm_invoice(company_id=company.id, document_id=made.id, actor=ACTOR)
        assert (first(made)[0], first(made)[2]) == ("UST7", "107.00")
        assert lines_of(made.entry)[1:] == posted(("8300", "-100.00"), ("1771", "-7.00"))


class TestACodeThatIsStated:
    """It goes before item and customer, and says so."""

    @pytest.mark.parametrize("who", ["FR", "US", "exempt"])
    @pytest.mark.parametrize("stated", [{"tax_code": "UST7"}, {"tax_rate": Decimal(7)}])
    def test_charges_a_customer_who_is_not_charged(self, who: str, stated: dict[str, Any]) -> None:
        company = german()
        sold = item(company, tax_code="UST19")
        line = {"product_id": sold.id, **stated}
        made = invoice(company, line, customer=make_customer(company, **ABROAD[who]))
        assert (first(made)[0], first(made)[2], codes(made)) == ("UST7", "107.00", ["TAX_FOR_CUSTOMER"])
        assert "the line states UST7 (7 %), but the customer is" in made.warnings[0]["message"]

    def test_says_nothing_where_it_is_what_is_usual(self) -> None:
        company = german()
        made = invoice(company, {"tax_code": "UST0-EUL"}, customer=make_customer(company, **ABROAD["FR"]))
        assert (first(made)[0], made.warnings) == ("UST0-EUL", [])


class TestAReverseChargedCustomer:
    def test_goes_before_the_item(self) -> None:
        company = german()
        customer = make_customer(company, **ABROAD["DE"], tax_code="UST0-13B")
        made = invoice(company, {"product_id": item(company, tax_code="UST7").id}, customer=customer)
        assert (first(made), codes(made)) == (("UST0-13B", "customer", "100.00"), ["ITEM_TAX_NOT_TAKEN"])
        assert made.entry.lines.get(line_number=2).account.code == "8337"

    def test_goes_behind_an_item_that_is_exempt_itself(self) -> None:
        company = german()
        customer = make_customer(company, **ABROAD["FR"])
        made = invoice(company, {"product_id": item(company, tax_code="UST0-EX").id}, customer=customer)
        assert (first(made), made.warnings) == (("UST0-EX", "item", "100.00"), [])

    def test_that_has_a_rate_of_its_own_goes_behind_the_item(self) -> None:
        company = german()
        customer = make_customer(company, **ABROAD["DE"], tax_code="UST19")
        made = invoice(company, {"product_id": item(company, tax_code="UST7").id}, customer=customer)
        assert (first(made), made.warnings) == (("UST7", "item", "107.00"), [])
