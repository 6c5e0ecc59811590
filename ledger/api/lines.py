"""The lines of journal entries as the Backfill contract shows them, looked up for all entries of a page together."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from rest_framework import serializers

from backfill.api.fields import JSONObjectField, MoneyField, plain_decimal
from backfill.api.stored_json import stored_json
from ledger.models import Account, JournalLine

ZERO = Decimal(0)


class EntryLineOutput(serializers.Serializer[Any]):
    line_number = serializers.IntegerField()
    line_ref = serializers.CharField(allow_blank=True)
    account_id = serializers.UUIDField()
    account_code = serializers.CharField(allow_null=True)
    account_name = serializers.CharField()
    debit_amount = MoneyField(allow_null=True)
    credit_amount = MoneyField(allow_null=True)
    base_amount = MoneyField(allow_null=True, help_text="Base currency, debit positive; null on a draft.")
    description = serializers.CharField(allow_blank=True)
    tax_code = serializers.CharField(allow_blank=True)
    tax_role = serializers.CharField(allow_blank=True)
    class_id = serializers.CharField(allow_blank=True)
    location_id = serializers.CharField(allow_blank=True)
    dimensions = JSONObjectField()
    metadata = JSONObjectField()


_TEXTS = ("line_ref", "description", "tax_code", "tax_role", "class_id", "location_id")
_OF_ACCOUNT = {"account_id": "account_id", "account_code": "account__code", "account_name": "account__name"}
_OF_LINE = ("entry_id", "line_number", "currency_amount", "amount", *_TEXTS)


def posted_lines(company_ids: Collection[UUID], entry_ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """Return the lines of posted entries as EntryLineOutput shows them, by entry, in one statement."""
    free = {"dimensions": stored_json("dimensions"), "metadata": stored_json("metadata")}
    names = (*_OF_LINE, *_OF_ACCOUNT, *free)
    found = JournalLine.objects.filter(company__in=company_ids, entry__in=entry_ids).order_by("line_number")
    lines: dict[UUID, list[dict[str, Any]]] = {entry_id: [] for entry_id in entry_ids}
    for values in found.values_list(*_OF_LINE, *_OF_ACCOUNT.values(), *free.values()):
        line = dict(zip(names, values, strict=True))
        shown = line_record(
            number=line["line_number"],
            account={name: line[name] for name in _OF_ACCOUNT},
            amount=line["currency_amount"],
            base_amount=line["amount"],
            rest=line,
        )
        lines[line["entry_id"]].append(shown)
    return lines


def facts_of(account: Account) -> dict[str, Any]:
    return {"account_id": account.pk, "account_code": account.code, "account_name": account.name}


def line_record(
    *, number: int, account: Mapping[str, Any], amount: Decimal, base_amount: Decimal | None, rest: Mapping[str, Any]
) -> dict[str, Any]:
    side = amount or base_amount or ZERO
    shown = plain_decimal(abs(amount))
    return {
        "line_number": number,
        **account,
        "debit_amount": shown if side > 0 else None,
        "credit_amount": shown if side < 0 else None,
        "base_amount": None if base_amount is None else plain_decimal(base_amount),
        **{name: rest.get(name, "") for name in _TEXTS},
        "dimensions": rest["dimensions"],
        "metadata": rest["metadata"],
    }
