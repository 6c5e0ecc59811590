"""A described resource: what its list, record and life-cycle endpoints do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from backfill.tenancy.models import Company
from ledger.models import JournalEntry
from tests.factories import make_company

NOTE = {"date": "2026-05-05", "memo": "Paper", "lines": [{"text": "A4", "amount": "125.00"}]}


def create(client: Client, **changes: Any) -> dict[str, Any]:
    response = client.post("/v1/notes", {**NOTE, **changes}, content_type="application/json")
    assert response.status_code == 201, response.content
    answer: dict[str, Any] = response.json()
    return answer


@pytest.fixture
def other_client(client_for: Callable[..., Client]) -> Client:
    return client_for(make_company())


def test_creates_a_record_and_answers_it_in_the_envelope(client: Client, company: Company) -> None:
    response = client.post("/v1/notes", NOTE, content_type="application/json")
    answer = response.json()
    assert response.status_code == 201
    assert answer["object"] == "note"
    assert response["Location"] == f"/v1/notes/{answer['id']}"
    assert answer["data"]["amount"] == "125.00"
    assert JournalEntry.objects.get(pk=answer["id"]).company == company


def test_reads_what_was_created(client: Client) -> None:
    note = create(client)
    assert client.get(f"/v1/notes/{note['id']}").json() == note


def test_changes_only_what_the_body_names(client: Client) -> None:
    note = create(client)
    answer = client.put(f"/v1/notes/{note['id']}", {"memo": "Pens"}, content_type="application/json").json()
    assert answer["data"] == {**note["data"], "memo": "Pens", "updated_at": answer["data"]["updated_at"]}


def test_asks_for_complete_lines_in_a_partial_update(client: Client) -> None:
    note = create(client)
    body = {"lines": [{"text": "A4"}]}
    response = client.put(f"/v1/notes/{note['id']}", body, content_type="application/json")
    assert response.status_code == 422
    assert response.json()["errors"] == [
        {"code": "REQUIRED", "field": "lines[0].amount", "message": "This field is required."}
    ]


def test_deletes_and_says_so(client: Client) -> None:
    note = create(client)
    path = f"/v1/notes/{note['id']}"
    assert client.delete(path).json() == {"deleted": True, "id": note["id"], "object": "note"}
    assert client.get(path).status_code == 404
    assert client.delete(path).status_code == 404


def test_runs_a_step_of_the_life_cycle(client: Client) -> None:
    note = create(client)
    path = f"/v1/notes/{note['id']}"
    closed = client.post(f"{path}/close", {"reason": "Done"}, content_type="application/json")
    assert closed.json()["data"]["is_closed"] is True
    refused = client.put(path, {"memo": "Ink"}, content_type="application/json")
    assert refused.status_code == 409
    assert refused.json()["details"] == {"note_id": note["id"]}


def test_refuses_a_method_that_the_resource_does_not_have(client: Client) -> None:
    response = client.delete("/v1/notes")
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST"
    assert response.json()["code"] == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_answers_404_for_the_record_of_another_company(client: Client, other_client: Client, method: str) -> None:
    path = f"/v1/notes/{create(other_client)['id']}"
    response = client.generic(method.upper(), path, b"{}", content_type="application/json")
    assert response.status_code == 404
    assert response.json()["code"] == "NOT_FOUND"
    assert JournalEntry.objects.count() == 1


def test_answers_404_for_a_step_on_the_record_of_another_company(client: Client, other_client: Client) -> None:
    path = f"/v1/notes/{create(other_client)['id']}/close"
    response = client.post(path, {"reason": "Mine"}, content_type="application/json")
    assert response.status_code == 404


@pytest.mark.parametrize(
    "record_id",
    [
        "abc",
        "0",
        "7d4724cf-2b36-4aed-9fef-121664e5ab8f",
        "23326206-EFC1-40BF-A234-E7C3BC095A30",
        "019a9d5e6f0a7c3e8a522f6d3b8e9c11",
    ],
)
def test_answers_404_for_an_id_that_is_none(client: Client, record_id: str) -> None:
    response = client.get(f"/v1/notes/{record_id}")
    assert response.status_code == 404
    assert response.json()["code"] == "NOT_FOUND"


class TestList:
    def test_shows_the_company_s_own_records_only(self, client: Client, other_client: Client) -> None:
        note = create(client)
        create(other_client)
        answer = client.get("/v1/notes").json()
        assert answer == {
            "object": "list",
            "data": [note],
            "pagination": {"page": 1, "limit": 50, "total_count": 1, "has_more": False},
        }

    def test_pages(self, client: Client) -> None:
        notes = [create(client, date=f"2026-05-{day:02}") for day in range(1, 6)]
        first = client.get("/v1/notes?limit=2&sort=date").json()
        last = client.get("/v1/notes?limit=2&page=3&sort=date").json()
        beyond = client.get("/v1/notes?limit=2&page=9&sort=date").json()
        assert first["data"] == notes[:2]
        assert first["pagination"] == {"page": 1, "limit": 2, "total_count": 5, "has_more": True}
        assert last["data"] == notes[4:]
        assert last["pagination"]["has_more"] is False
        assert beyond["data"] == []
        assert beyond["pagination"]["total_count"] == 5

    def test_puts_equal_records_on_one_page_each(self, client: Client) -> None:
        ids = {create(client)["id"] for _ in range(7)}
        pages = [client.get(f"/v1/notes?limit=2&page={page}&sort=date").json()["data"] for page in range(1, 5)]
        assert {note["id"] for page in pages for note in page} == ids

    def test_sorts_by_documented_fields(self, client: Client) -> None:
        for day, memo in (("2026-05-01", "b"), ("2026-05-02", "a"), ("2026-05-03", "b")):
            create(client, date=day, memo=memo)
        answer = client.get("/v1/notes?sort=memo,-date").json()
        shown = [(note["data"]["memo"], note["data"]["date"]) for note in answer["data"]]
        assert shown == [("a", "2026-05-02"), ("b", "2026-05-03"), ("b", "2026-05-01")]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("memo=AP", ["Paper"]),
            ("memo=%25", ["100%"]),
            ("start_date=2026-05-02", ["100%"]),
            ("end_date=2026-05-01", ["Paper"]),
            ("start_date=2026-05-02&memo=paper", []),
            ("status=draft", ["100%", "Paper"]),
            ("status=posted", []),
        ],
    )
    def test_filters(self, client: Client, query: str, found: list[str]) -> None:
        create(client, date="2026-05-01")
        create(client, date="2026-05-02", memo="100%")
        answer = client.get(f"/v1/notes?{query}").json()
        assert [note["data"]["memo"] for note in answer["data"]] == found
        assert answer["pagination"]["total_count"] == len(found)

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("page=0", "page"),
            ("page=-1", "page"),
            ("page=x", "page"),
            ("page=1.5", "page"),
            ("page=", "page"),
            ("page=99999999999999999999", "page"),
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("sort=secret", "sort"),
            ("sort=memo,-memo", "sort"),
            ("sort=memo,", "sort"),
            ("colour=red", "colour"),
            ("offset=1", "offset"),
            ("page=1&page=2", "page"),
            ("start_date=2026-02-30", "start_date"),
            ("start_date=yesterday", "start_date"),
            ("status=open", "status"),
            ("status=", "status"),
            ("memo=%00", "memo"),
        ],
    )
    def test_refuses_parameters_it_does_not_understand(self, client: Client, query: str, field: str) -> None:
        response = client.get(f"/v1/notes?{query}")
        assert response.status_code == 422
        assert response.json()["code"] == "VALIDATION_ERROR"
        assert [error["field"] for error in response.json()["errors"]] == [field]

    @pytest.mark.parametrize("count", [1, 30])
    def test_costs_the_same_statements_whatever_it_shows(
        self, client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(count):
            create(client)
        with django_assert_num_queries(5):  # key, company set, count, rows, company cleared
            assert len(client.get("/v1/notes").json()["data"]) == count


class TestSourceIdentity:
    IDENTITY = {"source_system": "shopify", "source_id": "1001", "connection_id": "store-1"}

    def test_updates_the_record_that_has_it(self, client: Client) -> None:
        first = create(client, **self.IDENTITY)
        response = client.post("/v1/notes", {**NOTE, **self.IDENTITY, "memo": "Pens"}, content_type="application/json")
        assert response.status_code == 200
        assert response.json()["id"] == first["id"]
        assert response.json()["data"]["memo"] == "Pens"
        assert JournalEntry.objects.count() == 1

    @pytest.mark.parametrize("name", ["source_system", "source_id", "connection_id"])
    def test_tells_identities_apart_by_each_part(self, client: Client, name: str) -> None:
        create(client, **self.IDENTITY)
        create(client, **{**self.IDENTITY, name: "another"})
        assert JournalEntry.objects.count() == 2

    def test_does_not_mix_companies(self, client: Client, other_client: Client) -> None:
        first, second = create(client, **self.IDENTITY), create(other_client, **self.IDENTITY)
        assert first["id"] != second["id"]

    def test_names_the_api_as_source_when_only_an_id_is_given(self, client: Client) -> None:
        first = create(client, source_id="7")
        again = client.post("/v1/notes", {**NOTE, "source_id": "7"}, content_type="application/json")
        assert again.json()["id"] == first["id"]
        assert JournalEntry.objects.get().source_system == "api"

    def test_makes_a_new_record_each_time_without_one(self, client: Client) -> None:
        create(client)
        create(client)
        assert JournalEntry.objects.count() == 2

    def test_refuses_the_update_as_a_put_would(self, client: Client) -> None:
        note = create(client, **self.IDENTITY)
        client.post(f"/v1/notes/{note['id']}/close", {"reason": "Done"}, content_type="application/json")
        response = client.post("/v1/notes", {**NOTE, **self.IDENTITY}, content_type="application/json")
        assert response.status_code == 409


class TestEntityTags:
    def test_answers_304_until_the_record_changes(self, client: Client) -> None:
        path = f"/v1/notes/{create(client)['id']}"
        tag = client.get(path)["ETag"]
        unchanged = client.get(path, headers={"If-None-Match": f'"other", W/{tag}'})
        assert unchanged.status_code == 304
        assert unchanged.content == b""
        assert unchanged["ETag"] == tag
        client.put(path, {"memo": "Pens"}, content_type="application/json")
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 200

    def test_is_the_same_on_writing_and_reading(self, client: Client) -> None:
        created = client.post("/v1/notes", NOTE, content_type="application/json")
        read = client.get(created["Location"])
        assert created["ETag"] == read["ETag"]
        changed = client.put(created["Location"], {"memo": "Pens"}, content_type="application/json")
        assert changed["ETag"] == client.get(created["Location"])["ETag"] != created["ETag"]

    def test_changes_when_the_record_changed_behind_its_updated_at(self, client: Client) -> None:
        note = create(client)
        path = f"/v1/notes/{note['id']}"
        tag = client.get(path)["ETag"]
        JournalEntry.objects.filter(pk=note["id"]).update(memo="Quietly")
        assert client.get(path)["ETag"] != tag

    def test_lets_the_holder_of_the_present_one_write(self, client: Client) -> None:
        path = f"/v1/notes/{create(client)['id']}"
        tag = client.get(path)["ETag"]
        headers = {"If-Match": f'"stale", {tag}'}
        assert client.put(path, {"memo": "Pens"}, content_type="application/json", headers=headers).status_code == 200
        assert client.delete(path, headers={"If-Match": "*"}).status_code == 200

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
    def test_refuses_whoever_holds_an_old_one(self, client: Client, method: str) -> None:
        path = f"/v1/notes/{create(client)['id']}"
        tag = client.get(path)["ETag"]
        client.put(path, {"memo": "Pens"}, content_type="application/json")
        body = b'{"reason": "Done"}' if method == "POST" else b'{"memo": "Ink"}'
        target = f"{path}/close" if method == "POST" else path
        response = client.generic(method, target, body, content_type="application/json", headers={"If-Match": tag})
        assert response.status_code == 412
        assert response.json()["code"] == "PRECONDITION_FAILED"
        assert JournalEntry.objects.get().memo == "Pens"

    def test_compares_strongly_on_writing(self, client: Client) -> None:
        path = f"/v1/notes/{create(client)['id']}"
        headers = {"If-Match": f"W/{client.get(path)['ETag']}"}
        response = client.put(path, {"memo": "Ink"}, content_type="application/json", headers=headers)
        assert response.status_code == 412


def test_updates_the_time_of_change(client: Client) -> None:
    note = create(client)
    JournalEntry.objects.update(updated_at=JournalEntry.objects.get().updated_at - timedelta(hours=1))
    before = client.get(f"/v1/notes/{note['id']}").json()["data"]["updated_at"]
    assert before.endswith("Z")
    assert len(before) == len("2026-05-05T12:00:00Z")
