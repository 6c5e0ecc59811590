"""The reference pages: drawn from our own files only, under the content security policy."""

import os
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.conftest import CHROMIUM


@pytest.mark.parametrize(("query", "title"), [("", "Backfill API"), ("?contract=books", "Backfill Bookkeeping API")])
def test_names_the_contract_and_its_document(db: None, query: str, title: str) -> None:
    response = Client().get(f"/v1/reference{query}")
    page = response.content.decode()
    assert response.status_code == 200
    assert f"<title>{title}: reference</title>" in page
    assert f'spec-url="openapi.json?contract={"books" if query else "backfill"}"' in page
    assert "http://" not in page
    assert "https://" not in page


def test_refuses_a_contract_that_does_not_exist(db: None) -> None:
    response = Client().get("/v1/reference?contract=other")
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "contract"


def test_serves_a_script_that_loads_nothing_from_elsewhere(db: None) -> None:
    response = Client().get("/v1/reference.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert b"redoc" in response.content
    assert b"cdn.redoc.ly" not in response.content


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_draws_itself_in_a_browser(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE", "true"))
    asked: list[str] = []
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{live_server.url}/v1/reference")
        page.get_by_role("heading", name="Create a note").wait_for(timeout=60_000)
        shown = page.inner_text("body")
        browser.close()
    for text in (
        "Authentication",
        "IDEMPOTENCY_KEY_CONFLICT",
        "Authorization: Bearer",
        "curl -X POST",
        "Source identity",
    ):
        assert text in shown
    ours = urlsplit(live_server.url).netloc
    assert {urlsplit(url.removeprefix("blob:")).netloc for url in asked if not url.startswith("data:")} == {ours}
    assert [complaint for complaint in complaints if "Permissions-Policy" not in complaint] == []
