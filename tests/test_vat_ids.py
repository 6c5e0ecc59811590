"""VAT ids and countries in their one form."""

import pytest

from backfill.countries import country_code
from backfill.vat_ids import InvalidVatId, country_of, has_prefix, vat_id


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("de136695976", "", "DE136695976"),
        (" DE 136.695-976 ", "DE", "DE136695976"),
        ("136695976", "DE", "DE136695976"),
        ("U12345675", "AT", "ATU12345675"),
        ("GR094259216", "GR", "EL094259216"),
        ("094259216", "GR", "EL094259216"),
        ("XI432525179", "GB", "XI432525179"),
        ("UK980780684", "GB", "GB980780684"),
        ("980 7806 84", "GB", "GB980780684"),
        ("CHE-107.787.577 MWST", "CH", "CHE107787577MWST"),
        ("CHE-107.787.577", "CH", "CHE107787577"),
        ("988 077 917", "NO", "NO988077917MVA"),
        ("ATU12345675", "DE", "ATU12345675"),
        ("TR1234567890", "TR", "TR1234567890"),
        ("12-3456789", "US", "12-3456789"),
    ],
)
def test_has_one_form(text: str, country: str, expected: str) -> None:
    assert vat_id(text, country) == expected


@pytest.mark.parametrize(
    ("text", "country"),
    [
        *(("DE136695977", "DE"), ("DE1", "DE"), ("136695977", "DE"), ("136695976", ""), ("XX123", ""), ("", "")),
        *(("GB980780699", "GB"), ("CHE107787578", "CH"), ("EL094259215", ""), ("12-3456789", ""), ("ohne", "DE")),
    ],
)
def test_refuses_what_is_none(text: str, country: str) -> None:
    with pytest.raises(InvalidVatId, match="is no VAT id"):
        vat_id(text, country)


def test_blames_the_prefix_that_was_written() -> None:
    with pytest.raises(InvalidVatId, match="no VAT id of DE"):
        vat_id("DE136695977", "GB")


def test_knows_whose_prefix_it_is() -> None:
    assert [has_prefix(number) for number in ("EL094259216", "XI432525179", "12-3456789")] == [True, True, False]
    assert [country_of(number) for number in ("EL094259216", "XI432525179", "12-3456789")] == ["GR", "GB", ""]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("de", "DE"), ("UK", "GB"), ("England", "GB"), ("EL", "GR"), ("XI", "GB"), ("xk", "XK"), ("1A", "XK")),
        *(("DEU", "DE"), ("USA", "US"), ("United  States of America", "US"), ("Österreich", "AT"), ("Allemagne", "DE")),
        *(("XX", ""), ("EU", ""), ("Narnia", ""), ("", ""), ("-", "")),
    ],
)
def test_reads_a_country(text: str, code: str) -> None:
    assert country_code(text) == code
