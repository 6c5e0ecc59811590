"""A month of an American company through the Backfill contract, from opening balances to the reports."""

from typing import Any

import pytest

from backfill.tenancy.models import Role
from tests.factories import actor_of, make_company, make_member
from tests.ledger.api.conftest import ApiClient
from tests.scenarios.http.clients import backfill_of

pytestmark = pytest.mark.django_db

SCOPES = ("finance:write", "periods:write")


def entry(api: ApiClient, on: str, *lines: tuple[str, str], **header: Any) -> dict[str, Any]:
    """Create an entry of (account code, amount) lines, debit positive, and return its record."""
    body = {
        "entry_date": on,
        "lines": [
            {
                "account_id": api.account(code),
                ("credit_amount" if amount.startswith("-") else "debit_amount"): amount.removeprefix("-"),
            }
            for code, amount in lines
        ],
        **header,
    }
    response = api.post("/v1/journal_entries", body)
    assert response.status_code == 201, response.content
    record: dict[str, Any] = response.json()
    return record


def posted(api: ApiClient, on: str, *lines: tuple[str, str], **header: Any) -> str:
    return str(entry(api, on, *lines, status="posted", **header)["id"])


def balances_in(report: Any) -> dict[str, str]:
    """The balance of every account that a trial balance shows, debits less credits."""
    found: dict[str, str] = {}
    for section in report["sections"]:
        found |= {row["code"]: row["balance"] for row in section["rows"] if row["code"]}
    return found


def test_january_of_an_american_company() -> None:
    company = make_company()
    anna, ben = (actor_of(make_member(company, role=Role.ADMIN)) for _ in range(2))
    api, second = backfill_of(company, actor=anna, scopes=SCOPES), backfill_of(company, actor=ben, scopes=SCOPES)

    # What the company brings along: 25,000.00 on either side.
    posted(
        api,
        "2026-01-01",
        *(("1000", "20000.00"), ("1200", "5000.00"), ("2000", "-3000.00"), ("3000", "-22000.00")),
        memo="Opening balances",
    )

    # The rent is drafted, its amount corrected, and confirmed.
    rent = entry(api, "2026-01-03", ("6320", "1400.00"), ("1000", "-1400.00"), memo="Rent")
    lines = [
        {"account_id": api.account("6320"), "debit_amount": "1500.00"},
        {"account_id": api.account("1000"), "credit_amount": "1500.00"},
    ]
    assert api.put(f"/v1/journal_entries/{rent['id']}", {"lines": lines}).status_code == 200
    confirmed = api.post(f"/v1/journal_entries/{rent['id']}/confirm").json()["data"]
    assert (confirmed["status"], confirmed["entry_number"]) == ("posted", "2026-000002")

    # A sale of 2,000.00 with 8.25 % sales tax (165.00) in cash, and the goods that left the store.
    posted(api, "2026-01-08", ("1000", "2165.00"), ("4000", "-2000.00"), ("2200", "-165.00"))
    posted(api, "2026-01-08", ("5000", "1200.00"), ("1200", "-1200.00"))

    # The supplier is paid; hosting of 100.00 euros costs 108.50 at 1.085 dollars each.
    posted(api, "2026-01-15", ("2000", "3000.00"), ("1000", "-3000.00"))
    posted(api, "2026-01-20", ("6340", "100.00"), ("1000", "-100.00"), currency="EUR", exchange_rate="1.085")

    # A lunch that nobody had, taken back on its own date.
    lunch = posted(api, "2026-01-22", ("6290", "45.00"), ("1000", "-45.00"))
    reversed_ = api.post(f"/v1/journal_entries/{lunch}/reverse", {"reason": "Nobody ate"}).json()["data"]
    reversal = api.get(f"/v1/journal_entries/{reversed_['reversed_by_entry_id']}").json()["data"]
    assert (reversed_["status"], reversal["entry_date"]) == ("reversed", "2026-01-22")

    posted(api, "2026-01-31", ("6100", "250.00"), ("1590", "-250.00"))

    # January is closed by two people. The bill for electricity comes too late and counts in February.
    request_id = api.post("/v1/periods/2026-01/lock").json()["request_id"]
    assert api.post(f"/v1/periods/2026-01/lock/{request_id}/approve").status_code == 403
    assert second.post(f"/v1/periods/2026-01/lock/{request_id}/approve").json()["status"] == "locked"
    late = [
        {"account_id": api.account("6380"), "debit_amount": "80.00"},
        {"account_id": api.account("2000"), "credit_amount": "80.00"},
    ]
    refused = api.post("/v1/journal_entries", {"entry_date": "2026-01-30", "status": "posted", "lines": late})
    assert (refused.status_code, refused.json()["code"]) == (409, "PERIOD_LOCKED")
    assert refused.json()["details"]["locked_through"] == "2026-01-31"
    posted(api, "2026-02-01", ("6380", "80.00"), ("2000", "-80.00"))

    # Cash: 20,000.00 − 1,500.00 + 2,165.00 − 3,000.00 − 108.50 − 45.00 + 45.00 = 17,556.50.
    # Debits: 17,556.50 + 3,800.00 + 1,200.00 + 250.00 + 1,500.00 + 108.50 = 24,415.00.
    # Credits: 250.00 + 165.00 + 22,000.00 + 2,000.00 = 24,415.00.
    trial_balance = api.get("/v1/reports/trial_balance", as_of_date="2026-01-31").json()["data"]
    assert {code: balance for code, balance in balances_in(trial_balance).items() if balance != "0.00"} == {
        "1000": "17556.50",
        "1200": "3800.00",
        "1590": "-250.00",
        "2200": "-165.00",
        "3000": "-22000.00",
        "4000": "-2000.00",
        "5000": "1200.00",
        "6100": "250.00",
        "6320": "1500.00",
        "6340": "108.50",
    }
    assert trial_balance["totals"]["debit"] == trial_balance["totals"]["credit"] == "24415.00"

    # 2,000.00 − 1,200.00 = 800.00 gross profit; less 250.00 + 1,500.00 + 108.50 it is a loss of 1,058.50.
    income = api.get("/v1/reports/income_statement", start_date="2026-01-01", end_date="2026-01-31").json()["data"]
    assert income["totals"]["net_income"]["amount"] == "-1058.50"
    assert {one["key"]: one["amount"] for one in income["subtotals"]}["gross_profit"] == "800.00"

    # Assets: 17,556.50 + 3,800.00 − 250.00 = 21,106.50 = 165.00 + 22,000.00 − 1,058.50.
    sheet = api.get("/v1/reports/balance_sheet", as_of_date="2026-01-31").json()["data"]
    assert sheet["totals"]["assets"]["amount"] == "21106.50"
    assert sheet["totals"]["liabilities_and_equity"]["amount"] == "21106.50"
    assert sheet["totals"]["difference"]["amount"] == "0.00"

    # The list of accounts tells the same, and February knows of the electricity.
    listed = {
        row["data"]["code"]: row["data"]["balance"]
        for row in api.get("/v1/accounts", as_of_date="2026-01-31", limit=200).json()["data"]
    }
    assert (listed["1000"], listed["2000"], listed["2200"]) == ("17556.50", "0.00", "165.00")
    february = api.get(f"/v1/accounts/{api.account('2000')}", as_of_date="2026-02-01").json()["data"]
    assert february["balance"] == "80.00"
