"""One Idempotency-Key, one effect: replays, conflicts, crashes and simultaneous retries."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import wraps
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.test.client import encode_multipart
from django.utils import timezone

from backfill.api.idempotency import purge_expired_records
from backfill.api.models import IdempotencyRecord
from backfill.api.resources import ResourceListView
from backfill.api.tasks import purge_idempotency_records
from backfill.tenancy.models import Company
from ledger.models import JournalEntry
from tests.api.sample import views
from tests.factories import make_company

NOTE = {"date": "2026-05-05", "memo": "Paper", "lines": [{"text": "A4", "amount": "125.00"}]}


def post(client: Client, body: Any = NOTE, *, key: str = "key-1", path: str = "/v1/notes") -> Any:
    return client.post(path, body, content_type="application/json", headers={"Idempotency-Key": key})


class TestReplay:
    def test_answers_the_stored_answer_without_a_second_effect(self, client: Client) -> None:
        first, again = post(client), post(client)
        assert (again.status_code, again.content) == (201, first.content)
        assert again["Idempotent-Replayed"] == "true"
        assert "Idempotent-Replayed" not in first
        for header in ("ETag", "Location", "Content-Type"):
            assert again[header] == first[header]
        assert JournalEntry.objects.count() == 1

    def test_takes_the_same_values_in_another_order_as_the_same(self, client: Client) -> None:
        first = post(client)
        again = post(client, dict(reversed(NOTE.items())))
        assert again.content == first.content

    def test_answers_what_it_answered_then(self, client: Client) -> None:
        first = post(client)
        client.put(first["Location"], {"memo": "Pens"}, content_type="application/json")
        assert post(client).content == first.content

    def test_works_for_another_credential_of_the_company(
        self, client: Client, company: Company, client_for: Callable[..., Client]
    ) -> None:
        assert post(client).content == post(client_for(company)).content

    def test_still_asks_for_the_scope(
        self, client: Client, company: Company, client_for: Callable[..., Client]
    ) -> None:
        post(client)
        assert post(client_for(company, scopes=("journal:read",))).status_code == 403

    def test_keeps_companies_apart(self, client: Client, client_for: Callable[..., Client]) -> None:
        other = post(client_for(make_company()))
        assert post(client).json()["id"] != other.json()["id"]

    def test_works_in_the_books_contract(self, books_client: Client) -> None:
        body = {"text": "a", "amount": 1}
        first = post(books_client, body, path="/v1/slips")
        again = post(books_client, body, path="/v1/slips")
        assert again.content == first.content == b'{"text":"a","amount":1.00}'
        assert JournalEntry.objects.count() == 1

    def test_does_nothing_without_a_key(self, client: Client) -> None:
        for _ in range(2):
            client.post("/v1/notes", NOTE, content_type="application/json")
        assert JournalEntry.objects.count() == 2
        assert not IdempotencyRecord.objects.exists()


class TestUploads:
    def send(self, client: Client, content: bytes, *, boundary: str = "a", name: str = "a.pdf") -> Any:
        body = encode_multipart(boundary, {"file": SimpleUploadedFile(name, content), "title": "Receipt"})
        media_type = f"multipart/form-data; boundary={boundary}"
        return client.generic("POST", "/v1/upload", body, content_type=media_type, headers={"Idempotency-Key": "key-1"})

    def test_takes_the_same_file_in_another_envelope_as_the_same(self, client: Client) -> None:
        first, again = self.send(client, b"%PDF-1"), self.send(client, b"%PDF-1", boundary="other")
        assert first.status_code == 200, first.content
        assert again["Idempotent-Replayed"] == "true"
        assert JournalEntry.objects.get().total_amount == len(b"%PDF-1")

    @pytest.mark.parametrize("other", [{"content": b"%PDF-2"}, {"content": b"%PDF-1", "name": "b.pdf"}])
    def test_refuses_the_key_for_another_file(self, client: Client, other: dict[str, Any]) -> None:
        self.send(client, b"%PDF-1")
        assert self.send(client, **other).status_code == 409

    def test_refuses_a_file_that_is_too_large(self, client: Client) -> None:
        assert self.send(client, b"x" * 100_001).status_code == 413

    def test_refuses_json_where_a_file_is_wanted(self, client: Client) -> None:
        assert post(client, {"file": "x"}, path="/v1/upload").status_code == 415


class TestConflict:
    def test_refuses_the_key_for_another_body(self, client: Client) -> None:
        post(client)
        response = post(client, {**NOTE, "memo": "Pens"})
        assert response.status_code == 409
        assert response.json()["code"] == "IDEMPOTENCY_KEY_CONFLICT"
        assert JournalEntry.objects.count() == 1

    def test_refuses_the_key_for_another_path(self, client: Client) -> None:
        note = post(client, {"reason": "Done"}, key="other", path=f"{post(client)['Location']}/close")
        assert note.status_code == 200
        assert post(client, key="other").status_code == 409

    @pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\tb", "a\nb", "\x7f"])
    def test_refuses_a_key_that_is_none(self, client: Client, key: str) -> None:
        response = post(client, key=key)
        assert response.status_code == 400
        assert response.json()["code"] == "INVALID_IDEMPOTENCY_KEY"
        assert not JournalEntry.objects.exists()

    def test_takes_a_key_of_255_characters(self, client: Client) -> None:
        assert post(client, key="x" * 255).status_code == 201


class TestFailures:
    @pytest.mark.parametrize("how", ["bug", "domain", "SELECT 1/0"])
    def test_forgets_a_request_that_failed_with_its_effect(self, client: Client, how: str) -> None:
        path = f"/v1/failure?how={how}"
        assert post(client, {}, path=path).status_code >= 400
        assert not JournalEntry.objects.exists()
        assert not IdempotencyRecord.objects.exists()

    def test_lets_the_same_key_succeed_once_the_cause_is_gone(self, client: Client) -> None:
        closed = post(client, key="note").json()["id"]
        path = f"/v1/notes/{closed}"
        assert post(client, {}, path=f"{path}/close").status_code == 422
        assert post(client, {"reason": "Done"}, path=f"{path}/close").status_code == 200

    def test_survives_a_crash_between_effect_and_answer(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        answered = ResourceListView.answered

        def crash(*args: Any, **kwargs: Any) -> Any:
            assert JournalEntry.objects.count() == 1
            raise MemoryError

        monkeypatch.setattr(ResourceListView, "answered", crash)
        assert post(client).status_code == 500
        assert not JournalEntry.objects.exists()
        monkeypatch.setattr(ResourceListView, "answered", answered)
        assert post(client).status_code == 201
        assert JournalEntry.objects.count() == 1

    def test_survives_a_crash_while_the_answer_is_kept(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE api_idempotencyrecord ADD CONSTRAINT broken CHECK (status <> 201)")
        assert post(client).status_code == 422
        assert not JournalEntry.objects.exists()


class TestExpiry:
    def test_forgets_after_24_hours(self, client: Client) -> None:
        first = post(client)
        IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(hours=24))
        again = post(client)
        assert again.status_code == 201
        assert again.json()["id"] != first.json()["id"]
        assert IdempotencyRecord.objects.count() == 1

    def test_purges_what_has_expired(self, client: Client) -> None:
        post(client, key="old")
        IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(hours=25))
        post(client, key="new")
        assert purge_idempotency_records() == 1
        assert [record.key for record in IdempotencyRecord.objects.all()] == ["new"]
        assert purge_expired_records() == 0


@pytest.mark.django_db(transaction=True)
class TestSimultaneously:
    def test_tells_a_second_request_that_the_first_still_runs(
        self, client_for: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = client_for(make_company())
        entered, leave = threading.Event(), threading.Event()
        post_slip = views.SlipsView.post

        @wraps(post_slip)
        def slow(view: views.SlipsView, request: Any) -> Any:
            response = post_slip(view, request)
            entered.set()
            assert leave.wait(20)
            return response

        monkeypatch.setattr(views.SlipsView, "post", slow)
        body = {"text": "a", "amount": 1}
        with ThreadPoolExecutor() as pool:
            first = pool.submit(_posted, client, body, "/v1/slips")
            assert entered.wait(20)
            second = pool.submit(_posted, client, body, "/v1/slips").result(timeout=20)
            leave.set()
            assert first.result(timeout=20).status_code == 201
        assert second.status_code == 409
        assert second.json()["code"] == "IDEMPOTENCY_KEY_IN_PROGRESS"
        assert second["Retry-After"] == "1"
        assert JournalEntry.objects.count() == 1
        assert post(client, body, path="/v1/slips")["Idempotent-Replayed"] == "true"

    def test_has_one_effect_for_twenty_retries_at_once(self, client_for: Callable[..., Client]) -> None:
        client = client_for(make_company())
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: _posted(client, NOTE, "/v1/notes"), range(20)))
        assert JournalEntry.objects.count() == 1
        assert {answer.status_code for answer in answers} <= {201, 409}
        bodies = {answer.content for answer in answers if answer.status_code == 201}
        assert len(bodies) == 1
        assert bodies == {post(client).content}

    def test_makes_one_record_of_one_source_identity(self, client_for: Callable[..., Client]) -> None:
        client = client_for(make_company())
        bodies = [{**NOTE, "source_system": "csv", "source_id": "1", "memo": f"Row {number}"} for number in range(20)]
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda body: _posted(client, body, "/v1/notes", key=None), bodies))
        assert JournalEntry.objects.count() == 1
        assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
        assert len({answer.json()["id"] for answer in answers}) == 1


def _posted(client: Client, body: Any, path: str, key: str | None = "key-1") -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    try:
        return client.post(path, body, content_type="application/json", headers=headers)
    finally:
        connections.close_all()
