"""A real Chromium against a live server; the pages may complain of nothing on the way."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from backfill.tenancy.models import Company, Role
from tests.conftest import CHROMIUM
from tests.factories import PASSWORD, make_company, make_member

ARGUMENTS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
EMAIL = "anna@example.com"
PATIENCE = 20_000  # milliseconds, for a machine that does much else


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    # Playwright runs an event loop in this thread, in which Django would refuse its own calls.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(autouse=True)
def own_counters(settings: Any) -> Iterator[None]:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def company(transactional_db: None) -> Company:
    return make_company(name="Acme Tools, Inc.", chart="us", currency="USD", country="US")


@pytest.fixture
def context(chromium: Browser, live_server: Any) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page whose scripts must not fail and which must load nothing that its security policy forbids."""
    complaints: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    # Chromium itself reports the status of a refused form; everything else is a mistake of ours.
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error" and "Failed to load resource: the server responded" not in message.text
            else None
        ),
    )
    yield page
    assert complaints == []


def sign_in(page: Page, company: Company, role: str = Role.OWNER, email: str = EMAIL) -> None:
    """Sign in as a new member, by the form."""
    make_member(company, role=role, email=email, password=PASSWORD)
    page.goto(reverse("admin:index"))
    page.fill("[name=username]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"**{reverse('admin:index')}")
