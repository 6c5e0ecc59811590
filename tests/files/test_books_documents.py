import hashlib
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT

from backfill.files.models import StoredFile
from backfill.files.services import LARGEST_FILE
from backfill.tenancy.models import Company
from tests.factories import make_api_key, make_company

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%%EOF\n"


def client_of(company: Company, *scopes: str, contract: str = "books") -> Client:
    token = make_api_key(company, scopes=scopes or ["journal:write"], contract=contract).token
    return Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


@pytest.fixture
def client(company: Company) -> Client:
    return client_of(company)


def upload(
    client: Client, content: bytes = PDF, name: str = "rechnung-4711.pdf", declared_type: str = "application/pdf"
) -> Any:
    return client.post("/v1/documents", {"file": SimpleUploadedFile(name, content, declared_type)})


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_answers_id_type_and_name(client: Client) -> None:
    answer = upload(client)
    document = StoredFile.objects.get()
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(document.pk),
        "mime_type": "application/pdf",
        "original_name": "rechnung-4711.pdf",
    }
    assert document.uploaded_by == "Test"


def test_answers_the_same_bytes_with_the_same_id(client: Client) -> None:
    assert upload(client).json() == upload(client, name="other.pdf").json()


@pytest.mark.parametrize(
    ("content", "name", "declared_type", "code"),
    [
        (b"MZ\x90\x00", "invoice.pdf", "application/pdf", "MIME_MISMATCH"),
        (b"", "invoice.pdf", "application/pdf", "EMPTY_FILE"),
        (b"<svg/>", "a.svg", "image/svg+xml", "INVALID_FILE_TYPE"),
    ],
)
def test_refuses_by_the_reasons_of_the_reference(
    client: Client, content: bytes, name: str, declared_type: str, code: str
) -> None:
    answer = upload(client, content, name, declared_type)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["errors"][0]["field"] == "file"
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(("excess", "status"), [(0, 200), (1, 400), (200_000, 400)])
def test_accepts_ten_megabytes_and_not_one_byte_more(client: Client, excess: int, status: int) -> None:
    answer = upload(client, PDF + b"\x00" * (LARGEST_FILE - len(PDF) + excess))
    assert answer.status_code == status
    assert answer.json().get("code") == (None if status == 200 else "FILE_TOO_LARGE")


@pytest.mark.parametrize("name", [r"a\"b.pdf", "../../etc/ab.pdf", r"C:\\scans\\ab.pdf", "a'b.pdf", "a%0d%0ab.pdf"])
def test_sanitises_the_name_as_it_stands_in_the_form(client: Client, name: str) -> None:
    header = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/pdf'
    content = f"--{BOUNDARY}\r\n{header}\r\n\r\n".encode() + PDF + f"\r\n--{BOUNDARY}--\r\n".encode()
    answer = client.generic("POST", "/v1/documents", content, content_type=MULTIPART_CONTENT)
    assert answer.json()["original_name"] in {"ab.pdf", "a0d0ab.pdf"}


@pytest.mark.parametrize("form", [{}, {"file": "text"}, {"other": SimpleUploadedFile("a.pdf", PDF)}])
def test_refuses_a_form_without_a_file(client: Client, form: dict[str, Any]) -> None:
    answer = client.post("/v1/documents", form)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")
    assert answer.json()["errors"][0]["field"] == "file"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"no parts at all", MULTIPART_CONTENT),
        (b"", MULTIPART_CONTENT),
        (b"x", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary=" + "é"),
        (
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=x\r\n\r\n".encode() + b"x" * 6_000_000,
            MULTIPART_CONTENT,
        ),
        (
            "".join(
                f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="f{n}"\r\n\r\nx\r\n' for n in range(1500)
            ).encode()
            + f"--{BOUNDARY}--".encode(),
            MULTIPART_CONTENT,
        ),
    ],
)
def test_refuses_a_form_it_cannot_read(client: Client, content: bytes, content_type: str) -> None:
    answer = client.generic("POST", "/v1/documents", content, content_type=content_type)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")


def test_refuses_json(client: Client) -> None:
    answer = client.post("/v1/documents", {"file": "x"}, content_type="application/json")
    assert answer.status_code == 415
    assert "multipart/form-data" in answer.json()["message"]


def test_stores_once_for_an_idempotency_key_and_notices_other_bytes(client: Client) -> None:
    def send(content: bytes) -> Any:
        form = {"file": SimpleUploadedFile("a.pdf", content, "application/pdf")}
        return client.post("/v1/documents", form, headers={"Idempotency-Key": "k1"})

    first, again, other = send(PDF), send(PDF), send(PDF + b"other")
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert other.status_code == 409


@pytest.mark.parametrize(("path", "kind"), [("file", "attachment"), ("preview", "inline")])
def test_gives_back_the_bytes_as_they_came(client: Client, path: str, kind: str) -> None:
    document_id = upload(client, name="Prüfung.pdf").json()["id"]
    answer = client.get(f"/v1/documents/{document_id}/{path}")
    assert answer.status_code == 200
    assert hashlib.sha256(body_of(answer)).digest() == hashlib.sha256(PDF).digest()
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Length"] == str(len(PDF))
    expected = f"{kind}; filename=\"Prufung.pdf\"; filename*=UTF-8''Pr%C3%BCfung.pdf"
    assert answer["Content-Disposition"] == expected
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@pytest.mark.parametrize("path", ["file", "preview"])
def test_does_not_know_someone_elses_document(client: Client, path: str) -> None:
    document_id = upload(client_of(make_company())).json()["id"]
    for unknown in (document_id, str(uuid4())):
        answer = client.get(f"/v1/documents/{unknown}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


def test_says_when_the_stored_file_is_gone(client: Client) -> None:
    document_id = upload(client).json()["id"]
    default_storage.delete(StoredFile.objects.get().storage_name)
    answer = client.get(f"/v1/documents/{document_id}/file")
    assert (answer.status_code, answer.json()["code"]) == (404, "FILE_NOT_FOUND")


def test_refuses_an_id_that_is_none(client: Client) -> None:
    assert client.get("/v1/documents/4711/file").status_code == 400


def test_asks_for_the_scope_it_needs(company: Company) -> None:
    reader, stranger = client_of(company, "journal:read"), client_of(company, "reports:read")
    document_id = upload(client_of(company)).json()["id"]
    assert upload(reader).status_code == 403
    assert reader.get(f"/v1/documents/{document_id}/file").status_code == 200
    assert stranger.get(f"/v1/documents/{document_id}/file").status_code == 403
    assert Client().get(f"/v1/documents/{document_id}/file").status_code == 401


def test_serves_keys_of_the_other_contract_too(company: Company) -> None:
    client = client_of(company, "finance:write", contract="backfill")
    document_id = upload(client).json()["id"]
    assert client.get(f"/v1/documents/{document_id}/preview").status_code == 200


def test_costs_a_fixed_number_of_statements(client: Client, django_assert_max_num_queries: Any) -> None:
    document_id = upload(client).json()["id"]
    with django_assert_max_num_queries(5):
        client.get(f"/v1/documents/{document_id}/file")
