"""What the fields accept, refuse and answer."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError
from rest_framework.fields import Field

from backfill.api import fields
from backfill.api.renderers import dump_json, dump_json_with_numbers


def code_of(field: Field[Any, Any, Any, Any], value: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        field.run_validation(value)
    detail: Any = refused.value.detail
    return str(detail[0].code)


class TestMoney:
    @pytest.mark.parametrize(
        ("given_value", "kept"),
        [
            ("125.00", "125.00"),
            ("-0.5", "-0.50"),
            ("0", "0.00"),
            ("1.2345", "1.2345"),
            ("99999999999999.9999", "99999999999999.9999"),
            (125, "125.00"),
            (Decimal("0.1"), "0.10"),
            (Decimal("1E+2"), "100.00"),
            ("007.10", "7.10"),
        ],
    )
    def test_keeps_exact_amounts(self, given_value: Any, kept: str) -> None:
        money = fields.MoneyField()
        assert money.to_representation(money.run_validation(given_value)) == kept

    @pytest.mark.parametrize(
        ("value", "code"),
        [
            ("1e2", "invalid"),
            ("1,5", "invalid"),
            ("", "invalid"),
            (" 1", "invalid"),
            ("+1", "invalid"),
            ("NaN", "invalid"),
            ("Infinity", "invalid"),
            ("١٢", "invalid"),
            (".5", "invalid"),
            (True, "invalid"),
            (1.5, "invalid"),
            ([], "invalid"),
            (None, "null"),
            ("1.00001", "too_precise"),
            (Decimal("1E-400"), "too_precise"),
            (Decimal("1E+400"), "max_value"),
            ("100000000000000", "max_value"),
            (10**200, "max_value"),
        ],
    )
    def test_refuses_what_it_could_only_guess(self, value: Any, code: str) -> None:
        assert code_of(fields.MoneyField(), value) == code

    def test_refuses_less_than_its_minimum(self) -> None:
        assert code_of(fields.MoneyField(minimum=Decimal(0)), "-0.01") == "min_value"

    @given(st.decimals(min_value=Decimal("-1e13"), max_value=Decimal("1e13"), places=4))
    def test_reads_back_every_amount_it_answers(self, amount: Decimal) -> None:
        money = fields.MoneyField()
        assert money.run_validation(money.to_representation(amount)) == amount


class TestBooksAmount:
    @pytest.mark.parametrize(("value", "kept"), [(119, "119.00"), (Decimal("0.1"), "0.10"), (Decimal("-1.5"), "-1.50")])
    def test_keeps_numbers(self, value: Any, kept: str) -> None:
        assert (
            str(
                fields.BookkeepingAmountField().to_representation(fields.BookkeepingAmountField().run_validation(value))
            )
            == kept
        )

    @pytest.mark.parametrize(("value", "code"), [("119", "invalid"), (Decimal("1.005"), "too_precise"), (None, "null")])
    def test_refuses_strings_and_a_third_decimal(self, value: Any, code: str) -> None:
        assert code_of(fields.BookkeepingAmountField(), value) == code


class TestDates:
    def test_reads_a_day(self) -> None:
        assert fields.StrictDateField().run_validation("2026-02-28") == date(2026, 2, 28)

    @pytest.mark.parametrize(
        ("value", "code"),
        [
            ("2026-02-30", "impossible"),
            ("2026-13-01", "impossible"),
            ("2026-2-3", "invalid"),
            ("20260203", "invalid"),
            ("2026-02-03T00:00:00Z", "invalid"),
            ("٢٠٢٦-٠٢-٠٣", "invalid"),
            (20260203, "invalid"),
            ("0001-01-01", "out_of_range"),
            ("9999-12-31", "out_of_range"),
        ],
    )
    def test_refuses_what_is_no_day(self, value: Any, code: str) -> None:
        assert code_of(fields.StrictDateField(), value) == code

    @pytest.mark.parametrize("value", ["2026-05-05T12:00:00Z", "2026-05-05T14:00:00+02:00", "2026-05-05T12:00:00"])
    def test_reads_an_instant_as_utc(self, value: str) -> None:
        assert fields.InstantField().run_validation(value) == datetime(2026, 5, 5, 12, tzinfo=UTC)

    @pytest.mark.parametrize("value", ["noon", "2026-05-05T25:00:00Z", "2026-W19-2", 5, "0001-01-01T00:00:00+14:00"])
    def test_refuses_what_is_no_instant(self, value: Any) -> None:
        assert code_of(fields.InstantField(), value) in {"invalid", "out_of_range"}


class TestPlainTypes:
    @pytest.mark.parametrize("value", [5, True, ["a"], {"a": 1}, Decimal(5)])
    def test_takes_only_text_as_text(self, value: Any) -> None:
        assert code_of(fields.TextField(), value) == "invalid"

    @pytest.mark.parametrize("value", ["", None])
    def test_keeps_absent_text_as_empty(self, value: Any) -> None:
        assert fields.OptionalText().run_validation(value) == ""

    @pytest.mark.parametrize("value", [1, 0, "yes", "True", None, []])
    def test_takes_only_true_and_false(self, value: Any) -> None:
        assert code_of(fields.StrictBooleanField(), value) in {"invalid", "null"}

    @pytest.mark.parametrize(("value", "kept"), [(5, 5), ("-5", -5), (Decimal("5.0"), 5)])
    def test_takes_whole_numbers(self, value: Any, kept: int) -> None:
        assert fields.StrictIntegerField().run_validation(value) == kept

    @pytest.mark.parametrize("value", [True, Decimal("1.5"), "1.5", "٣", 2**63, "1" * 30, Decimal("1E+400"), [], None])
    def test_refuses_other_numbers(self, value: Any) -> None:
        assert code_of(fields.StrictIntegerField(), value) in {"invalid", "max_value", "null"}

    @pytest.mark.parametrize("value", [5, "5", "urn:uuid:019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c11", "z" * 36, None])
    def test_takes_only_uuids_in_their_usual_form(self, value: Any) -> None:
        assert code_of(fields.StrictUUIDField(), value) in {"invalid", "null"}

    def test_takes_uuids_in_either_case(self) -> None:
        text = "019A9D5E-6F0A-7C3E-8A52-2F6D3B8E9C11"
        assert fields.StrictUUIDField().run_validation(text) == UUID(text)

    @pytest.mark.parametrize("value", ["eur", "EURO", "€", 978])
    def test_takes_only_currency_codes(self, value: Any) -> None:
        assert code_of(fields.CurrencyField(), value) == "invalid"


class TestJSONObject:
    def test_keeps_an_object_as_it_was_sent(self) -> None:
        value = {"a": [1, Decimal("1.5"), "x", None, True], "b": {"c": {}}}
        assert fields.JSONObjectField().run_validation(value) == {"a": [1, 1.5, "x", None, True], "b": {"c": {}}}

    @pytest.mark.parametrize(
        "value",
        [
            {"a": {"a": {"a": {"a": {"a": {}}}}}},
            {str(number): 1 for number in range(201)},
            {"a" * 101: 1},
            {"a": "x" * 20_000},
            {"a": Decimal("0.1234567890123456789012345")},
            {"a": Decimal("1E+999")},
            {"a": 2**64},
        ],
    )
    def test_refuses_what_is_too_large(self, value: Any) -> None:
        assert code_of(fields.JSONObjectField(), value) == "too_large"

    def test_refuses_nesting_where_only_a_flat_map_is_allowed(self) -> None:
        assert code_of(fields.JSONObjectField(max_depth=1), {"a": {}}) == "too_large"

    @pytest.mark.parametrize("value", [[], "a", 5])
    def test_refuses_what_is_no_object(self, value: Any) -> None:
        assert code_of(fields.JSONObjectField(), value) == "invalid"


class TestRendering:
    def test_writes_decimals_as_text_in_the_backfill_contract(self) -> None:
        assert dump_json({"a": Decimal("1.10"), "b": Decimal("1E+3")}) == b'{"a":"1.10","b":"1000"}'

    @pytest.mark.parametrize("text", ["1.10", "0.1", "12345678901234567890.12", "-3"])
    def test_writes_decimals_as_exact_numbers_in_the_books_contract(self, text: str) -> None:
        assert dump_json_with_numbers([Decimal(text)]) == f"[{text}]".encode()

    def test_writes_instants_in_utc_with_a_z(self) -> None:
        assert dump_json(datetime(2026, 5, 5, 12, 0, 0, 5, tzinfo=UTC)) == b'"2026-05-05T12:00:00Z"'

    @pytest.mark.parametrize("value", [object(), Decimal("NaN")])
    def test_refuses_what_has_no_json_form(self, value: Any) -> None:
        with pytest.raises(TypeError):
            dump_json_with_numbers(value)
