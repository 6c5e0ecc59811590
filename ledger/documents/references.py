"""The records that a document's lines name: accounts, items and tax codes, each kind read in one statement."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from ledger.accounts.controls import refuse_control
from ledger.documents.lines.values import LineValues
from ledger.errors import ReferenceNotFound
from ledger.inventory.models import Item
from ledger.models import Account, AccountRole
from ledger.tax.book import TaxBook
from ledger.tax.rules import tax_book_and_usual_code


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
        found: dict[str, Account] = {}
        for place, key in ((name, _account_id(line)), ("account_code", line.get("account_code"))):
            if key:
                account = self.accounts.get(key)
                if account is None:
                    raise ReferenceNotFound(
                        _("account {key} does not exist in this company").format(key=key), field=f"{path}.{place}"
                    )
                found[place] = refuse_control(account, f"{path}.{place}")
        _refuse_two(_account_id, line, ("account_id", "detail.account_id"), path)
        if len({account.id for account in found.values()}) > 1:
            raise _two_records(name, "account_code", path)
        return next(iter(found.values()), None)

    def item_of(self, line: LineValues, path: str) -> Item | None:
        """Return the item that the line names as its product. Raises ReferenceNotFound."""
        key = _item_id(line)
        if key is None:
            return None
        item = self.items.get(key) if isinstance(key, UUID) else None
        if item is None:
            place = "product_id" if line.get("product_id") else "detail.item_id"
            raise ReferenceNotFound(
                _("item {key} does not exist in this company").format(key=key), field=f"{path}.{place}"
            )
        _refuse_two(_item_id, line, ("product_id", "detail.item_id"), path)
        sku = line.get("sku")
        if sku and sku != item.sku and any(other.sku == sku for other in self.items.values()):
            raise ValidationFailed(
                _("product_id names {item}, but sku {sku} is another item's; leave one of them out").format(
                    item=item, sku=sku
                ),
                field=f"{path}.sku",
            )
        return item


def references_of(company_id: UUID, lines: Sequence[LineValues], *, usual: AccountRole) -> References:
    """Read what `lines` name, within the company. `usual` is the role of the account that they post to by default."""
    items = _items(company_id, lines)
    book, usual_code = tax_book_and_usual_code(company_id, usual)
    return References(_accounts(company_id, lines), items, book, usual_code)


def _refuse_two(key_of: Callable[[LineValues], Any], line: LineValues, places: tuple[str, str], path: str) -> None:
    """Refuse a line whose detail names another record than the line itself. `key_of` prefers the line's own."""
    beside: LineValues = {"detail": line.get("detail") or {}}
    detailed = key_of(beside)
    if detailed and detailed != key_of(line):
        raise _two_records(*places, path)


def _two_records(one: str, other: str, path: str) -> ValidationFailed:
    return ValidationFailed(
        _("{one} and {other} name two different records; leave one of them out").format(one=one, other=other),
        field=f"{path}.{other}",
    )


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


def _items(company_id: UUID, lines: Iterable[LineValues]) -> dict[UUID, Item]:
    """Return the items that lines name by id, and those whose SKU stands beside such an id."""
    keys = {key: line.get("sku") for line in lines if isinstance(key := _item_id(line), UUID)}
    items = Item.objects.filter(company_id=company_id).select_related("revenue_account", "expense_account")
    skus = {sku for sku in keys.values() if sku}
    named = Q(pk__in=list(keys)) | Q(sku__in=skus) if skus else Q(pk__in=list(keys))
    return {item.pk: item for item in items.filter(named)} if keys else {}


def _account_id(line: LineValues) -> Any:
    return line.get("account_id") or _uuid((line.get("detail") or {}).get("account_id"))


def _item_id(line: LineValues) -> Any:
    return line.get("product_id") or _uuid((line.get("detail") or {}).get("item_id"))


def _uuid(value: Any) -> Any:
    """Return the UUID that a JSON string spells; anything else is not a reference that exists."""
    try:
        return UUID(value) if isinstance(value, str) and value else value or None
    except ValueError:
        return value


def assign_account(record: Any, values: Mapping[str, Any], name: str) -> None:
    """Set an account of a record from `<name>_id` or, for people, `<name>_code`. Raises ReferenceNotFound, and
    ValidationFailed when both are given and name two accounts. A code that no account has says nothing beside an id:
    the published examples have such a placeholder."""
    taken: Account | None = None
    for key, look_up in ((f"{name}_id", "id"), (f"{name}_code", "code")):
        if not values.get(key):
            continue
        account = Account.objects.filter(company_id=record.company_id, **{look_up: values[key]}).first()
        if account is None and taken:
            continue
        if account is None:
            raise ReferenceNotFound(
                _("account {code} does not exist in this company").format(code=values[key]), field=key
            )
        if taken and taken != account:
            raise ValidationFailed(
                _("{name}_id names {taken}, {key} says {code}; leave one of them out").format(
                    name=name, taken=taken, key=key, code=values[key]
                ),
                field=key,
            )
        taken = refuse_control(account, key)
        setattr(record, name, taken)
    if taken is None and f"{name}_id" in values:
        setattr(record, name, None)
