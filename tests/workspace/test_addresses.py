"""The addresses of the pages: bookmarks and links in mails lead to them, so they stay."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from backfill.urls import PAGES
from tests.test_architecture import ROOT

FOLDERS = (
    *("backfill/workspace/admin", "ledger/pages", "ledger/inventory/pages", "ledger/documents/pages"),
    *("receivables/pages", "reporting/pages"),
)


def addresses(urlconf: str) -> set[str]:
    return {f"{route} {name}" for route, name in _walk(get_resolver(urlconf), "", ())}


def _walk(resolver: URLResolver, prefix: str, namespaces: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for one in resolver.url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one, route, (*namespaces, *filter(None, [one.namespace])))
        else:
            yield route, ":".join((*namespaces, one.name or ""))


@pytest.mark.parametrize("urlconf", ["backfill.urls", "backfill.contracts.backfill", "backfill.contracts.bookkeeping"])
def test_every_address_that_there_was_is_there(urlconf: str) -> None:
    known = set((Path(__file__).parent / "addresses.txt").read_text().splitlines())
    assert len(known) > 190
    assert known <= addresses(urlconf)


def test_every_page_has_one_address_and_one_name() -> None:
    assert all(isinstance(one, URLPattern) for one in PAGES)
    assert len({str(one.pattern) for one in PAGES}) == len({one.name for one in PAGES}) == len(PAGES) > 170


def test_nothing_is_registered_by_being_imported() -> None:
    """Packages of pages say nothing but what they are; addresses are lists, places are added when the app is ready."""
    for folder in FOLDERS:
        package = ast.parse((ROOT / folder / "__init__.py").read_text())
        assert len(package.body) == 1, folder
        for module in (ROOT / folder).glob("*.py"):
            statements = ast.parse(module.read_text()).body
            calls = [one for one in statements if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)]
            assert not calls, module
