"""The lines that documents of both sides post. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from ledger.documents.lines.deriving import contradicts
from ledger.documents.models import Document, DocumentLine, TaxStatus
from ledger.inventory.models import Item
from ledger.journal.drafts import AccountReference, EntryDraft, LineDraft
from ledger.models import Account, AccountRole, LineTaxRole, TaxFamily
from ledger.tax.book import TaxBook
from ledger.tax.calculation import TaxRule, add_tax

_SELF_ASSESSED = LineTaxRole.SELF_ASSESSED


def net_lines(
    lines: Iterable[DocumentLine],
    rules: Mapping[str, TaxRule],
    *,
    sign: int,
    usual: AccountRole,
    of_item: Callable[[Item], AccountReference | None],
    stated: Account | None = None,
    default: Account | None = None,
) -> Iterator[LineDraft]:
    """Yield each line's net amount on its own account, else its item's (`of_item`), else the one `stated` for all, else
    `default`, else the account of its tax code, else the account with the role `usual`; `sign` −1 credits. An automatic
    account is not a default for a line of another code that has an account. Lines taxed by one of our codes say so, for
    the tax returns.
    """
    book = TaxBook(rules)
    exempt = book.of_families([TaxFamily.EXEMPT], date.max)
    for line in lines:
        if not line.net_amount:
            continue
        rule = rules.get(line.tax_code.upper())
        if rule and rule.rate and line.tax_status != TaxStatus.TAXABLE:
            rule = None  # the line is exempt from what its code would charge
        own = line.account_id or (of_item(line.item) if line.item else None) or (stated.id if stated else None)
        of_code = rule or (exempt if line.tax_status == TaxStatus.EXEMPT else None)
        yield LineDraft(
            account=own or _account_for(of_code, default, usual, book),
            amount=sign * line.net_amount,
            description=line.description[:500],
            tax_code=rule.code if rule else "",
            tax_role=LineTaxRole.BASE.value if rule else "",
            line_ref=line.line_ref or line.line_key,
            class_id=line.class_id,
            location_id=line.location_id,
            dimensions=line.dimensions,
            input_path=f"lines[{line.line_number - 1}]",
        )


def _account_for(rule: TaxRule | None, default: Account | None, usual: AccountRole, book: TaxBook) -> AccountReference:
    of_code = rule.account_id if rule else None
    if default is not None and not (of_code and contradicts(default, rule, book)):
        return default.id
    return of_code or usual


def revenue_of(item: Item) -> AccountReference | None:
    """Where the sale of an item posts."""
    return item.revenue_account_id


def purchase_of(item: Item) -> AccountReference | None:
    """Where the purchase of an item posts: goods whose stock is counted go into the inventory."""
    if item.track_inventory:
        return item.asset_account_id or AccountRole.INVENTORY_ASSET
    return item.expense_account_id


def tax_lines(
    lines: Iterable[DocumentLine], rules: Mapping[str, TaxRule], *, sign: int, default: AccountReference
) -> Iterator[LineDraft]:
    """Yield the tax of all lines, together per tax code; tax without one of our codes goes to `default`."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        if line.tax_amount:
            code = line.tax_code.upper() if line.tax_code.upper() in rules else ""
            sums[code] = sums.get(code, Decimal(0)) + line.tax_amount
    for code, amount in sums.items():
        if not amount:
            continue
        rule = rules.get(code)
        yield LineDraft(
            account=rule.vat_account_id if rule else default,
            amount=sign * amount,
            tax_code=rule.code if rule else "",
            tax_role=LineTaxRole.TAX.value if rule else "",
        )


def self_assessed_lines(
    lines: Iterable[DocumentLine], rules: Mapping[str, TaxRule], *, currency: str, sign: int
) -> Iterator[LineDraft]:
    """Yield, per code by which the company owes the tax in the supplier's place, the tax on the code's VAT account
    (`sign` 1 debits) and the same on its other account, which cancels it (reverse charge)."""
    nets: dict[str, Decimal] = {}
    for line in lines:
        rule = rules.get(line.tax_code.upper())
        if rule and rule.self_assess_account_id and line.tax_status == TaxStatus.TAXABLE:
            nets[line.tax_code.upper()] = nets.get(line.tax_code.upper(), Decimal(0)) + line.net_amount
    for code, net in nets.items():
        rule = rules[code]
        tax = add_tax(net, rule.rate, currency).tax
        if tax and rule.self_assess_account_id:
            both = ((rule.vat_account_id, sign, LineTaxRole.TAX), (rule.self_assess_account_id, -sign, _SELF_ASSESSED))
            for account, side, role in both:
                yield LineDraft(account=account, amount=side * tax, tax_code=rule.code, tax_role=role.value)


def entry_of(
    document: Document, lines: tuple[LineDraft, ...], *, kind: str, party: object = None, reference: str = ""
) -> EntryDraft:
    """Return the entry of a document with the given lines: its dates, number, currency and rate. Pure.

    `party` is named in the entry's memo unless the document has one of its own.
    """
    words = kind.replace("_", " ").capitalize()
    return EntryDraft(
        company_id=document.company_id,
        entry_date=document.posting_date,
        lines=lines,
        currency=document.currency,
        exchange_rate=document.exchange_rate,
        memo=(document.memo or f"{words} {document}" + (f", {party}" if party else ""))[:500],
        external_reference=reference or None,
        kind=kind,
        document_date=document.document_date,
        effective_date=document.effective_date,
        service_date=document.service_date,
        document_number=document.document_number,
        document_id=document.file_id,
        dimensions=document.dimensions,
    )


def exchange_lines(gain: Decimal) -> Iterator[LineDraft]:
    """Yield the realised difference inside an entry of the document's currency: no amount in it, only a base amount."""
    if gain:
        account = AccountRole.FX_GAIN if gain > 0 else AccountRole.FX_LOSS
        yield LineDraft(account=account, amount=Decimal(0), base_amount=-gain)
