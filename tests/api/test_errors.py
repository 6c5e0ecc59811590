"""How failures are answered: one JSON body whatever went wrong, in the style of the contract."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import UnreadablePostError
from django.test import Client

from backfill.api import authentication, catalogue
from backfill.api.errors import flattened
from backfill.errors import DomainError
from backfill.tenancy.models import Company
from ledger.models import JournalEntry


def post(client: Client, path: str, body: bytes, **headers: str) -> Any:
    return client.generic("POST", path, body, content_type="application/json", headers=headers)


def test_answers_a_domain_error_with_code_field_and_details(client: Client) -> None:
    response = client.get("/v1/failure?how=domain")
    answer = response.json()
    assert response.status_code == 422
    assert answer.pop("request_id") == response["X-Request-Id"]
    assert answer == {
        "status": "error",
        "code": "VALIDATION_ERROR",
        "message": "Line 3 has no account.",
        "errors": [{"code": "VALIDATION_ERROR", "field": "lines[2].account_id", "message": "Line 3 has no account."}],
        "details": {"found": 3},
    }


def test_answers_a_bug_without_telling_more_than_the_request_id(client: Client) -> None:
    response = client.post("/v1/failure?how=bug", {}, content_type="application/json")
    assert response.status_code == 500
    assert response.json()["code"] == "INTERNAL_ERROR"
    assert response.json()["request_id"] == response["X-Request-Id"]
    assert b"ZeroDivisionError" not in response.content
    assert not JournalEntry.objects.exists()


def test_logs_a_bug_with_its_traceback(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.get("/v1/failure?how=bug", headers={"X-Request-Id": "find-me"})
    [record] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert isinstance(record.msg, dict)
    assert record.msg["request_id"] == "find-me"
    assert "ZeroDivisionError" in str(record.msg["exception"])


@pytest.mark.parametrize(
    ("statement", "status", "code"),
    [
        ("DO $$BEGIN RAISE EXCEPTION 'it differs' USING ERRCODE = 'BF001'; END$$", 422, "UNBALANCED_ENTRY"),
        ("DO $$BEGIN RAISE EXCEPTION 'zero' USING ERRCODE = 'BF002'; END$$", 422, "INVALID_LINE"),
        ("DO $$BEGIN RAISE EXCEPTION 'posted' USING ERRCODE = 'BF003'; END$$", 409, "ENTRY_IMMUTABLE"),
        ("DO $$BEGIN RAISE EXCEPTION 'locked' USING ERRCODE = 'BF004'; END$$", 409, "PERIOD_LOCKED"),
        ("DO $$BEGIN RAISE EXCEPTION 'chain' USING ERRCODE = 'BF006'; END$$", 409, "CONFLICT"),
        ("DO $$BEGIN RAISE EXCEPTION 'no' ; END$$", 409, "CONFLICT"),
        ("DO $$BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END$$", 409, "CONCURRENT_UPDATE"),
        ("DO $$BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END$$", 409, "CONCURRENT_UPDATE"),
        ("DO $$BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '55P03'; END$$", 409, "CONCURRENT_UPDATE"),
        ("DO $$BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '23505'; END$$", 409, "ALREADY_EXISTS"),
        ("DO $$BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '23503'; END$$", 409, "REFERENCED_RECORD"),
        ("DO $$BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '23514'; END$$", 422, "VALIDATION_ERROR"),
        ("SELECT 1e30::numeric(4,2)", 422, "VALIDATION_ERROR"),
        ("SELECT '2026-02-30'::date", 422, "VALIDATION_ERROR"),
        ("UPDATE ledger_account SET company_id = gen_random_uuid()", 404, "NOT_FOUND"),
        ("INSERT INTO ledger_account SELECT * FROM ledger_account", 409, "ALREADY_EXISTS"),
        ("SELECT nothing()", 500, "INTERNAL_ERROR"),
        ("SELECT", 200, None),
    ],
)
def test_words_what_postgresql_refused(client: Client, statement: str, status: int, code: str | None) -> None:
    response = client.post(f"/v1/failure?how={statement}", {}, content_type="application/json")
    assert response.status_code == status, response.content
    assert response.json().get("code") == code


def test_says_what_a_guard_said(client: Client) -> None:
    statement = "DO $$BEGIN RAISE EXCEPTION 'journal entry 7 is posted' USING ERRCODE = 'BF003'; END$$"
    answer = client.post(f"/v1/failure?how={statement}", {}, content_type="application/json").json()
    assert answer["message"] == "Journal entry 7 is posted."


def test_tells_a_program_that_a_lost_race_may_be_retried(client: Client) -> None:
    statement = "DO $$BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END$$"
    response = client.post(f"/v1/failure?how={statement}", {}, content_type="application/json")
    assert response["Retry-After"] == "1"
    assert response.json()["details"] == {"retryable": True}


class TestOutsideOfViews:
    """What Django's machinery answers before or after a view, which would be HTML."""

    def test_answers_an_unknown_host_in_json(self, client: Client) -> None:
        response = client.get("/v1/notes", headers={"Host": "elsewhere.example"})
        assert response.status_code == 400
        assert response.json()["code"] == "MALFORMED_BODY"

    def test_answers_a_failure_of_middleware_in_json(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*args: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr("django.middleware.csrf.CsrfViewMiddleware.process_view", fail)
        response = client.get("/v1/notes")
        assert response.status_code == 500
        assert response.json()["code"] == "INTERNAL_ERROR"
        assert response.json()["request_id"] == response["X-Request-Id"]

    def test_answers_an_unreachable_database_in_json(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(token: str) -> None:
            raise OperationalError from psycopg.OperationalError("connection refused")

        monkeypatch.setattr(authentication, "credential_from_token", fail)
        response = client.get("/v1/notes")
        assert response.status_code == 503
        assert response.json()["code"] == "SERVICE_UNAVAILABLE"
        assert response["Backfill-Contract"] == "backfill"

    @pytest.mark.parametrize("failure", [UnreadablePostError, RequestDataTooBig])
    def test_answers_a_body_that_breaks_off(
        self, client: Client, monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
    ) -> None:
        def fail(*args: object) -> None:
            raise failure

        monkeypatch.setattr("backfill.api.parsers.parse_json", fail)
        response = post(client, "/v1/notes", b"{}")
        assert (response.status_code, response.json()["code"]) == (400, "MALFORMED_BODY")

    def test_leaves_other_pages_to_django(self, client: Client) -> None:
        response = client.get("/nowhere")
        assert response.status_code == 404
        assert response["Content-Type"].startswith("text/html")


class TestBooksStyle:
    def test_answers_400_with_the_contract_s_own_code(self, books_client: Client) -> None:
        response = books_client.get("/v1/slips?limit=501")
        assert response.status_code == 400
        assert response.json()["code"] == "INVALID_INPUT"
        assert response.json()["errors"][0]["field"] == "limit"

    @pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "offset=-1", "start_date=2026-01-01"])
    def test_does_not_clamp(self, books_client: Client, query: str) -> None:
        assert books_client.get(f"/v1/slips?{query}").status_code == 400

    def test_calls_a_path_that_is_no_uuid_invalid_input(self, books_client: Client) -> None:
        response = books_client.get("/v1/slips/42")
        assert response.status_code == 400
        assert response.json()["errors"] == [{"code": "INVALID", "field": "id", "message": "Must be a UUID."}]

    def test_ignores_unknown_members(self, books_client: Client) -> None:
        response = post(books_client, "/v1/slips", b'{"text": "a", "amount": 0.1, "colour": "red"}')
        assert response.status_code == 201
        assert response.content == b'{"text":"a","amount":0.10}'

    def test_reads_and_writes_numbers_without_a_float_in_between(self, books_client: Client) -> None:
        response = post(books_client, "/v1/slips", b'{"text": "a", "amount": 90071992547409.93}')
        assert response.content == b'{"text":"a","amount":90071992547409.93}'
        assert JournalEntry.objects.get().total_amount == Decimal("90071992547409.93")


class TestBodies:
    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"", "VALIDATION_ERROR"),
            (b"{", "MALFORMED_BODY"),
            (b"nothing", "MALFORMED_BODY"),
            (b'{"date": NaN}', "MALFORMED_BODY"),
            (b'{"date": -Infinity}', "MALFORMED_BODY"),
            (b'{"date": "\xff"}', "MALFORMED_BODY"),
            (b'{"date": 1} {}', "MALFORMED_BODY"),
            (b"[" * 50_000, "MALFORMED_BODY"),
            (b"[" * 500 + b"]" * 500, "MALFORMED_BODY"),
            (b'{"metadata":' + b'{"a":' * 30 + b"1" + b"}" * 31, "MALFORMED_BODY"),
            (b'{"date": ' + b"9" * 5_000 + b"}", "MALFORMED_BODY"),
            (b"[]", "VALIDATION_ERROR"),
            (b"null", "VALIDATION_ERROR"),
            (b'"date"', "VALIDATION_ERROR"),
            (b"7", "VALIDATION_ERROR"),
            (b'{"date": "2026-05-05", "date": "2026-05-06"}', "VALIDATION_ERROR"),
        ],
    )
    def test_refuses_what_is_no_object_in_json(self, client: Client, body: bytes, code: str) -> None:
        response = post(client, "/v1/notes", body)
        assert response.status_code == (400 if code == "MALFORMED_BODY" else 422), response.content
        assert response.json()["code"] == code
        assert not JournalEntry.objects.exists()

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            (b'{"date": "2026-02-30"}', "date"),
            (b'{"date": "2026-05-05", "colour": "red"}', "colour"),
            (b'{"date": "2026-05-05", "lines": [{"text": "a", "amount": "1"}, {"text": "b"}]}', "lines[1].amount"),
            (b'{"date": "2026-05-05", "lines": [{"text": "a", "amount": "1", "x": 1}]}', "lines[0].x"),
            (b'{"date": "2026-05-05", "lines": [{"text": "a", "amount": 1e400}]}', "lines[0].amount"),
            (b'{"date": "2026-05-05", "lines": [{"text": "a", "amount": "1e2"}]}', "lines[0].amount"),
            (b'{"date": "2026-05-05", "lines": [{"text": "a", "amount": "-1"}]}', "lines[0].amount"),
            (b'{"date": "2026-05-05", "lines": {"text": "a"}}', "lines"),
            (b'{"date": "2026-05-05", "lines": ["a"]}', "lines[0]"),
            (b'{"date": "2026-05-05", "memo": "a\\u0000b"}', "memo"),
            (b'{"date": "2026-05-05", "lines": [{"text": "\\u0000", "amount": "1"}]}', "lines[0].text"),
            (b'{"date": "2026-05-05", "memo": "\\ud800"}', "memo"),
            (b'{"date": "2026-05-05", "metadata": {"a": ["\\u0000"]}}', "metadata.a[0]"),
            (b'{"date": "2026-05-05", "metadata": {"\\u0000": 1}}', "metadata.\x00"),
            (b'{"date": "2026-05-05", "metadata": {"a": {"a": {"a": {"a": {"a": {}}}}}}}', "metadata"),
            (b'{"date": "2026-05-05", "items": [], "lines": []}', "items"),
        ],
    )
    def test_names_the_field_to_blame(self, client: Client, body: bytes, field: str) -> None:
        response = post(client, "/v1/notes", body)
        assert response.status_code == 422, response.content
        assert [error["field"] for error in response.json()["errors"]] == [field]
        assert not JournalEntry.objects.exists()

    def test_names_all_fields_at_once(self, client: Client) -> None:
        response = post(client, "/v1/notes", b'{"memo": 5, "colour": "red"}')
        assert {error["field"]: error["code"] for error in response.json()["errors"]} == {
            "date": "REQUIRED",
            "memo": "INVALID",
            "colour": "UNKNOWN_FIELD",
        }

    def test_takes_the_other_documented_name_of_a_field(self, client: Client) -> None:
        response = post(client, "/v1/notes", b'{"date": "2026-05-05", "items": [{"text": "a", "amount": 1}]}')
        assert response.json()["data"]["lines"] == [{"text": "a", "amount": "1.00"}]

    def test_takes_a_byte_order_mark_and_astral_characters(self, client: Client) -> None:
        body = '\ufeff{"date": "2026-05-05", "memo": "\\ud83d\\ude00"}'.encode()
        assert post(client, "/v1/notes", body).json()["data"]["memo"] == "\N{GRINNING FACE}"

    @pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
    def test_refuses_other_media_types(self, client: Client, media_type: str) -> None:
        response = client.generic("POST", "/v1/notes", b"date=2026-05-05", content_type=media_type)
        assert response.status_code == 415
        assert "application/json" in response.json()["message"]

    def test_refuses_a_body_that_is_too_large(self, client: Client) -> None:
        response = post(client, "/v1/notes", b'{"memo": "' + b"a" * 5_000_000 + b'"}')
        assert response.status_code == 413
        assert response.json()["code"] == "BODY_TOO_LARGE"

    @pytest.mark.parametrize(
        ("accept", "status"), [("*/*", 200), ("application/*", 200), ("text/html, */*;q=0.1", 200)]
    )
    def test_answers_whoever_accepts_json(self, client: Client, accept: str, status: int) -> None:
        assert client.get("/v1/notes", headers={"Accept": accept}).status_code == status

    @pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "image/*", "application/pdf"])
    def test_refuses_whoever_does_not(self, client: Client, accept: str) -> None:
        response = client.get("/v1/notes", headers={"Accept": accept})
        assert response.status_code == 406
        assert response["Content-Type"] == "application/json"

    def test_answers_files_to_whoever_accepts_them(self, client: Client) -> None:
        assert client.get("/v1/file", headers={"Accept": "application/pdf"}).content == b"%PDF-"
        assert client.get("/v1/file", headers={"Accept": "text/csv"}).status_code == 406

    @pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PATCH", "FOO"])
    def test_refuses_methods_it_does_not_have(self, client: Client, method: str) -> None:
        response = client.generic(method, "/v1/notes")
        assert response.status_code == 405
        assert "GET" in response["Allow"]

    def test_answers_head_like_get(self, client: Client) -> None:
        response = client.head("/v1/notes")
        assert response.status_code == 200
        assert response.content == b""


class TestCatalogue:
    COMMANDS = (
        "backfill.serving",
        "backfill.schema",
        "backfill.local",
        "ledger.imports",
        "tests.",
    )  # refusals that HTTP never sees

    def test_has_the_code_of_every_refusal(self) -> None:
        known = {
            kind.code: kind.__qualname__
            for kind in _subclasses(DomainError)
            if not kind.__module__.startswith(self.COMMANDS)
        }
        assert {code: name for code, name in known.items() if code not in catalogue.CODES} == {}

    def test_names_only_codes_it_has(self) -> None:
        assert set(catalogue.BOOKS_STATUSES) <= set(catalogue.CODES)
        assert {*catalogue.BOOKS_NAMES, *catalogue.BOOKS_NAMES.values()} <= set(catalogue.CODES)


def test_paths_point_into_the_body() -> None:
    detail: Any = {"lines": [{}, {"detail": {"amount": ["Bad."]}}], "tags": {3: ["Bad."]}, "non_field_errors": ["Bad."]}
    assert [error.field for error in flattened(detail)] == ["lines[1].detail.amount", "tags[3]", ""]


def _subclasses(kind: type[DomainError]) -> set[type[DomainError]]:
    return {kind, *(deeper for child in kind.__subclasses__() for deeper in _subclasses(child))}


def test_refuses_a_nul_in_the_path(client: Client, company: Company, client_for: Callable[..., Client]) -> None:
    assert client.get("/v1/notes/%00").status_code == 404


def test_says_what_to_set_when_a_pooler_loses_prepared_statements(client: Client) -> None:
    """What PgBouncer 1.18 answers in its transaction mode."""
    answer = client.get("/v1/failure", {"how": "EXECUTE nothing_prepared"})
    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert "Set DATABASE_PREPARE_THRESHOLD=0" in answer.json()["message"]
