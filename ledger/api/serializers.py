"""The shapes of accounts and journal entries in the Backfill contract."""

from decimal import Decimal
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from backfill.api.fields import (
    CurrencyField,
    InstantField,
    JSONObjectField,
    MoneyField,
    OptionalText,
    RateField,
    StrictBooleanField,
    StrictDateField,
    StrictIntegerField,
    StrictUUIDField,
    TextField,
    plain_decimal,
)
from backfill.api.serializers import InputSerializer, SourcedInput
from backfill.api.warnings import WarningOutput
from ledger.api.lines import EntryLineOutput, facts_of, line_record
from ledger.entries.warnings import entry_warnings
from ledger.journal.resolving import MAX_LINES
from ledger.models import Account, AccountRole, AccountType, ApprovalStatus, EntryStatus, JournalEntry

ZERO = Decimal(0)
SMALLEST_RATE = Decimal("0.000000000001")


class AccountInput(SourcedInput):
    name = TextField(max_length=255, help_text="Name")
    type = serializers.ChoiceField(AccountType.choices, help_text="asset, liability, equity, revenue or expense")
    code = OptionalText(max_length=20, help_text="Code that people know the account by; unique in the company.")
    sub_type = OptionalText(max_length=50, help_text="Finer type, free text.")
    description = OptionalText(max_length=2_000, help_text="Description")
    slot = serializers.ChoiceField(
        AccountRole.choices, required=False, allow_null=True, help_text="The role it plays in automatic posting."
    )
    parent_name = OptionalText(max_length=255, help_text="Name of the account it is listed under; of the same type.")
    active = StrictBooleanField(default=True, help_text="Whether it can be posted to.")
    subsidiary_id = OptionalText(max_length=100, help_text="Business entity, where a company has several.")


class AccountOutput(serializers.Serializer[Account]):
    """An account. `balance` is in base currency in the account's normal sign: positive on its normal side.
    Of revenue and expense accounts it counts from the start of the fiscal year."""

    account_id = serializers.CharField(help_text="The record's id in the system it came from, else its own id.")
    name = serializers.CharField()
    type = serializers.ChoiceField(AccountType.choices)
    account_type = serializers.ChoiceField(AccountType.choices)
    code = serializers.CharField(allow_null=True)
    account_code = serializers.CharField(allow_null=True)
    sub_type = serializers.CharField(allow_blank=True)
    description = serializers.CharField(allow_blank=True)
    slot = serializers.CharField(allow_null=True)
    parent_name = serializers.CharField(allow_null=True)
    normal_balance = serializers.ChoiceField([("debit", "Debit"), ("credit", "Credit")])
    balance = MoneyField()
    active = serializers.BooleanField()
    is_active = serializers.BooleanField()
    subsidiary_id = serializers.CharField(allow_blank=True)
    source_system = serializers.CharField(allow_blank=True)
    source_id = serializers.CharField(allow_blank=True)
    connection_id = serializers.CharField(allow_blank=True)
    created_at = InstantField()
    updated_at = InstantField()

    def to_representation(self, instance: Account) -> dict[str, Any]:
        """Written out by hand: a list of a whole chart is a hot path."""
        net = self.context["balances"].get(instance.pk, ZERO)
        return {
            "account_id": instance.source_id or instance.pk,
            "name": instance.name,
            "type": instance.type,
            "account_type": instance.type,
            "code": instance.code,
            "account_code": instance.code,
            "sub_type": instance.sub_type,
            "description": instance.description,
            "slot": instance.slot,
            "parent_name": instance.parent.name if instance.parent else None,
            "normal_balance": instance.normal_balance,
            "balance": plain_decimal(net if instance.normal_balance == "debit" else -net),
            "active": instance.is_active,
            "is_active": instance.is_active,
            "subsidiary_id": instance.subsidiary_id,
            "source_system": instance.source_system,
            "source_id": instance.source_id,
            "connection_id": instance.connection_id,
            "created_at": instance.created_at,
            "updated_at": instance.updated_at,
        }


class AsOfDate(serializers.Serializer[Any]):
    as_of_date = StrictDateField(help_text="The day, inclusive, that balances are stated for.")


class EntryLineInput(InputSerializer):
    account_id = StrictUUIDField(help_text="The account posted to.")
    account_code = OptionalText(max_length=20, help_text="Display only; the code of that account, where given.")
    debit_amount = MoneyField(required=False, allow_null=True, minimum=ZERO, help_text="In the entry's currency.")
    credit_amount = MoneyField(required=False, allow_null=True, minimum=ZERO, help_text="In the entry's currency.")
    description = OptionalText(max_length=500, help_text="Description")
    tax_code = OptionalText(max_length=20, help_text="Splits the tax off the amount, which includes it.")
    line_number = StrictIntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=2**31 - 1,
        help_text="Lines are put in this order; no two have the same. They are answered as 1, 2, 3, …",
    )
    line_ref = OptionalText(max_length=100, help_text="Provider-native line reference.")
    class_id = OptionalText(max_length=100, help_text="Related class.")
    location_id = OptionalText(max_length=100, help_text="Related location.")
    dimensions = JSONObjectField(required=False, help_text="Dimensions")
    metadata = JSONObjectField(required=False, help_text="Metadata")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("debit_amount") and attrs.get("credit_amount"):
            message = "A line has either debit_amount or credit_amount above zero; split it into two lines."
            raise ValidationError({"debit_amount": [ErrorDetail(message, code="one_sided")]})
        return attrs


class EntryInput(SourcedInput):
    """A journal entry in either form: `lines[]`, or one line written flat beside the header."""

    entry_date = StrictDateField(help_text="The entry's own date, and the posting date where no other is stated.")
    status = serializers.ChoiceField(
        EntryStatus.choices,
        required=False,
        help_text="draft (the default) keeps it editable, posted posts it at once; steps set the others.",
    )
    approval_status = serializers.ChoiceField(
        ApprovalStatus.choices,
        required=False,
        help_text="pending_approval submits the draft; approved goes with the status posted; steps set the others.",
    )
    memo = OptionalText(max_length=500, help_text="Memo")
    currency = CurrencyField(required=False, help_text="ISO 4217; the company's own by default.")
    exchange_rate = RateField(
        required=False,
        allow_null=True,
        minimum=SMALLEST_RATE,
        help_text="Base currency units per unit of `currency`; the rate of the day by default.",
    )
    rate_date = StrictDateField(required=False, allow_null=True, help_text="Date of the exchange rate.")
    rate_source = OptionalText(max_length=20, help_text="Where the exchange rate is from.")
    document_date = StrictDateField(required=False, allow_null=True, help_text="Date on the source document.")
    effective_date = StrictDateField(
        required=False,
        allow_null=True,
        help_text="Date of posting, reports and period cutoffs. Defaults to document_date, else entry_date.",
    )
    service_date = StrictDateField(
        required=False, allow_null=True, help_text="When it was supplied; tax codes are for dates of supply."
    )
    posting_period = serializers.RegexField(
        r"^[1-9][0-9]{3}-(0[1-9]|1[0-2]|P1[34])$",
        required=False,
        help_text="YYYY-MM, which follows from effective_date, or an adjustment period YYYY-P13 or YYYY-P14.",
    )
    entry_number = OptionalText(max_length=100, help_text="The source's number of the entry; answered as it was sent.")
    document_number = OptionalText(max_length=100, help_text="Number of the source document.")
    external_reference = OptionalText(max_length=500, help_text="A reference of your own, searchable.")
    reverses_entry_id = StrictUUIDField(
        required=False, allow_null=True, help_text="The posted entry that this one undoes, line by line."
    )
    lines = EntryLineInput(many=True, required=False, max_length=MAX_LINES, help_text="Lines")
    dimensions = JSONObjectField(required=False, help_text="Dimensions")
    metadata = JSONObjectField(required=False, help_text="Metadata")
    account_code = OptionalText(max_length=20, help_text="Flat form: code of the account.")
    account_name = OptionalText(max_length=255, help_text="Flat form: name of the account, where it has no code.")
    debit_amount = MoneyField(required=False, allow_null=True, minimum=ZERO, help_text="Flat form.")
    credit_amount = MoneyField(required=False, allow_null=True, minimum=ZERO, help_text="Flat form.")
    line_memo = OptionalText(max_length=500, help_text="Flat form: description of the line.")

    FLAT: ClassVar[frozenset[str]] = frozenset(
        {"account_code", "account_name", "debit_amount", "credit_amount", "line_memo"}
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        flat = sorted(name for name in self.FLAT if attrs.get(name))
        if flat and attrs.get("lines"):
            raise ValidationError(
                {flat[0]: [ErrorDetail("Give either lines or one flat line, not both.", code="both")]}
            )
        status, approval = attrs.get("status"), attrs.get("approval_status")
        if (status != "draft") != (approval == "approved") and status and approval:
            message = f"An entry that is {approval.replace('_', ' ')} cannot be {status}."
            raise ValidationError({"approval_status": [ErrorDetail(message, code="invalid")]})
        return super().validate(attrs)


class EntryOutput(serializers.Serializer[JournalEntry]):
    """A journal entry in both forms. In the flat one `debit_amount` and `credit_amount` are the entry's sums, and
    the account is that of its first line."""

    entry_number = serializers.CharField(help_text="As it was sent, else the ledger's own number.")
    ledger_number = serializers.CharField(
        allow_null=True, help_text="The ledger's own number, gapless per fiscal year; null on a draft."
    )
    entry_date = StrictDateField()
    status = serializers.ChoiceField(EntryStatus.choices)
    approval_status = serializers.ChoiceField(ApprovalStatus.choices)
    memo = serializers.CharField(allow_blank=True)
    account_code = serializers.CharField(allow_null=True)
    account_name = serializers.CharField(allow_null=True)
    debit_amount = MoneyField()
    credit_amount = MoneyField()
    line_memo = serializers.CharField(allow_blank=True)
    currency = serializers.CharField()
    exchange_rate = RateField(allow_null=True, help_text="Null on a draft that takes the rate of the day.")
    rate_date = StrictDateField(allow_null=True)
    rate_source = serializers.CharField(allow_blank=True)
    document_date = StrictDateField(allow_null=True)
    effective_date = StrictDateField(allow_null=True)
    service_date = StrictDateField(allow_null=True)
    posting_period = serializers.CharField()
    document_number = serializers.CharField(allow_blank=True)
    external_reference = serializers.CharField(allow_null=True)
    lines = EntryLineOutput(many=True)
    dimensions = JSONObjectField()
    metadata = JSONObjectField()
    kind = serializers.CharField(help_text="What posted it: manual, invoice, import, reversal, …")
    reverses_entry_id = serializers.UUIDField(allow_null=True)
    reversed_by_entry_id = serializers.UUIDField(allow_null=True)
    source_system = serializers.CharField(allow_blank=True)
    source_id = serializers.CharField(allow_blank=True)
    connection_id = serializers.CharField(allow_blank=True)
    hash = serializers.CharField(allow_blank=True, help_text="SHA-256 of the entry and the one before it.")
    created_at = InstantField()
    updated_at = InstantField()
    posted_at = InstantField(allow_null=True)

    def to_representation(self, instance: JournalEntry) -> dict[str, Any]:
        """Written out by hand: a list of entries is a hot path."""
        lines = self._draft_lines(instance) if instance.is_draft else self.context["lines"][instance.pk]
        first = lines[0] if lines else {}
        return {
            "entry_number": instance.stated_number or instance.entry_number,
            "ledger_number": None if instance.is_draft else instance.entry_number,
            "entry_date": instance.stated_date or instance.entry_date,
            "status": instance.status,
            "approval_status": instance.approval_status,
            "memo": instance.current_memo,
            "account_code": first.get("account_code"),
            "account_name": first.get("account_name"),
            "debit_amount": _sum(lines, "debit_amount"),
            "credit_amount": _sum(lines, "credit_amount"),
            "line_memo": first.get("description", ""),
            "currency": instance.currency,
            "exchange_rate": self._exchange_rate(instance),
            "rate_date": instance.rate_date,
            "rate_source": instance.rate_source,
            "document_date": instance.document_date,
            "effective_date": instance.entry_date,
            "service_date": instance.service_date,
            "posting_period": instance.period or f"{instance.entry_date:%Y-%m}",
            "document_number": instance.document_number,
            "external_reference": instance.external_reference,
            "lines": lines,
            "dimensions": instance.dimensions,
            "metadata": instance.current_metadata,
            "kind": instance.kind,
            "reverses_entry_id": instance.reverses_entry_id,
            "reversed_by_entry_id": next((one.pk for one in instance.reversals.all()), None),
            "source_system": instance.source_system,
            "source_id": instance.source_id,
            "connection_id": instance.connection_id,
            "hash": instance.hash,
            "created_at": instance.created_at,
            "updated_at": instance.updated_at,
            "posted_at": instance.posted_at,
        }

    def _exchange_rate(self, entry: JournalEntry) -> str | None:
        is_open = entry.is_draft and not entry.rate_source and entry.currency != self.context["company"].base_currency
        return None if is_open else plain_decimal(entry.exchange_rate)

    def _draft_lines(self, entry: JournalEntry) -> list[dict[str, Any]]:
        accounts: dict[str, Account] = self.context["draft_accounts"]
        return [
            line_record(
                number=number,
                account=facts_of(accounts[line["account_id"]]),
                amount=Decimal(line["amount"]),
                base_amount=None,
                rest={**line, "dimensions": line.get("dimensions") or {}, "metadata": line.get("metadata") or {}},
            )
            for number, line in enumerate(entry.draft_lines or [], start=1)
        ]


class EntryRecordOutput(EntryOutput):
    """One entry, with what is doubtful about it."""

    warnings = WarningOutput(many=True, help_text="What somebody should look at, such as a line without tax.")

    def to_representation(self, instance: JournalEntry) -> dict[str, Any]:
        return {**super().to_representation(instance), "warnings": entry_warnings(instance)}


def _sum(lines: list[dict[str, Any]], name: str) -> str:
    return plain_decimal(sum((Decimal(line[name]) for line in lines if line[name] is not None), ZERO))
