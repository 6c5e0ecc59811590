"""German around a noun that a sentence is given: no article, no ending, no case that does not fit every noun."""

import re
from collections.abc import Iterator

import pytest
from django.utils import translation

from backfill.words import a_noun_of, in_sentence, noun_of, such_a
from ledger.documents.store.documents import refusal
from ledger.documents.types import document_types
from ledger.models import AccountRole, AccountType
from tests.translations.catalogues import PLACES, stored

_NOUN = r"(?:\{(?:noun|title|kind|type)\}|%\((?:noun|title)\)s)"
_ARTICLE = (
    r"(?:ein|eine[mnrs]?|de[mnrs]|die|das|dies(?:e[mnrs]?)?|kein(?:e[mnrs]?)?|jede[mnrs]?|alle[nr]?|"
    r"Ihr(?:e[mnrs]?)?|neue[mnrs]?|andere[mnrs]?)"
)
_BEFORE = re.compile(rf"\b{_ARTICLE}\s+{_NOUN}", re.IGNORECASE)
_ONE_OF_A_SORT = re.compile(r"(?P<before>.{0,12})\{(?:a_noun|such)\}")
_OBJECT = re.compile(
    r"\b(?:für|durch|ohne|gegen|mit|von|zu|bei|an|auf|aus)\s+\{(?:noun|party)\}|\{noun\}[^;:.(]*\bgibt es\b"
)
_OF_PARTIES = (  # sentences that are said of customers and vendors: «Kunde» has other endings in other cases
    "a {noun} with",
    "more than one {noun}",
    "no active {noun}",
    "{noun} {id} does not exist",
    "{noun} {party} ",
)


def sentences() -> Iterator[tuple[str, str]]:
    """Yield all that is said, in English and German."""
    for place in PLACES.values():
        for message in stored(place):
            english, german = (one if isinstance(one, tuple | list) else (one,) for one in (message.id, message.string))
            yield from zip(english, german, strict=False)


def test_puts_no_article_before_a_noun_of_any_gender() -> None:
    assert not [german for _english, german in sentences() if _BEFORE.search(german)]


def test_says_one_of_a_sort_as_the_subject() -> None:
    """«ein Beleg der Art Rechnung» is a nominative: it begins the sentence, or what follows a semicolon."""
    wrong = [
        german
        for _english, german in sentences()
        for found in _ONE_OF_A_SORT.finditer(german)
        if found["before"] and not found["before"].endswith(("; ", ", "))
    ]
    assert not wrong


def test_says_parties_in_the_nominative() -> None:
    said = [german for english, german in sentences() if english.startswith(_OF_PARTIES)]
    assert len(said) > 8
    assert not [german for german in said if _OBJECT.search(german)]


@pytest.mark.parametrize("text", ["eine {noun} braucht", "Diese %(noun)s ist", "neuer {noun}", "kein {title}"])
def test_finds_articles(text: str) -> None:
    assert _BEFORE.search(text)


def test_names_every_type_as_the_glossary_does() -> None:
    nouns = {
        "invoice": "Rechnung",
        "credit_memo": "Rechnungskorrektur",
        "payment": "Zahlung",
        "sales_receipt": "Verkaufsbeleg",
        "refund_receipt": "Erstattung",
        "quote": "Angebot",
        "sales_order": "Auftrag",
    }
    with translation.override("de"):
        for one in document_types("receivables"):
            noun = nouns[one.key]
            assert (one.noun, noun_of(one.key), one.a_noun) == (noun, noun, f"ein Beleg der Art {noun}")
            assert a_noun_of(one.key) == f"ein Beleg der Art {noun}"
            assert such_a(one.key, "void") == f"ein Beleg der Art {noun} im Status „storniert“"


@pytest.mark.parametrize(("key", "said"), [("invoice", "lässt sich nicht buchen"), ("sales_order", "nicht bestätigen")])
def test_says_of_orders_that_they_are_not_confirmed(key: str, said: str) -> None:
    doc_type = next(one for one in document_types() if one.key == key)
    with translation.override("de"):
        assert said in refusal(doc_type, doc_type.model(status="void"), "confirmed").message


def test_says_roles_and_types_of_accounts_by_their_names() -> None:
    assert AccountRole.ACCOUNTS_RECEIVABLE.in_sentence == "accounts_receivable"
    assert in_sentence(AccountType.ASSET.label) == "asset"
    with translation.override("de"):
        assert AccountRole.ACCOUNTS_RECEIVABLE.in_sentence == str(AccountRole.ACCOUNTS_RECEIVABLE.label)
        assert in_sentence(AccountType.EXPENSE.label) == "Aufwand"
