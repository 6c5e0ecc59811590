"""Uploaded documents."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.contract.live import Call, World, exercise

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def receipt() -> SimpleUploadedFile:
    return SimpleUploadedFile("rechnung-4711.pdf", PDF, content_type="application/pdf")


def uploaded(world: World) -> str:
    response = world.client.post("/v1/documents", {"file": receipt()})
    assert response.status_code == 200, response.content
    return str(response.json()["id"])


@exercise("books", "POST /v1/documents")
def upload(world: World) -> Call:
    return Call(files={"file": receipt()})


@exercise("books", "GET /v1/documents/{id}/file")
def download(world: World) -> Call:
    return Call(path={"id": uploaded(world)})


@exercise("books", "GET /v1/documents/{id}/preview")
def preview(world: World) -> Call:
    return Call(path={"id": uploaded(world)})
