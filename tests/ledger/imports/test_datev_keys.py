"""DATEV BU keys."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.datev_keys import BookingKey, UnknownKey, read_key

KEYS = {"2", "3", "8", "9", "19", "94"}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", BookingKey()),
        ("0", BookingKey()),
        ("9", BookingKey("9")),
        ("09", BookingKey("9")),
        ("0009", BookingKey("9")),
        ("94", BookingKey("94")),
        ("40", BookingKey(lifts_automatic=True)),
        ("43", BookingKey("3", lifts_automatic=True)),
        ("20", BookingKey(is_general_reversal=True)),
        ("29", BookingKey("9", is_general_reversal=True)),
        ("69", BookingKey("19", is_general_reversal=True)),
        ("80", BookingKey(lifts_automatic=True, is_general_reversal=True)),
        ("88", BookingKey("8", lifts_automatic=True, is_general_reversal=True)),
    ],
)
def test_reads_a_key(text: str, key: BookingKey) -> None:
    assert read_key(text, KEYS) == key


@pytest.mark.parametrize("text", ["5", "49", "27", "39", "59", "79", "99", "506", "12345", "A", "9 ", "-9"])
def test_refuses_a_key_that_no_tax_code_carries(text: str) -> None:
    with pytest.raises(UnknownKey, match="field 9"):
        read_key(text, KEYS)


def test_a_key_that_a_tax_code_carries_is_no_correction() -> None:
    assert read_key("29", {"9", "29"}) == BookingKey("29")


@given(st.integers(0, 9999), st.sets(st.integers(1, 9999).map(str)))
def test_a_tax_key_is_always_one_of_the_company(number: int, keys: set[str]) -> None:
    with suppress(UnknownKey):
        assert read_key(str(number), keys).tax_key in {"", *keys}
