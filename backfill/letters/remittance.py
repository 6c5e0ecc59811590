"""How to pay by bank transfer, as letters that ask for money say it: account, reference, and the code to scan."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from backfill.letters.languages import Language
from backfill.letters.letterhead import bank_lines, bic_of, iban_of, seller_name
from backfill.letters.payment_code import REFERENCE_LENGTH, payment_code
from backfill.letters.wording import word
from backfill.tenancy.models import Company


def payment_box(
    company: Company, language: Language, *, amount: Decimal, currency: str, reference: str
) -> dict[str, Any]:
    """Return what the box says; no rows where nothing is to be paid or the company has no valid IBAN."""
    account = iban_of(company)
    has_rows = account is not None and amount > 0
    rows = [(word("account_holder", language), seller_name(company)), *bank_lines(company, language)]
    labelled = [[label if label != value else word("bank", language), value] for label, value in rows]
    return {
        "rows": [*labelled, [word("remittance", language), reference]] if has_rows else [],
        "qr": payment_code(
            name=seller_name(company),
            account=account,
            bic=bic_of(company, account) if account else "",
            amount=amount,
            currency=currency,
            reference=reference,
        ),
        "caption": word("scan_to_pay", language),
    }


def payment_reference(numbers: Sequence[str]) -> str:
    """Return as many document numbers as a SEPA credit transfer has room for, each of them whole."""
    reference = ""
    for number in numbers:
        longer = f"{reference}, {number}" if reference else number
        if reference and len(longer) > REFERENCE_LENGTH:
            break
        reference = longer
    return reference
