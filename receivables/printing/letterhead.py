"""The company as its letters show it."""

from typing import Any, Final

from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from backfill.tenancy.models import Company
from receivables.addresses import PostalAddress, postal_address
from receivables.languages import Language
from receivables.printing.wording import word

# Countries that print on US Letter; everyone else has A4 (CLDR, measurementData/paperSize).
_LETTER_COUNTRIES: Final = frozenset(
    {"BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"}
)


def letterhead(company: Company, language: Language) -> dict[str, Any]:
    """Return name, address, registration and bank account of the sender, ready to print."""
    address = seller_address(company)
    town = address.lines(sender_country=address.country)
    name = seller_name(company)
    return {
        "name": name,
        "return_line": " · ".join((name, *town)),
        "address": [name, *town],
        "contact": [
            *(part for part in (company.phone, company.email) if part),
            *(
                f"{word(key, language)} {value}"
                for key, value in (("vat_id", company.vat_id), ("tax_number", company.tax_number))
                if value
            ),
        ],
        "bank": [f"{label} {value}" if label != value else value for label, value in bank_lines(company, language)],
    }


def bank_lines(company: Company, language: Language) -> list[tuple[str, str]]:
    """Return the labelled lines of the company's bank account; none without a valid IBAN."""
    account = iban_of(company)
    if account is None:
        return []
    bank = account.bank_name or ""
    lines = [(bank, bank)] if bank else []
    lines.append((word("iban", language), account.formatted))
    if bic := bic_of(company, account):
        lines.append((word("bic", language), bic))
    return lines


def iban_of(company: Company) -> IBAN | None:
    """Return the company's IBAN when it has one and its check digits are right."""
    try:
        return IBAN(company.iban) if company.iban else None
    except SchwiftyException:
        return None


def bic_of(company: Company, account: IBAN) -> str:
    """Return the stated BIC, else the one that the IBAN's bank code stands for."""
    try:
        return str(BIC(company.bic)) if company.bic else str(account.bic or "")
    except SchwiftyException:
        return ""


def seller_name(company: Company) -> str:
    return company.legal_name or company.name


def seller_address(company: Company) -> PostalAddress:
    return postal_address(company.address, country=company.country)


def paper_of(company: Company) -> str:
    return "us-letter" if company.country in _LETTER_COUNTRIES else "a4"
