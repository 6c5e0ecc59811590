"""The records that a document's lines name: accounts, items and tax codes, each kind read in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from backfill.errors import ValidationFailed
from ledger.documents.errors import ReferenceNotFound
from ledger.documents.values import LineValues
from ledger.models import Account, Item, Slot
from ledger.tax_book import TaxBook
from ledger.tax_rules import tax_book_and_usual_code

CONTROLS: Final = frozenset({Slot.ACCOUNTS_RECEIVABLE.value, Slot.ACCOUNTS_PAYABLE.value})
"""Slots, and sub-types of accounts by the same names."""


@dataclass(frozen=True, slots=True)
class References:
    """Everything named, by what names it; the company's tax codes, and the automatic code of the account that lines
    post to which name none."""

    accounts: dict[UUID | str, Account]
    items: dict[UUID, Item]
    book: TaxBook
    usual_code: str = ""

    def account_of(self, line: LineValues, path: str) -> Account | None:
        """Return the account the line names by id or, for people, by code. Raises ReferenceNotFound."""
        name = "account_id" if line.get("account_id") else "detail.account_id"
        for place, key in ((name, _account_id(line)), ("account_code", line.get("account_code"))):
            if key:
                account = self.accounts.get(key)
                if account is None:
                    raise ReferenceNotFound(f"account {key} does not exist in this company", field=f"{path}.{place}")
                return refuse_control(account, f"{path}.{place}")
        return None

    def item_of(self, line: LineValues, path: str) -> Item | None:
        """Return the item that the line names as its product. Raises ReferenceNotFound."""
        key = _item_id(line)
        if key is None:
            return None
        item = self.items.get(key) if isinstance(key, UUID) else None
        if item is None:
            place = "product_id" if line.get("product_id") else "detail.item_id"
            raise ReferenceNotFound(f"item {key} does not exist in this company", field=f"{path}.{place}")
        return item


def references_of(company_id: UUID, lines: Sequence[LineValues], *, usual: Slot) -> References:
    """Read what `lines` name, within the company. `usual` is the role of the account that they post to by default."""
    items = _items(company_id, [_item_id(line) for line in lines])
    book, usual_code = tax_book_and_usual_code(company_id, usual)
    return References(_accounts(company_id, lines), items, book, usual_code)


def refuse_control(account: Account, field: str) -> Account:
    """Return an account that documents may name. Open items alone move the control accounts, so that they tie (L8).
    Raises ValidationFailed."""
    if {account.slot, account.sub_type} & CONTROLS:
        raise ValidationFailed(
            f"account {account.code or account.name} is for open items, which documents post there by themselves; "
            "choose another",
            field=field,
        )
    return account


def _accounts(company_id: UUID, lines: Sequence[LineValues]) -> dict[UUID | str, Account]:
    accounts = Account.objects.filter(company_id=company_id)
    ids = {key for line in lines if isinstance(key := _account_id(line), UUID)}
    codes = {line["account_code"] for line in lines if line.get("account_code")}
    found: dict[UUID | str, Account] = {}
    if ids:
        found.update(accounts.in_bulk(list(ids)))
    if codes:
        found.update({account.code or "": account for account in accounts.filter(code__in=codes)})
    return found


def _items(company_id: UUID, keys: Iterable[Any]) -> dict[UUID, Item]:
    ids = {key for key in keys if isinstance(key, UUID)}
    items = Item.objects.filter(company_id=company_id).select_related("revenue_account", "expense_account")
    return items.in_bulk(list(ids)) if ids else {}


def _account_id(line: LineValues) -> Any:
    return line.get("account_id") or _uuid((line.get("detail") or {}).get("account_id"))


def _item_id(line: LineValues) -> Any:
    return line.get("product_id") or _uuid((line.get("detail") or {}).get("item_id"))


def _uuid(value: Any) -> Any:
    """Return the UUID that a JSON string spells; anything else is no reference that exists."""
    try:
        return UUID(value) if isinstance(value, str) and value else value or None
    except ValueError:
        return value


def take_account(record: Any, values: Mapping[str, Any], name: str) -> None:
    """Set an account of a record from `<name>_id` or, for people, `<name>_code`. Raises ReferenceNotFound."""
    for key, look_up in ((f"{name}_id", "id"), (f"{name}_code", "code")):
        if not values.get(key):
            continue
        account = Account.objects.filter(company_id=record.company_id, **{look_up: values[key]}).first()
        if account is None:
            raise ReferenceNotFound(f"account {values[key]} does not exist in this company", field=key)
        setattr(record, name, refuse_control(account, key))
        return
    if f"{name}_id" in values:
        setattr(record, name, None)
