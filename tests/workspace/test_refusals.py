"""What the admin refuses, in plain words and as the company writes."""

import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories import make_company
from tests.ledger.imports.datev_files import batch
from tests.workspace.conftest import SignedIn, words
from tests.workspace.test_editor import NEW, errors, typed

pytestmark = pytest.mark.django_db

API_WORDS = re.compile(r"[a-z]+_[a-z]+|\[\d+\]|--[a-z]+|/v1/|\b\d{4}-\d{2}-\d{2}\b")


def told(response: Any) -> list[str]:
    return [html.unescape(text) for text in errors(response)]


CASH = ({"account": "4930", "debit": "12,50"}, {"account": "1000", "credit": "12,50"})
TYPED = [
    ({}, ({"account": "4930", "debit": "12,345"}, CASH[1]), "12,345 has more decimals than EUR has"),
    (
        {},
        ({"account": "4930", "debit": "1.234,50"}, CASH[1]),
        "debits 1.234,50 EUR, credits 12,50 EUR, off by 1.222,00",
    ),
    ({"entry_date": "1066-10-14"}, CASH, "The date lies between 01.01.1900 and 31.12.2199"),
    ({"entry_date": "2200-01-01"}, CASH, "The date lies between 01.01.1900 and 31.12.2199"),
]


@pytest.mark.parametrize(("header", "lines", "said"), TYPED)
def test_refuses_an_entry_as_a_german_reads_it(
    signed_in: SignedIn, header: dict[str, str], lines: Any, said: str
) -> None:
    company = make_company(chart="skr03", currency="EUR", country="DE", name="Muster GmbH")

    found = told(signed_in(company).post(NEW, typed(*lines, **header)))

    assert any(said in one for one in found), found
    assert not any(API_WORDS.search(one) for one in found), found


def test_refuses_another_client_s_batch_without_the_options_of_a_command(signed_in: SignedIn) -> None:
    company = make_company(chart="skr03", currency="EUR", country="DE", datev_client_number=7)
    file = SimpleUploadedFile("batch.csv", batch({}).read())

    page = words(signed_in(company).post(reverse("admin:imports"), {"kind": "datev", "file": file}))

    assert "The batch belongs to client" in page
    assert "Accept other DATEV consultant and client numbers" in page
    assert "--ignore" not in page
