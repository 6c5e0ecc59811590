"""The admin's forms arrive whole however a browser or a proxy sends them."""

from collections.abc import Mapping
from itertools import cycle
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company
from ledger.models import Account
from tests.wire import FRAMINGS, Answer, send
from tests.workspace.routes import ACTIONS, PAGES, records

FORM = "application/x-www-form-urlencoded"
TOKEN = "a" * 32
SIGNED_OUT = ("/admin/login/", "/password/forgot")


def _post(client: Client, address: str, framing: str, fields: Mapping[str, str] | None = None) -> Answer:
    cookies = {"csrftoken": TOKEN, **{name: morsel.value for name, morsel in client.cookies.items()}}
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    body = urlencode({"csrfmiddlewaretoken": TOKEN, "request_id": str(uuid4()), **(fields or {})}).encode()
    return send("POST", address, body, content_type=FORM, headers=headers, framing=framing)


@pytest.mark.parametrize("framing", FRAMINGS)
def test_makes_what_the_form_says(framing: str, company: Company, owner: Client) -> None:
    values = {"code": "6999", "name": "Chunks", "type": "expense", "currency": ""}
    answer = _post(owner, reverse("admin:new_account"), framing, values)
    assert answer.status == 302, answer.content.decode()
    assert Account.objects.get(company=company, code="6999").name == "Chunks"


def test_finds_the_form_token_on_every_page(company: Company, owner: Client) -> None:
    """Django looks for the token in the body, and answers 403 where it finds none. Each page takes its turn of the
    framings, which the pages know nothing of."""
    ids = records(company)
    addresses = [reverse(f"admin:{name}") for name in PAGES]
    addresses += [reverse(f"admin:{name}", args=[ids[kind]] if kind else []) for name, (kind, _) in ACTIONS.items()]
    turns = zip((*addresses, *SIGNED_OUT), cycle(FRAMINGS), strict=False)
    statuses = {address: _post(owner, address, framing).status for address, framing in turns}
    assert [address for address, status in statuses.items() if status in {400, 403, 413, 500}] == []


def test_refuses_a_form_without_a_token(owner: Client, company: Company) -> None:
    """It shows that the test above can fail."""
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in owner.cookies.items())
    headers = {"Cookie": f"csrftoken={TOKEN}; {cookies}"}
    answer = send("POST", reverse("admin:new_account"), b"", content_type=FORM, headers=headers, framing="chunked")
    assert answer.status == 403


def test_says_in_words_why_a_form_cannot_be_read(owner: Client) -> None:
    headers = {"Content-Encoding": "br"}
    answer = send("POST", reverse("admin:login"), b"x", content_type=FORM, headers=headers)
    assert (answer.status, answer.headers["Content-Type"]) == (415, "text/plain; charset=utf-8")
    assert answer.content.decode().startswith("A body with «Content-Encoding: br» is not read.")
