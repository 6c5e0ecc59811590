"""What the API is sent by mistake or on purpose: each a clear error with its field, nothing written, never a 500.

One table per contract. `{cash}`, `{sales}` and `{theirs}` in a body stand for ids of accounts; bytes are sent as they
are.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from backfill.files.models import StoredFile
from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.models import Account, Activity, JournalEntry, JournalLine, Period, TaxCode
from ledger.periods.calendar import soft_lock
from tests.factories import make_api_key, make_company

pytestmark = pytest.mark.django_db

WRITTEN = (JournalEntry, JournalLine, Account, Activity, Period, TaxCode, StoredFile)


@dataclass
class World:
    """A company in the language of one contract, and another company beside it."""

    company: Company
    client: Client
    accounts: dict[str, str]

    def send(self, path: str, body: Any, *, method: str = "post", content_type: str = "application/json") -> Any:
        content = body if isinstance(body, bytes) else self._filled(json.dumps(body)).encode()
        return self.client.generic(method.upper(), f"/v1/{self._filled(path)}", content, content_type=content_type)

    def _filled(self, text: str) -> str:
        for name, account_id in self.accounts.items():
            text = text.replace(f"{{{name}}}", account_id)
        return text


def world(contract: str) -> World:
    german = {"chart": "skr04", "currency": "EUR", "country": "DE"}
    company, other = (make_company(**(german if contract == "books" else {})) for _ in range(2))
    codes = ("1800", "4400") if contract == "books" else ("1000", "4000")
    cash, sales = (str(company.accounts.get(code=code).pk) for code in codes)
    theirs = str(Account.objects.create(company=other, name="Theirs", code="77777", type="asset").pk)
    Account.objects.create(company=company, name="Out of use", code="88888", type="asset", is_active=False)
    soft_lock(company=company, name="2026-01", actor=system_actor())
    scopes = ("finance:write", "perioden:read")
    token = make_api_key(company, contract=contract, scopes=scopes).token
    client = Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)
    inactive = str(company.accounts.get(code="88888").pk)
    return World(company, client, {"cash": cash, "sales": sales, "theirs": theirs, "inactive": inactive})


@pytest.fixture
def backfill(db: None) -> World:
    return world("backfill")


@pytest.fixture
def books(db: None) -> World:
    return world("books")


def assert_refused(response: Any, status: int, code: str, field: str | None) -> None:
    body = response.json()
    assert (response.status_code, body["code"]) == (status, code), body
    assert body["status"] == "error"
    assert len(body["message"]) > 10
    assert body["request_id"] == response["X-Request-Id"]
    if field is not None:
        assert body["errors"][0]["field"] == field, body
        assert body["errors"][0]["message"]


def rows() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in WRITTEN}


def line(account: str, debit: Any = None, credit: Any = None, **more: Any) -> dict[str, Any]:
    sides = {"debit_amount": debit, "credit_amount": credit}
    return {"account_id": account, **{name: value for name, value in sides.items() if value is not None}, **more}


def entry(*lines: dict[str, Any], **header: Any) -> dict[str, Any]:
    lines = lines or (line("{cash}", "1.00"), line("{sales}", credit="1.00"))
    return {"entry_date": "2026-05-05", "status": "posted", "lines": list(lines), **header}


def nested(depth: int) -> Any:
    return {"deeper": nested(depth - 1)} if depth else 1


SALE = line("{sales}", credit="1.00")

# body of POST /v1/journal_entries, status, code, field
BACKFILL_ENTRIES: dict[str, tuple[Any, int, str, str | None]] = {
    "unbalanced": (entry(line("{cash}", "2.00"), SALE), 422, "UNBALANCED_ENTRY", "lines"),
    "one-sided": (entry(SALE), 422, "INVALID_LINE", "lines"),
    "without lines": (entry(lines=[]), 422, "INVALID_LINE", "lines"),
    "both sides": (entry(line("{cash}", "1.00", "1.00"), SALE), 422, "VALIDATION_ERROR", "lines[0].debit_amount"),
    "no side": (entry(line("{cash}"), SALE), 422, "INVALID_LINE", "lines[0].debit_amount"),
    "zero": (entry(line("{cash}", "0.00"), line("{sales}", credit="0")), 422, "INVALID_LINE", "lines[0].debit_amount"),
    "negative": (entry(line("{cash}", "-1.00"), SALE), 422, "VALIDATION_ERROR", "lines[0].debit_amount"),
    "over-precise": (
        entry(line("{cash}", "1.001"), line("{sales}", credit="1.001")),
        *(422, "INVALID_LINE", "lines[0].debit_amount"),
    ),
    "over-precise yen": (
        entry(line("{cash}", "1"), line("{sales}", credit="1.5"), currency="JPY", exchange_rate="0.01"),
        *(422, "INVALID_LINE", "lines[1].credit_amount"),
    ),
    "too large": (entry(line("{cash}", "1" * 15), SALE), 422, "VALIDATION_ERROR", "lines[0].debit_amount"),
    "1e400": (
        b'{"entry_date":"2026-05-05","lines":[{"account_id":"x","debit_amount":1e400}]}',
        422,
        "VALIDATION_ERROR",
        None,
    ),
    "1e-400": (b'{"entry_date":"2026-05-05","debit_amount":1e-400}', 422, "VALIDATION_ERROR", "debit_amount"),
    "a float's digits": (
        b'{"entry_date":"2026-05-05","debit_amount":0.1000000000000000055511151231257827}',
        *(422, "VALIDATION_ERROR", "debit_amount"),
    ),
    "amount as true": (entry(line("{cash}", True), SALE), 422, "VALIDATION_ERROR", "lines[0].debit_amount"),
    "amount as words": (entry(line("{cash}", "one"), SALE), 422, "VALIDATION_ERROR", "lines[0].debit_amount"),
    "amount with a comma": (entry(line("{cash}", "1,00"), SALE), 422, "VALIDATION_ERROR", "lines[0].debit_amount"),
    "another company's account": (
        entry(line("{theirs}", "1.00"), SALE),
        422,
        "ACCOUNT_NOT_FOUND",
        "lines[0].account_id",
    ),
    "inactive account": (entry(line("{inactive}", "1.00"), SALE), 422, "ACCOUNT_INACTIVE", "lines[0].account_id"),
    "account by code": (entry(line("1000", "1.00"), SALE), 422, "VALIDATION_ERROR", "lines[0].account_id"),
    "unknown code in the flat form": (
        {"entry_date": "2026-05-05", "account_code": "none", "debit_amount": "1"},
        *(422, "ACCOUNT_NOT_FOUND", "account_code"),
    ),
    "both forms": (entry(account_code="1000"), 422, "VALIDATION_ERROR", "account_code"),
    "locked period": (entry(entry_date="2026-01-05"), 409, "PERIOD_LOCKED", "entry_date"),
    "unknown tax code": (
        entry(line("{cash}", "1.00", tax_code="NONE"), SALE),
        *(422, "INVALID_TAX_CODE", "lines[0].tax_code"),
    ),
    "30 February": (entry(entry_date="2026-02-30"), 422, "VALIDATION_ERROR", "entry_date"),
    "a date with a time": (entry(entry_date="2026-05-05T00:00:00Z"), 422, "VALIDATION_ERROR", "entry_date"),
    "the year 1": (entry(entry_date="0001-01-01"), 422, "VALIDATION_ERROR", "entry_date"),
    "a date as a number": (entry(entry_date=20260505), 422, "VALIDATION_ERROR", "entry_date"),
    "no date": ({"memo": "x"}, 422, "VALIDATION_ERROR", "entry_date"),
    "month 13": (entry(posting_period="2026-13"), 422, "VALIDATION_ERROR", "posting_period"),
    "another month": (entry(posting_period="2026-06"), 422, "INVALID_PERIOD", "posting_period"),
    "period 13 in May": (entry(posting_period="2026-P13"), 422, "INVALID_PERIOD", "posting_period"),
    "unknown currency": (entry(currency="XXQ"), 422, "INVALID_CURRENCY", "currency"),
    "no exchange rate": (entry(currency="EUR"), 422, "EXCHANGE_RATE_MISSING", None),
    "rate of zero": (entry(currency="EUR", exchange_rate="0"), 422, "VALIDATION_ERROR", "exchange_rate"),
    "unknown status": (entry(status="reversed"), 422, "VALIDATION_ERROR", "status"),
    "contradicting states": (entry(approval_status="pending_approval"), 422, "VALIDATION_ERROR", "approval_status"),
    "reverses nothing": (
        entry(reverses_entry_id="00000000-0000-7000-8000-000000000000"),
        *(422, "REFERENCE_NOT_FOUND", "reverses_entry_id"),
    ),
    "unknown field": (entry(colour="red"), 422, "VALIDATION_ERROR", "colour"),
    "unknown field of a line": (
        entry(line("{cash}", "1.00", colour=1), SALE),
        422,
        "VALIDATION_ERROR",
        "lines[0].colour",
    ),
    "NUL": (entry(memo="a\u0000b"), 422, "VALIDATION_ERROR", "memo"),
    "half a surrogate pair": (entry(memo="a\ud800b"), 422, "VALIDATION_ERROR", "memo"),
    "long memo": (entry(memo="x" * 501), 422, "VALIDATION_ERROR", "memo"),
    "memo as a number": (entry(memo=5), 422, "VALIDATION_ERROR", "memo"),
    "metadata as text": (entry(metadata="x"), 422, "VALIDATION_ERROR", "metadata"),
    "metadata too deep": (entry(metadata=nested(6)), 422, "VALIDATION_ERROR", "metadata"),
    "metadata too wide": (entry(metadata={str(n): n for n in range(201)}), 422, "VALIDATION_ERROR", "metadata"),
    "metadata too large": (entry(metadata={"x": "y" * 20_000}), 422, "VALIDATION_ERROR", "metadata"),
    "metadata with a huge number": (entry(metadata={"x": 10**30}), 422, "VALIDATION_ERROR", "metadata"),
    "nested without end": (entry(metadata=nested(30)), 400, "MALFORMED_BODY", None),
    "lines as an object": (entry(lines={"0": 1}), 422, "VALIDATION_ERROR", "lines"),
    "lines of text": (entry(lines=["x"]), 422, "VALIDATION_ERROR", "lines[0]"),
    "100,000 lines": (entry(lines=[{}] * 100_000), 422, "VALIDATION_ERROR", "lines"),
    "a list": ([], 422, "VALIDATION_ERROR", None),
    "nothing": (b"", 422, "VALIDATION_ERROR", "entry_date"),
    "no JSON": (b"{entry}", 400, "MALFORMED_BODY", None),
    "NaN": (b'{"entry_date": NaN}', 400, "MALFORMED_BODY", None),
    "Infinity": (b'{"debit_amount": -Infinity}', 400, "MALFORMED_BODY", None),
    "a number of a thousand digits": (b'{"debit_amount": ' + b"1" * 1_000 + b"}", 400, "MALFORMED_BODY", None),
    "invalid UTF-8": (b'{"memo": "\xff\xfe"}', 400, "MALFORMED_BODY", None),
    "Latin-1": ('{"memo": "Büro"}'.encode("latin-1"), 400, "MALFORMED_BODY", None),
    "a raw NUL": (b'{"memo": "a\x00b"}', 400, "MALFORMED_BODY", None),
    "a name twice": (b'{"memo": "a", "memo": "b"}', 422, "VALIDATION_ERROR", "memo"),
    "10 MB": (b'{"memo": "' + b"x" * 10_000_000 + b'"}', 413, "BODY_TOO_LARGE", None),
}


def test_refuses_a_journal_entry(backfill: World, subtests: pytest.Subtests) -> None:
    before = rows()
    for name, (body, status, code, field) in BACKFILL_ENTRIES.items():
        with subtests.test(name):
            assert_refused(backfill.send("journal_entries", body), status, code, field)
            assert rows() == before


def booking(*lines: tuple[str, Any, Any], **more: Any) -> dict[str, Any]:
    lines = lines or (("1800", 1, 0), ("4400", 0, 1))
    return {
        "booking_date": "2026-05-05",
        "description": "Sale",
        "lines": [_booked(*one) for one in lines],
        **more,
    }


def _booked(account: str, debit: Any, credit: Any) -> dict[str, Any]:
    number, _, tax_code = account.partition(":")
    return {"account_number": number, "debit": debit, "credit": credit, **({"tax_code": tax_code} if tax_code else {})}


MANY_ZEROS = b"""{"booking_date": "2026-05-05", "description": "x",
    "lines": [{"account_number": "1800", "debit": 1e400, "credit": 0},
              {"account_number": "4400", "debit": 0, "credit": 1}]}
"""
MANY_LINES = b'{"booking_date":"2026-05-05","description":"x","lines":[' + b"{}," * 99_999 + b"{}]}"

# body of POST /v1/bookings, code, field; the status is 400
BOOKS_BOOKINGS: dict[str, tuple[Any, str, str | None]] = {
    "unbalanced": (booking(("1800", 2, 0), ("4400", 0, 1)), "BALANCE_MISMATCH", "lines"),
    "one-sided": (booking(("1800", 1, 0)), "INVALID_INPUT", "lines"),
    "zero": (booking(("1800", 0, 0), ("4400", 0, 0)), "INVALID_INPUT", "lines[0].debit"),
    "negative": (booking(("1800", -1, 0), ("4400", 0, -1)), "INVALID_INPUT", "lines[0].debit"),
    "over-precise": (booking(("1800", 1.001, 0), ("4400", 0, 1.001)), "INVALID_INPUT", "lines[0].debit"),
    "amount as text": (booking(("1800", "1", 0), ("4400", 0, 1)), "INVALID_INPUT", "lines[0].debit"),
    "another company's account": (
        booking(("77777", 1, 0), ("4400", 0, 1)),
        "ACCOUNT_NOT_FOUND",
        "lines[0].account_number",
    ),
    "inactive account": (booking(("88888", 1, 0), ("4400", 0, 1)), "ACCOUNT_NOT_FOUND", "lines[0].account_number"),
    "account by id": (booking(("{cash}", 1, 0), ("4400", 0, 1)), "INVALID_INPUT", "lines[0].account_number"),
    "locked period": (booking(booking_date="2026-01-05"), "PERIOD_LOCKED", "booking_date"),
    "unknown tax code": (booking(("1800:NONE", 1, 0), ("4400", 0, 1)), "INVALID_TAX_CODE", "lines[0].tax_code"),
    "30 February": (booking(booking_date="2026-02-30"), "INVALID_INPUT", "booking_date"),
    "NUL": (booking(description="a\u0000b"), "INVALID_INPUT", "description"),
    "half a surrogate pair": (booking(external_reference="\udfff"), "INVALID_INPUT", "external_reference"),
    "nested metadata": (booking(custom_metadata={"a": {"b": 1}}), "INVALID_INPUT", "custom_metadata"),
    "metadata with a huge number": (booking(custom_metadata={"a": 10**30}), "INVALID_INPUT", "custom_metadata"),
    "period 12": (booking(adjustment_period=12), "INVALID_INPUT", "adjustment_period"),
    "period as text": (booking(adjustment_period="thirteen"), "INVALID_INPUT", "adjustment_period"),
    "lines as text": (booking(lines="x"), "INVALID_INPUT", "lines"),
    "100,000 lines": (MANY_LINES, "INVALID_INPUT", "lines"),
    "a list": ([], "INVALID_INPUT", None),
    "nothing": (b"", "INVALID_INPUT", "booking_date"),
    "NaN": (b'{"lines": [{"debit": NaN}]}', "INVALID_INPUT", None),
    "1e400": (MANY_ZEROS, "INVALID_INPUT", "lines[0].debit"),
    "invalid UTF-8": (b'{"description": "\xff"}', "INVALID_INPUT", None),
}


def test_refuses_a_booking(books: World, subtests: pytest.Subtests) -> None:
    before = rows()
    for name, (body, code, field) in BOOKS_BOOKINGS.items():
        with subtests.test(name):
            assert_refused(books.send("bookings", body), 400, code, field)
            assert rows() == before


def test_refuses_ten_megabytes_in_the_bookkeeping_contract_too(books: World) -> None:
    assert_refused(books.send("bookings", b"[" + b"1," * 5_000_000 + b"1]"), 413, "BODY_TOO_LARGE", None)


ACCOUNTS: tuple[tuple[Any, str, str], ...] = (
    ({"name": "Own parent", "type": "asset", "parent_name": "Own parent"}, "ACCOUNT_NOT_FOUND", "parent_name"),
    ({"name": "X", "type": "asset", "parent_name": "Theirs"}, "ACCOUNT_NOT_FOUND", "parent_name"),
    ({"name": "X", "type": "expense", "parent_name": "Cash"}, "VALIDATION_ERROR", "parent_name"),
    ({"name": "X", "type": "asset", "code": "x" * 21}, "VALIDATION_ERROR", "code"),
    ({"name": "X", "type": "asset", "code": "10 00"}, "VALIDATION_ERROR", "code"),
    ({"name": "   ", "type": "asset"}, "VALIDATION_ERROR", "name"),
    ({"name": "X", "type": ["asset"]}, "VALIDATION_ERROR", "type"),
    ({"name": "X", "type": "asset", "active": "yes"}, "VALIDATION_ERROR", "active"),
)


def test_refuses_an_account(backfill: World, subtests: pytest.Subtests) -> None:
    before = rows()
    for body, code, field in ACCOUNTS:
        with subtests.test(str(body)):
            assert_refused(backfill.send("accounts", body), 422, code, field)
            assert rows() == before


def test_refuses_a_circle_of_parents(backfill: World) -> None:
    def account(name: str, **more: str) -> Any:
        body = {"name": name, "type": "asset", "source_system": "erp", "source_id": name, **more}
        return backfill.send("accounts", body)

    above = account("Above").json()["id"]
    account("Below", parent_name="Above")
    before = rows()

    assert_refused(account("Above", parent_name="Below"), 422, "VALIDATION_ERROR", "parent_name")
    assert_refused(account("Above", parent_name="Above"), 422, "VALIDATION_ERROR", "parent_name")

    assert rows() == before
    assert Account.objects.get(pk=above).parent is None


READS: tuple[tuple[str, str, int, str, str | None], ...] = (
    ("backfill", "accounts?as_of_date=2026-02-30", 422, "VALIDATION_ERROR", "as_of_date"),
    ("backfill", "accounts?page=0", 422, "VALIDATION_ERROR", "page"),
    ("backfill", "accounts?limit=201", 422, "VALIDATION_ERROR", "limit"),
    ("backfill", "accounts?limit=10&limit=20", 422, "VALIDATION_ERROR", "limit"),
    ("backfill", "accounts?sort=secret", 422, "VALIDATION_ERROR", "sort"),
    ("backfill", "accounts?offset=1", 422, "VALIDATION_ERROR", "offset"),
    ("backfill", "accounts?type=%00", 422, "VALIDATION_ERROR", "type"),
    ("backfill", "accounts/nonsense", 404, "NOT_FOUND", None),
    ("backfill", "accounts/%00", 404, "NOT_FOUND", None),
    ("backfill", "accounts/{theirs}", 404, "NOT_FOUND", None),
    ("backfill", "journal_entries?memo=%00", 422, "VALIDATION_ERROR", "memo"),
    ("backfill", "journal_entries?account_id=x", 422, "VALIDATION_ERROR", "account_id"),
    ("backfill", "journal_entries?page=99999999999999999999", 422, "VALIDATION_ERROR", "page"),
    ("backfill", "journal_entries/%ff", 404, "NOT_FOUND", None),
    ("books", "accounts?limit=0", 400, "INVALID_INPUT", "limit"),
    ("books", "accounts?offset=9999999999999999999", 400, "INVALID_INPUT", "offset"),
    ("books", "accounts/search?q=%00", 400, "INVALID_INPUT", "q"),
    ("books", "accounts/%00/entries", 404, "NOT_FOUND", None),
    ("books", "journal?search=%00", 400, "INVALID_INPUT", "search"),
    ("books", "journal?account=%00", 400, "INVALID_INPUT", "account"),
    ("books", "journal?startDate=2026-02-30", 400, "INVALID_INPUT", "startDate"),
    ("books", "journal/%00", 400, "INVALID_INPUT", "intent_id"),
    ("books", "periods/%00/lock/status", 400, "INVALID_INPUT", "period"),
)


def test_refuses_to_read(backfill: World, books: World, subtests: pytest.Subtests) -> None:
    worlds = {"backfill": backfill, "books": books}
    for contract, path, status, code, field in READS:
        with subtests.test(path):
            assert_refused(worlds[contract].send(path, b"", method="get"), status, code, field)


FILES: tuple[tuple[str, bytes, str, str], ...] = (
    ("a program", b"MZ\x90\x00" + b"\x00" * 60, "application/pdf", "MIME_MISMATCH"),
    ("a web page", b"<html><script>alert(1)</script></html>", "image/png", "MIME_MISMATCH"),
    ("a PNG as PDF", b"\x89PNG\r\n\x1a\n" + b"\x00" * 32, "application/pdf", "MIME_MISMATCH"),
    ("text", b"just text", "text/plain", "INVALID_FILE_TYPE"),
    ("nothing", b"", "application/pdf", "EMPTY_FILE"),
)


@pytest.mark.parametrize("contract", ["backfill", "books"])
def test_refuses_files_that_are_not_what_they_say(contract: str, subtests: pytest.Subtests) -> None:
    client = world(contract).client
    for name, content, declared, code in FILES:
        with subtests.test(name):
            file = SimpleUploadedFile(f"{name}.pdf", content, declared)
            assert_refused(client.post("/v1/documents", {"file": file}), 400, code, "file")
            assert StoredFile.objects.count() == 0


def test_refuses_other_media_types(backfill: World) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
        response = backfill.send("journal_entries", b"entry_date=2026-05-05", content_type=content_type)
        assert_refused(response, 415, "UNSUPPORTED_MEDIA_TYPE", None)


class TestExactNumbers:
    """What looks dangerous and is right: JSON numbers keep their digits."""

    @pytest.mark.parametrize("number", [b"0.1", b"0.10", b"1e-1", b'"0.1"'])
    def test_reads_a_tenth_as_a_tenth(self, backfill: World, number: bytes) -> None:
        body = b'{"entry_date": "2026-05-05", "status": "posted", "lines": [%s, %s]}' % (
            b'{"account_id": "{cash}", "debit_amount": %s}' % number,
            b'{"account_id": "{sales}", "credit_amount": %s}' % number,
        )
        for name, account_id in backfill.accounts.items():
            body = body.replace(b"{%s}" % name.encode(), account_id.encode())

        response = backfill.send("journal_entries", body)

        assert response.json()["data"]["debit_amount"] == "0.10", response.content

    def test_adds_tenths_exactly(self, books: World) -> None:
        response = books.send("bookings", booking(("1800", 0.1, 0), ("1600", 0.2, 0), ("4400", 0, 0.3)))

        assert response.status_code == 200, response.content


class TestSize:
    def test_refuses_a_hundred_thousand_lines_before_looking_at_them(self, backfill: World, books: World) -> None:
        for send in (
            lambda: backfill.send("journal_entries", entry(lines=[{}] * 100_000)),
            lambda: books.send("bookings", MANY_LINES),
        ):
            seconds, response = processor_time(send)
            assert response.status_code in {400, 422}
            assert "10000" in response.json()["message"]
            assert seconds < 2

    def test_posts_the_largest_entry_there_may_be(self, books: World) -> None:
        lines = [("1600", 1, 0)] * 9_999 + [("4400", 0, 9_999)]

        response = books.send("bookings", booking(*lines))

        assert response.json()["event_count"] == 9_999, response.content


def processor_time(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.process_time()
    result = work()
    return time.process_time() - started, result
