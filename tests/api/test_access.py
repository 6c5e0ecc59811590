"""Who gets in: bearer tokens, scopes, the company's rows, the request limit, request ids."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from backfill.api import rate_limits
from backfill.tenancy.models import ApiKey, Company
from ledger.models import JournalEntry
from tests.factories import make_api_key, make_company


class TestCredentials:
    @pytest.mark.parametrize(
        "header",
        [
            None,
            "",
            "Bearer",
            "Bearer ",
            "Bearer bf_live_unknown",
            "Basic dXNlcjpwYXNz",
            "Token bf_live_x",
            "Bearer bf_live_\x7f",
            "Bearer " + "x" * 10_000,
            "Bearer häßlich",
        ],
    )
    def test_refuses_what_is_no_key(self, db: None, header: str | None) -> None:
        response = Client().get("/v1/notes", headers={} if header is None else {"Authorization": header})
        assert response.status_code == 401
        assert response["WWW-Authenticate"].startswith("Bearer")
        assert response.json()["code"] == "UNAUTHORIZED"

    def test_refuses_expired_and_revoked_keys(self, company: Company) -> None:
        key = make_api_key(company)
        client = Client(headers={"Authorization": f"Bearer {key.token}"})
        assert client.get("/v1/notes").status_code == 200
        ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert client.get("/v1/notes").status_code == 401
        ApiKey.objects.update(expires_at=None, revoked_at=timezone.now())
        assert client.get("/v1/notes").status_code == 401

    def test_takes_the_scheme_in_any_case(self, company: Company) -> None:
        headers = {"Authorization": f"bearer  {make_api_key(company).token} "}
        assert Client().get("/v1/notes", headers=headers).status_code == 200

    def test_asks_nothing_of_a_public_endpoint(self, db: None) -> None:
        response = Client().get("/v1/public", headers={"Authorization": "Bearer nonsense"})
        assert response.status_code == 200
        assert response.json()["amount"] == "1.50"


class TestScopes:
    def test_names_the_scope_that_is_missing(self, company: Company, client_for: Callable[..., Client]) -> None:
        client = client_for(company, scopes=("journal:read",))
        assert client.get("/v1/notes").status_code == 200
        response = client.post("/v1/notes", {"date": "2026-05-05"}, content_type="application/json")
        assert response.status_code == 403
        assert "journal:write" in response.json()["message"]
        assert response.json()["details"] == {"required_scopes": ["journal:write"]}
        assert not JournalEntry.objects.exists()

    @pytest.mark.parametrize(
        ("scopes", "status"),
        [
            (("config:read",), 200),
            (("journal:read",), 200),
            (("journal:write",), 200),
            (("finance:read",), 200),
            (("admin",), 200),
            (("bank:read",), 403),
            (("debitoren:write",), 403),
        ],
    )
    def test_takes_any_of_several_scopes(
        self, company: Company, client_for: Callable[..., Client], scopes: tuple[str, ...], status: int
    ) -> None:
        assert client_for(company, scopes=scopes).get("/v1/slips").status_code == status

    def test_asks_for_any_credential_where_the_scope_does_not_matter(
        self, company: Company, client_for: Callable[..., Client]
    ) -> None:
        client = client_for(company, scopes=("bank:read",), contract="books")
        assert client.get("/v1/notes").status_code == 200
        assert Client(headers={"Backfill-Contract": "books"}).get("/v1/notes").status_code == 401


class TestRowSecurity:
    def current_setting(self) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('backfill.company_id', true)")
            return str(cursor.fetchone()[0] or "")

    def test_tells_the_database_the_company_for_the_request_only(self, client: Client, company: Company) -> None:
        assert client.get("/v1/failure?how=setting").json() == {"company_id": str(company.pk)}
        assert self.current_setting() == ""

    @pytest.mark.parametrize("how", ["bug", "domain", "SELECT 1/0", "SELECT pg_catalog.nothing()"])
    def test_clears_it_after_a_failure(self, client: Client, how: str) -> None:
        client.post(f"/v1/failure?how={how}", {}, content_type="application/json")
        assert self.current_setting() == ""

    def test_clears_it_after_a_refusal(self, company: Company, client_for: Callable[..., Client]) -> None:
        assert client_for(company, scopes=("bank:read",)).get("/v1/failure?how=none").status_code == 403
        assert self.current_setting() == ""

    @pytest.mark.django_db(transaction=True)
    def test_clears_it_outside_of_any_transaction(self, client_for: Callable[..., Client]) -> None:
        client = client_for(make_company())
        for how in ("setting", "bug", "SELECT 1/0"):
            client.get(f"/v1/failure?how={how}")
            assert self.current_setting() == ""

    @pytest.mark.django_db(transaction=True)
    def test_drops_a_connection_that_cannot_be_cleared(self, client_for: Callable[..., Client]) -> None:
        client = client_for(make_company())
        response = client.get("/v1/failure?how=SELECT pg_terminate_backend(pg_backend_pid())")
        assert response.status_code == 503
        assert response.json()["code"] == "SERVICE_UNAVAILABLE"
        assert response["Retry-After"] == "5"
        assert self.current_setting() == ""


class TestRequestLimit:
    @pytest.fixture(autouse=True)
    def limit(self, settings: Settings) -> None:
        settings.API_REQUESTS_PER_MINUTE = 3

    def test_refuses_requests_beyond_it_and_says_when_to_go_on(self, client: Client) -> None:
        answers = [client.get("/v1/notes") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert [answer["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
        refused = answers[3]
        assert 1 <= int(refused["Retry-After"]) <= 60
        assert refused["RateLimit-Limit"] == "3"
        assert refused.json()["code"] == "RATE_LIMITED"

    def test_counts_each_credential_on_its_own(self, company: Company, client_for: Callable[..., Client]) -> None:
        first, second = client_for(company), client_for(company)
        for _ in range(3):
            first.get("/v1/notes")
        assert first.get("/v1/notes").status_code == 429
        assert second.get("/v1/notes").status_code == 200

    def test_opens_again_when_the_minute_is_over(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rate_limits, "WINDOW_MILLISECONDS", 50)
        for _ in range(4):
            client.get("/v1/notes")
        server = redis.Redis.from_url(settings.REDIS_URL)
        counters = list(server.scan_iter("backfill:requests:*"))
        assert all(server.pttl(counter) != -1 for counter in counters)
        monkeypatch.setattr(rate_limits, "_client", lambda: server)
        for _ in range(100):
            response = client.get("/v1/notes")
            if response.status_code == 200:
                break
        assert response.status_code == 200

    def test_lets_requests_through_while_redis_is_away(
        self, client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        away = redis.Redis.from_url("redis://127.0.0.1:1/0")
        monkeypatch.setattr(rate_limits, "_client", lambda: away)
        assert all(client.get("/v1/notes").status_code == 200 for _ in range(5))

    def test_is_off_at_zero(self, client: Client, settings: Settings) -> None:
        settings.API_REQUESTS_PER_MINUTE = 0
        answers = [client.get("/v1/notes") for _ in range(5)]
        assert {answer.status_code for answer in answers} == {200}
        assert "RateLimit-Limit" not in answers[0]


class TestRequestId:
    def test_answers_the_caller_s_id(self, client: Client) -> None:
        response = client.get("/v1/notes?page=0", headers={"X-Request-Id": "order-17/retry:2"})
        assert response["X-Request-Id"] == "order-17/retry:2"
        assert response.json()["request_id"] == "order-17/retry:2"

    @pytest.mark.parametrize("given", ["", "a b", "<script>", "x" * 129, "a\tb", "ä"])
    def test_makes_one_where_the_caller_s_is_unusable(self, client: Client, given: str) -> None:
        response = client.get("/v1/notes?page=0", headers={"X-Request-Id": given})
        assert response["X-Request-Id"] != given
        assert response.json()["request_id"] == response["X-Request-Id"] != ""

    def test_has_one_also_without_a_credential_and_without_a_path(self, db: None) -> None:
        for path in ("/v1/notes", "/v1/nothing"):
            response: Any = Client().get(path)
            assert response.json()["request_id"] == response["X-Request-Id"] != ""
