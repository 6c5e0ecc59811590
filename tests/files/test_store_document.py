import hashlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from backfill.errors import NotFound
from backfill.files.errors import EmptyFile, FileTooLarge, InvalidFileType, MimeMismatch, StoredFileGone
from backfill.files.models import StoredFile
from backfill.files.names import LONGEST, clean_name, content_disposition
from backfill.files.selectors import document_of, opened_file
from backfill.files.services import LARGEST_FILE, store_document
from backfill.files.wholeness import is_whole
from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from tests.factories import make_company
from tests.files.pictures import JPEG, PNG

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
EXE = b"MZ\x90\x00\x03\x00\x00\x00"


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


def store(
    company: Company, content: bytes = PDF, name: str = "rechnung-4711.pdf", declared_type: str = "application/pdf"
) -> StoredFile:
    return store_document(
        company=company, file=ContentFile(content), name=name, declared_type=declared_type, actor=system_actor()
    )


@pytest.mark.parametrize(
    ("content", "name", "declared_type"),
    [(PDF, "a.pdf", "application/pdf"), (JPEG, "a.jpg", "image/jpeg"), (PNG, "a.png", "image/png")],
)
def test_keeps_the_bytes_as_they_came(company: Company, content: bytes, name: str, declared_type: str) -> None:
    document = store(company, content, name, declared_type)
    document.refresh_from_db()
    assert (document.mime_type, document.original_name, document.size) == (declared_type, name, len(content))
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    with opened_file(document) as stored:
        assert stored.read() == content


def test_answers_the_same_bytes_with_the_same_document(company: Company) -> None:
    first = store(company)
    assert store(company, name="another name.pdf") == first
    assert StoredFile.objects.count() == 1


def test_keeps_each_companys_own_copy(company: Company) -> None:
    first, second = store(company), store(make_company())
    assert first != second
    assert first.storage_name != second.storage_name


@pytest.mark.django_db(transaction=True)
def test_keeps_one_document_and_one_file_when_twenty_arrive_together() -> None:
    company = make_company()
    together = Barrier(20)

    def upload(_: int) -> StoredFile:
        together.wait()
        try:
            return store(company)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(upload, range(20)))) == 1
    document = StoredFile.objects.get()
    folder = document.storage_name.rpartition("/")[0]
    assert default_storage.listdir(folder)[1] == [document.storage_name.rpartition("/")[2]]


def test_leaves_no_file_when_the_row_cannot_be_written(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    content = PDF + b"lost"

    def fail(*args: Any, **options: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(StoredFile, "save", fail)
    with pytest.raises(DatabaseError):
        store(company, content)
    digest = hashlib.sha256(content).hexdigest()
    assert not default_storage.exists(f"documents/{company.pk}/{digest[:2]}/{digest}")


def test_does_not_trust_what_a_crash_left_under_the_name(company: Company) -> None:
    digest = hashlib.sha256(PDF).hexdigest()
    default_storage.save(f"documents/{company.pk}/{digest[:2]}/{digest}", ContentFile(PDF[:5]))
    with opened_file(store(company)) as stored:
        assert stored.read() == PDF


def test_restores_a_lost_file_from_the_same_bytes(company: Company) -> None:
    document = store(company)
    default_storage.delete(document.storage_name)
    with pytest.raises(StoredFileGone, match="Upload the same file again"):
        opened_file(document)
    assert store(company) == document
    with opened_file(document) as stored:
        assert stored.read() == PDF


def test_accepts_exactly_ten_megabytes_and_not_one_byte_more(company: Company) -> None:
    largest = PDF + b"\x00" * (LARGEST_FILE - len(PDF))
    assert store(company, largest).size == 10 * 1024 * 1024
    with pytest.raises(FileTooLarge):
        store(company, largest + b"\x00")


def test_refuses_an_empty_file(company: Company) -> None:
    with pytest.raises(EmptyFile):
        store(company, b"")


@pytest.mark.parametrize(
    ("content", "declared_type"),
    [(EXE, "application/pdf"), (PNG, "application/pdf"), (PDF, "image/png"), (b"\n" * 2000 + PDF, "application/pdf")],
)
def test_refuses_content_that_is_not_what_it_is_declared_to_be(
    company: Company, content: bytes, declared_type: str
) -> None:
    with pytest.raises(MimeMismatch):
        store(company, content, declared_type=declared_type)
    assert not StoredFile.objects.exists()


SCRIPT = b"<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("content", "declared_type"),
    [
        (b"%PDF-" + SCRIPT, "application/pdf"),
        (b"%PDF-1.7" + SCRIPT, "application/pdf"),
        (b"%PDF-" + SCRIPT + b"%%EOF", "application/pdf"),
        (b"\xff\xd8\xff" + SCRIPT, "image/jpeg"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + SCRIPT, "image/jpeg"),
        (JPEG[:20] + SCRIPT + JPEG[20:], "image/jpeg"),
        (JPEG[: JPEG.index(b"\xff\xc0")] + SCRIPT, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + SCRIPT, "image/png"),
        (PNG[:33] + SCRIPT + PNG[33:], "image/png"),
        (PNG[:-12], "image/png"),
    ],
)
def test_refuses_a_few_right_bytes_before_something_else(company: Company, content: bytes, declared_type: str) -> None:
    with pytest.raises(MimeMismatch, match="damaged or something else"):
        store(company, content, declared_type=declared_type)
    assert not StoredFile.objects.exists()


@given(st.binary(max_size=300), st.sampled_from(["application/pdf", "image/jpeg", "image/png"]))
def test_looks_into_any_bytes_without_stumbling(content: bytes, mime_type: str) -> None:
    for start in (b"", b"%PDF-1.4", b"\xff\xd8", JPEG[:-4], b"\x89PNG\r\n\x1a\n", PNG[:33]):
        assert is_whole(start + content, mime_type) in {True, False}


@pytest.mark.parametrize(
    ("name", "declared_type"),
    [
        ("a.pdf", "text/html"),
        ("a.pdf", "image/svg+xml"),
        ("a.exe", "application/octet-stream"),
        ("pdf", ""),
        ("a.gif", "image/gif"),
    ],
)
def test_refuses_every_other_type(company: Company, name: str, declared_type: str) -> None:
    with pytest.raises(InvalidFileType):
        store(company, PDF, name, declared_type)


@pytest.mark.parametrize(
    ("content", "name", "declared_type", "mime_type"),
    [
        (PDF, "A.PDF", "application/octet-stream", "application/pdf"),
        (JPEG, "a.jpeg", "", "image/jpeg"),
        (JPEG, "a.jpg", "image/jpg", "image/jpeg"),
        (PDF, "a.pdf", "Application/PDF; charset=binary", "application/pdf"),
        (b"\xef\xbb\xbf\r\n" + PDF, "a.pdf", "application/pdf", "application/pdf"),
    ],
)
def test_understands_what_clients_send(
    company: Company, content: bytes, name: str, declared_type: str, mime_type: str
) -> None:
    assert store(company, content, name, declared_type).mime_type == mime_type


def test_does_not_know_someone_elses_document(company: Company) -> None:
    with pytest.raises(NotFound):
        document_of(make_company(), store(company).pk)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE files_storedfile SET sha256 = repeat('0', 64)",
        "UPDATE files_storedfile SET original_name = 'other.pdf'",
        "UPDATE files_storedfile SET company_id = gen_random_uuid()",
        "DELETE FROM files_storedfile",
    ],
)
def test_is_never_changed_or_deleted(company: Company, attack: str) -> None:
    store(company)
    with (
        pytest.raises(DatabaseError, match="cannot be changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(attack)


def test_can_be_moved_to_another_store(company: Company) -> None:
    store(company)
    assert StoredFile.objects.update(storage_name="moved/elsewhere") == 1


def test_is_held_to_the_company_that_postgresql_was_told(company: Company) -> None:
    document = store(company)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('backfill.company_id', %s, true)", [str(make_company().pk)])
        cursor.execute("SELECT count(*) FROM files_storedfile")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT set_config('backfill.company_id', %s, true)", [str(document.company_id)])
        cursor.execute("SELECT count(*) FROM files_storedfile")
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("rechnung-4711.pdf", "rechnung-4711.pdf"),
        ("Übergrößen Gehäuse.pdf", "Übergrößen Gehäuse.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\anna\\scan.pdf", "scan.pdf"),
        ("a\"b'c;d`e$(f).pdf", "abcde(f).pdf"),
        ("a\r\nX-Evil: 1.pdf", "aX-Evil 1.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.pdf"),
        ("x.html", "x.pdf"),
        ("x.pdf.exe", "x.pdf"),
        ("x.PDF.js.html", "x.PDF"),
        ("x.svg ", "x.pdf"),
        ("x.html.", "x.pdf"),
        (".html", "html.pdf"),
        ("Rechnung 11.2026", "Rechnung 11.2026.pdf"),
        ("4711", "4711.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        (".pdf", "document.pdf"),
        ("..", "document.pdf"),
        ("", "document.pdf"),
        ("U\u0308ber.pdf", "Über.pdf"),
    ],
)
def test_sanitises_the_name(name: str, cleaned: str) -> None:
    assert clean_name(name, suffixes=(".pdf",)) == cleaned


@pytest.mark.parametrize(
    ("content", "ending"), [(PDF, ".pdf"), (JPEG, ".jpg"), (PNG, ".png")], ids=["pdf", "jpeg", "png"]
)
@pytest.mark.parametrize("name", ["x.html", "x.pdf.exe", "x.svg", "x.htm\u200bl", "x"])
def test_ends_the_name_as_the_content_is(company: Company, content: bytes, ending: str, name: str) -> None:
    types = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".png": "image/png"}
    assert store(company, content, name, types[ending]).original_name.endswith(ending)


@pytest.mark.parametrize("declared", ["image/png", ""])
def test_refuses_a_script_behind_the_first_bytes_of_an_image(company: Company, declared: str) -> None:
    with pytest.raises(MimeMismatch):
        store(company, b"\x89PNG\r\n\x1a\n<svg><script>alert(1)</script></svg>", "x.png", declared)


@given(st.text(max_size=400))
def test_makes_a_name_of_anything_that_fits_a_header_and_a_column(name: str) -> None:
    cleaned = clean_name(name, suffixes=(".pdf",))
    assert 0 < len(cleaned) <= LONGEST
    assert not set(cleaned) & set('/\\"\r\n\x00')
    assert clean_name(cleaned, suffixes=(".pdf",)) == cleaned
    header = content_disposition("attachment", cleaned)
    assert header.isascii()
    assert header.isprintable()


def test_keeps_the_ending_of_a_long_name() -> None:
    cleaned = clean_name("x" * 300 + ".pdf", suffixes=(".pdf",))
    assert len(cleaned) == LONGEST
    assert cleaned.endswith("x.pdf")


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("rechnung-4711.pdf", 'inline; filename="rechnung-4711.pdf"'),
        ("Über 5 €.pdf", "inline; filename=\"Uber 5 .pdf\"; filename*=UTF-8''%C3%9Cber%205%20%E2%82%AC.pdf"),
    ],
)
def test_encodes_the_name_for_the_header(name: str, header: str) -> None:
    assert content_disposition("inline", name) == header
