"""A body means the same however it comes, with its length, in chunks, over HTTP/2, compressed: every operation."""

from typing import Any

import pytest

from backfill.api.views import ApiView
from backfill.tenancy.models import Company
from tests.contract.test_access import OPERATIONS, _filled
from tests.factories import make_api_key, make_company
from tests.wire import FRAMINGS, send

WRITING = [one for one in OPERATIONS if one.values[1] in {"POST", "PUT", "PATCH"}]
# Half a JSON text, and a file of a kind that is not kept: whoever reads the body says so.
JSON = ("application/json", b'{"cut": ', "The body is not JSON")
_NAMES = b'Content-Disposition: form-data; name="file"; filename="x.pdf"\r\nContent-Type: application/pdf'
_FILE = b"--b\r\n" + _NAMES + b"\r\n\r\nno such thing\r\n--b--\r\n"
FORM = ("multipart/form-data; boundary=b", _FILE, "The content of the file is not application/pdf.")


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


@pytest.mark.parametrize(("contract", "method", "path", "view"), WRITING)
def test_reads_the_body_however_it_comes(
    contract: str, method: str, path: str, view: ApiView, company: Company
) -> None:
    token = make_api_key(company, contract=contract).token
    headers = {"Authorization": f"Bearer {token}", "Backfill-Contract": contract}
    address = _filled(path.replace("<str:period>", "2026-01"))
    content_type, body, words = FORM if view.parser_classes[0].media_type == "multipart/form-data" else JSON

    def ask(framing: str) -> dict[str, Any]:
        answer = send(method, address, body, content_type=content_type, headers=headers, framing=framing)
        return {**answer.json(), "http_status": answer.status, "request_id": None}

    expected = ask("Content-Length")
    assert expected["http_status"] == 400
    assert words in expected["message"]
    for framing in FRAMINGS:
        assert ask(framing) == expected, framing
