"""A described resource: what its list, record and life-cycle endpoints do."""

from typing import Any

from django.test import Client

from backfill.tenancy.models import Company
from ledger.models import JournalEntry

NOTE = {"date": "2026-05-05", "memo": "Paper", "lines": [{"text": "A4", "amount": "125.00"}]}


def create(client: Client, **changes: Any) -> dict[str, Any]:
    response = client.post("/v1/notes", {**NOTE, **changes}, content_type="application/json")
    assert response.status_code == 201, response.content
    answer: dict[str, Any] = response.json()
    return answer


def test_creates_a_record_and_answers_it_in_the_envelope(client: Client, company: Company) -> None:
    response = client.post("/v1/notes", NOTE, content_type="application/json")
    answer = response.json()
    assert response.status_code == 201
    assert answer["object"] == "note"
    assert response["Location"] == f"/v1/notes/{answer['id']}"
    assert answer["data"]["amount"] == "125.00"
    assert JournalEntry.objects.get(pk=answer["id"]).company == company


def test_reads_lists_changes_closes_and_deletes(client: Client, company: Company) -> None:
    note = create(client)
    path = f"/v1/notes/{note['id']}"
    assert client.get(path).json() == note
    listed = client.get("/v1/notes").json()
    assert listed["data"] == [note]
    assert listed["pagination"] == {"page": 1, "limit": 50, "total_count": 1, "has_more": False}
    changed = client.put(path, {"memo": "Pens"}, content_type="application/json").json()
    assert changed["data"]["memo"] == "Pens"
    assert changed["data"]["lines"] == note["data"]["lines"]
    closed = client.post(f"{path}/close", {"reason": "Done"}, content_type="application/json")
    assert closed.json()["data"]["is_closed"] is True
    refused = client.put(path, {"memo": "Ink"}, content_type="application/json")
    assert refused.status_code == 409
    assert refused.json()["details"] == {"note_id": note["id"]}
    assert client.delete(path).json() == {"deleted": True, "id": note["id"], "object": "note"}
    assert client.get(path).status_code == 404
