"""The contracts as this installation serves them."""

from collections.abc import Callable
from functools import cache

import pytest
from django.test import Client

from tests.contract.published import Document


@cache
def _document(contract: str) -> Document:
    response = Client().get(f"/v1/openapi.json?contract={contract}")
    assert response.status_code == 200, response.content
    return Document(response.json())


@pytest.fixture
def document() -> Callable[[str], Document]:
    """The generated OpenAPI document of a contract, as it is served."""
    return _document
