"""What happens to bodies that have no length, are too long, or are not what their headers say."""

import gzip
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from backfill.tenancy.models import Company
from ledger.models import JournalEntry
from tests.factories import make_api_key
from tests.wire import CHUNKED, FRAMINGS, Answer, send

Post = Callable[..., Answer]
NOTE = b'{"date": "2026-05-05", "lines": [{"text": "Hello", "amount": "5.00"}]}'
ZIPPED = gzip.compress(NOTE, mtime=0)  # at any second the same, so that every process collects the same tests


@pytest.fixture
def post(company: Company) -> Post:
    token = make_api_key(company).token

    def post(body: bytes, *, path: str = "/v1/notes", **options: Any) -> Answer:
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        return send("POST", path, body, headers=headers, **options)

    return post


def refused(answer: Answer) -> tuple[int, str, str]:
    return answer.status, answer.json()["code"], answer.json()["message"]


@pytest.mark.parametrize("framing", FRAMINGS)
def test_says_the_same_about_the_same_body(post: Post, framing: str) -> None:
    answer = post(b'{"surplus": 1}', framing=framing)
    assert answer.status == 422
    assert answer.json()["errors"][0]["field"] == "surplus"


@pytest.mark.parametrize("framing", FRAMINGS)
def test_replays_the_answer_to_the_same_body_however_it_comes(post: Post, framing: str) -> None:
    """The digest of an idempotent request is that of what was meant, not of how it was sent."""
    key = {"Idempotency-Key": "one"}
    first = post(NOTE, headers=key)
    again = post(NOTE, headers=key, framing=framing)
    assert (again.content, again.headers.get("Idempotent-Replayed")) == (first.content, "true")
    other = post(NOTE.replace(b"5.00", b"6.00"), headers=key, framing=framing)
    assert other.json()["code"] == "IDEMPOTENCY_KEY_CONFLICT"


def test_asks_for_a_length_where_the_server_knows_no_end(post: Post) -> None:
    answer = send("POST", "/v1/notes", NOTE, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")
    assert refused(answer) == (411, "LENGTH_REQUIRED", "State the length of the body in Content-Length.")


def test_answers_in_the_contract_that_was_asked_for(company: Company) -> None:
    token = make_api_key(company, contract="books").token
    headers = {"Authorization": f"Bearer {token}", "Content-Encoding": "br"}
    answer = send("POST", "/v1/slips", b"x", headers=headers)
    assert answer.headers["Backfill-Contract"] == "books"
    assert answer.status == 415
    assert answer.headers["Accept-Encoding"] == "gzip, deflate, identity"


@pytest.mark.parametrize("framing", ["chunked", "HTTP/2 without a length", "gzip", "deflate", "gzip, chunked"])
@pytest.mark.parametrize("length", [5_000_001, 8_000_000, 200_000_000])
def test_reads_no_more_than_the_limit(post: Post, framing: str, length: int) -> None:
    """It meets bombs as well: 200 MB of blanks are 200 KB of gzip."""
    answer = post(b" " * length, framing=framing)
    assert answer.status == 413
    assert answer.json()["code"] == "BODY_TOO_LARGE"
    assert answer.environ["wsgi.input"].closed or answer.environ["wsgi.input"].tell() <= 5 * 1024 * 1024


@pytest.mark.parametrize("framing", FRAMINGS)
def test_takes_files_up_to_the_limit_of_the_operation(post: Post, framing: str) -> None:
    def upload(size: int) -> Answer:
        part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
        form = part + b"x" * size + b"\r\n--b--\r\n"
        return post(form, path="/v1/upload", content_type="multipart/form-data; boundary=b", framing=framing)

    assert upload(99_000).status == 200
    assert JournalEntry.objects.get(memo="f").total_amount == 99_000
    assert refused(upload(100_001))[:2] == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize(
    ("body", "encoding", "message"),
    [
        (b"plain", "gzip", "The body is not gzip, which its Content-Encoding says it is."),
        (ZIPPED[:-9], "gzip", "The gzip body is cut off."),
        (ZIPPED + b"more", "gzip", "Something follows the end of the gzip body."),
        (zlib.compress(NOTE)[:-2], "deflate", "The deflate body is cut off."),
        (ZIPPED, "deflate", "The body is not deflate, which its Content-Encoding says it is."),
    ],
)
def test_refuses_what_is_not_compressed_as_stated(post: Post, body: bytes, encoding: str, message: str) -> None:
    assert refused(post(body, headers={"Content-Encoding": encoding})) == (400, "MALFORMED_BODY", message)
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_refuses_encodings_it_does_not_know(post: Post, encoding: str) -> None:
    assert refused(post(b"x", headers={"Content-Encoding": encoding}))[:2] == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_refuses_a_compressed_transfer(post: Post) -> None:
    answer = post(b"x", HTTP_TRANSFER_ENCODING="gzip, chunked")
    assert refused(answer)[:2] == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_refuses_a_compressed_body_that_ends_early(post: Post) -> None:
    cut = BytesIO(ZIPPED[:30])
    answer = post(b"", headers={"Content-Encoding": "gzip"}, **{"CONTENT_LENGTH": "99", "wsgi.input": cut})
    assert refused(answer) == (400, "MALFORMED_BODY", "The body ends before the length that Content-Length states.")


def test_takes_no_body_for_an_empty_one(post: Post) -> None:
    answer = post(b"", **CHUNKED)
    assert answer.json()["errors"][0]["code"] == "REQUIRED"
