"""A month of a German company (SKR04) through the Bookkeeping contract, and the same books through the other one."""

from decimal import Decimal
from typing import Any

import pytest
import time_machine

from backfill.tenancy.models import Role
from tests.factories import PASSWORD, make_company, make_member
from tests.ledger.bookkeeping_api.conftest import BookkeepingClient, signed_in
from tests.scenarios.http.clients import backfill_of

pytestmark = pytest.mark.django_db

JANUARY = {"startDate": "2026-01-01", "endDate": "2026-01-31"}


def booked(books: BookkeepingClient, on: str, description: str, *lines: tuple[str, Any, Any]) -> str:
    response = books.book(*lines, on=on, description=description)
    assert response.status_code == 200, response.content
    return str(response.json()["intent_id"])


def report(books: BookkeepingClient, kind: str, **params: str) -> dict[str, Decimal]:
    """The balances of a report by account number; rows that come to nothing are left out."""
    rows = books.get("reports", type=kind, **(params or JANUARY)).json()
    return {row["number"]: Decimal(str(row["balance"])) for row in rows if row["balance"]}


def opening(*balances: tuple[str, Any, Any]) -> list[dict[str, Any]]:
    return [
        {"account_number": number, "account_name": "", "debit": debit, "credit": credit}
        for number, debit, credit in balances
    ]


def book_january(anna: BookkeepingClient) -> str:
    """Everything that happens in January; return the intent of the bank's fee, which was a mistake."""
    booked(anna, "2026-01-05", "Paper", ("6815:VST19", 119, 0), ("1800", 0, 119))
    booked(anna, "2026-01-07", "Flowers to sell", ("5300:VST7", 53.50, 0), ("1800", 0, 53.50))
    booked(anna, "2026-01-09", "Invoice 1001", ("1200", 2_380, 0), ("4400:UST19", 0, 2_380))
    # § 13b UStG: 500.00 net, 95.00 of tax owed and deducted. Intra-Community purchase: 1,000.00 and 190.00.
    booked(anna, "2026-01-12", "Programmer in Vienna", ("6300:VST-13B19", 500, 0), ("3300", 0, 500))
    booked(anna, "2026-01-14", "Vases from Delft", ("5425:VST-IGE19", 1_000, 0), ("3300", 0, 1_000))
    # The customer keeps 2 % of 5,950.00: 119.00, of which 100.00 lessen the revenue and 19.00 the tax.
    booked(
        *(anna, "2026-01-16", "Old invoice less 2 %"),
        *(("1800", 5_831, 0), ("4730", 100, 0), ("3806", 19, 0), ("1200", 0, 5_950)),
    )
    # We keep 2 % of 11,900.00: 238.00, of which 200.00 lessen the purchase and 38.00 the input tax.
    booked(
        *(anna, "2026-01-20", "Supplier less 2 %"),
        *(("3300", 11_900, 0), ("1800", 0, 11_662), ("5730", 0, 200), ("1406", 0, 38)),
    )
    booked(anna, "2026-01-23", "Rent", ("6310", 1_000, 0), ("1800", 0, 1_000))
    booked(anna, "2026-01-31", "Depreciation", ("6220", 150, 0), ("0650", 0, 150))
    return booked(anna, "2026-01-26", "Fee", ("6855", 15, 0), ("1800", 0, 15))


# Bank: 30,000.00 − 119.00 − 53.50 + 5,831.00 − 11,662.00 − 1,000.00 − 15.00 + 15.00 = 22,996.50.
# Input tax 19 %: 19.00 − 38.00 = −19.00. Output tax 19 %: 380.00 − 19.00 = 361.00.
# Payables: 11,900.00 + 500.00 + 1,000.00 − 11,900.00 = 1,500.00.
BALANCES = {
    "0650": "3900",
    "1200": "2380",
    "1401": "3.50",
    "1404": "190",
    "1406": "-19",
    "1407": "95",
    "1800": "22996.50",
    "2900": "-25000",
    "2970": "-3100",
    "3300": "-1500",
    "3804": "-190",
    "3806": "-361",
    "3837": "-95",
    "4400": "-2000",
    "4730": "100",
    "5300": "50",
    "5425": "1000",
    "5730": "-200",
    "6220": "150",
    "6300": "500",
    "6310": "1000",
    "6815": "100",
}
EXPECTED = {number: Decimal(balance) for number, balance in BALANCES.items()}


def test_january_of_a_german_company() -> None:
    company = make_company(chart="skr04", currency="EUR", country="DE")
    anna, ben = (
        signed_in(make_member(company, role=Role.BOOKKEEPER, email=f"{name}@example.com", password=PASSWORD))
        for name in ("anna", "ben")
    )
    balances = opening(
        *(("1800", 30_000, 0), ("1200", 5_950, 0), ("0650", 4_050, 0)),
        *(("2900", 0, 25_000), ("2970", 0, 3_100), ("3300", 0, 11_900)),
    )
    opened = anna.post("bookings/opening-balances", {"booking_date": "2026-01-01", "balances": balances})
    assert (opened.json()["total_debit"], opened.json()["event_count"]) == (40_000.0, 6)

    fee = book_january(anna)
    before = report(anna, "susa")
    assert before == EXPECTED | {"6855": Decimal(15), "1800": Decimal("22981.50")}
    undone = anna.post("journal/reverse", {"intent_id": fee, "reason": "Twice", "posting_mode": "original_period"})
    assert undone.status_code == 200

    close_january(anna, ben)

    assert report(anna, "susa") == EXPECTED
    # Revenue 2,000.00 − 100.00; expenses 50 + 1,000 − 200 + 150 + 500 + 1,000 + 100 = 2,600.00: a loss of 700.00.
    profit_and_loss = report(anna, "guv")
    assert profit_and_loss == {
        "4400": Decimal(2000),
        "4730": Decimal(-100),
        **{number: balance for number, balance in EXPECTED.items() if number[0] in "56"},
    }
    # Assets 29,546.00 = 2,146.00 of liabilities and 28,100.00 of equity less the loss.
    rows = anna.get("reports", type="bilanz", endDate="2026-01-31").json()
    sums = {
        kind: sum(Decimal(str(row["balance"])) for row in rows if row["type"] == kind)
        for kind in ("asset", "liability", "equity")
    }
    assert sums == {"asset": Decimal(29_546), "liability": Decimal(2_146), "equity": Decimal(27_400)}
    [result] = [row["balance"] for row in rows if row["name"] == "Periodenergebnis"]
    assert result == -700.0
    assert "9000" not in {row["number"] for row in rows}

    agrees_with_the_other_contract(anna)


def close_january(anna: BookkeepingClient, ben: BookkeepingClient) -> None:
    """First for new bookings, then for good by a second person; corrections go into February from then on."""
    with time_machine.travel("2026-02-10T09:00:00Z"):
        assert anna.post("periods/2026-01/soft-lock").json()["status"] == "soft_locked"
        refused = anna.book(("6815", 1, 0), ("1800", 0, 1), on="2026-01-30")
        assert (refused.status_code, refused.json()["code"]) == (400, "PERIOD_LOCKED")

        request_id = anna.post("periods/2026-01/lock").json()["request_id"]
        assert anna.post(f"periods/2026-01/lock/{request_id}/approve").status_code == 403
        locked = ben.post(f"periods/2026-01/lock/{request_id}/approve").json()
        assert (locked["status"], locked["locked_by"], locked["approved_by"]) == (
            "locked",
            "anna@example.com",
            "ben@example.com",
        )
        assert anna.post("periods/2026-01/reopen").json()["code"] == "PERIOD_IRREVERSIBLE"

        [rent] = anna.get("journal", search="Rent").json()["entries"]
        for mode, status in (("original_period", 400), ("current_period", 200)):
            body = {"intent_id": rent["intent_id"], "posting_mode": mode}
            assert anna.post("journal/reverse", body).status_code == status


def agrees_with_the_other_contract(books: BookkeepingClient) -> None:
    """The Backfill reports of the same company tell the same figures."""
    api = backfill_of(books.company)
    until = {"as_of_date": "2026-01-31"}
    trial_balance = api.get("/v1/reports/trial_balance", **until).json()["data"]
    rows = [row for section in trial_balance["sections"] for row in section["rows"]]
    assert {row["code"]: Decimal(row["balance"]) for row in rows if Decimal(row["balance"])} == EXPECTED
    # On the debit side 29,565.00 of assets (1406 stands on the other), 2,800.00 of expenses (5730 too) and 100.00.
    assert trial_balance["totals"]["debit"] == trial_balance["totals"]["credit"] == "32465.00"

    january = {"start_date": "2026-01-01", "end_date": "2026-01-31"}
    income = api.get("/v1/reports/income_statement", **january).json()["data"]
    assert income["totals"]["net_income"]["amount"] == "-700.00"

    totals = api.get("/v1/reports/balance_sheet", **until).json()["data"]["totals"]
    assert (totals["assets"]["amount"], totals["liabilities_and_equity"]["amount"]) == ("29546.00", "29546.00")

    accounts = api.get("/v1/accounts", limit=200, type="expense", **until).json()["data"]
    assert {
        row["data"]["code"]: Decimal(row["data"]["balance"]) for row in accounts if Decimal(row["data"]["balance"])
    } == {number: balance for number, balance in EXPECTED.items() if number[0] in "56"}
