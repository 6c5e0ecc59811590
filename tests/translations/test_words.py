"""Words for codes, and refusals as pages say them, in both languages."""

import pytest
from django.utils import translation

from backfill.tenancy.errors import InvalidCredentials
from backfill.tenancy.models import Company, Role
from backfill.tenancy.roles import role_in_sentence
from backfill.words import a_noun_of, noun_of, state_of, such_a
from backfill.workspace.admin.company import CompanyForm
from backfill.workspace.admin.scope_choices import CHOICES
from backfill.workspace.numbers import NotANumber, parse_number
from backfill.workspace.wording import sentence
from ledger.imports.amounts import DecimalMark
from ledger.models import AccountRole, AccountType, Period
from ledger.pages.currencies import currency_choices


class TestWords:
    @pytest.mark.parametrize(
        ("language", "noun", "one", "such"),
        [
            ("en", "sales order", "a sales order", "an open sales order"),
            ("de", "Auftrag", "ein Beleg der Art Auftrag", "ein Beleg der Art Auftrag im Status „offen“"),
        ],
    )
    def test_names_documents(self, language: str, noun: str, one: str, such: str) -> None:
        with translation.override(language):
            assert (noun_of("sales_order"), a_noun_of("sales order"), such_a("sales_order", "open")) == (
                noun,
                one,
                such,
            )

    def test_says_a_code_it_does_not_know_with_blanks(self) -> None:
        assert (noun_of("petty_claim"), state_of("half_done")) == ("petty claim", "half done")

    def test_says_every_state_of_a_period_in_german(self) -> None:
        with translation.override("de"):
            assert [state_of(one) for one in Period.Status.values] == [
                "offen",
                "vorläufig abgeschlossen",
                "festgeschrieben",
            ]

    def test_names_roles_types_and_scopes_in_the_readers_language(self) -> None:
        assert role_in_sentence(Role.BOOKKEEPER) == "bookkeeper"
        with translation.override("de"):
            assert role_in_sentence(Role.BOOKKEEPER) == "Buchhaltung"
            assert str(AccountType.EXPENSE.label) == "Aufwand"
            assert str(AccountRole.UNDEPOSITED_FUNDS.label) == "Geldtransit"
            assert str(dict(CHOICES)["journal:read"]) == "Journal: lesen"
            assert DecimalMark.COMMA.description == "Dezimalkomma"


class TestRefusals:
    def test_is_worded_when_it_is_raised(self) -> None:
        with translation.override("de"):
            assert InvalidCredentials().message == "E-Mail-Adresse oder Passwort stimmt nicht."
        assert InvalidCredentials().message == "The e-mail address or the password is wrong."

    def test_keeps_what_somebody_typed(self) -> None:
        with translation.override("de"), pytest.raises(NotANumber) as refusal:
            parse_number("unit_amount 2026-01-31", None)
        with translation.override("de"):
            assert sentence(str(refusal.value)).startswith("„unit_amount 2026-01-31“ ist keine Zahl; schreiben Sie")

    def test_says_fields_and_lines_in_words(self) -> None:
        with translation.override("de"):
            assert sentence("lines[2].unit_amount ist 1").startswith("Zeile 3, Preis ist 1")
            assert sentence("exchange_rate ist eine positive Zahl") == "Der Kurs ist eine positive Zahl."


class TestChoices:
    def test_names_countries_and_currencies_in_the_readers_language(self) -> None:
        company = Company(base_currency="EUR")
        with translation.override("de"):
            assert dict(CompanyForm().fields["country"].choices)["CH"] == "Schweiz"
            assert dict(currency_choices(company))["USD"] == "USD · US-Dollar"
        with translation.override("en"):
            assert dict(CompanyForm().fields["country"].choices)["CH"] == "Switzerland"
            assert dict(currency_choices(company))["USD"] == "USD · US Dollar"
