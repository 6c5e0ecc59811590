"""The company as its letters show it."""

from dataclasses import dataclass
from typing import Any, Final

from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from backfill.letters.addresses import PostalAddress, postal_address
from backfill.letters.languages import Language
from backfill.letters.wording import word
from backfill.tenancy.models import Company

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
        "registration": registration(company, language),
        "bank": [f"{label} {value}" if label != value else value for label, value in bank_lines(company, language)],
    }


@dataclass(frozen=True, slots=True)
class Account:
    """An account that customers pay into."""

    iban: IBAN
    bic: str
    holder: str


def accounts_of(company: Company) -> list[Account]:
    """Return the accounts with a valid IBAN that customers pay into, the main one first."""
    stated = [{"iban": company.iban, "bic": company.bic}, *company.further_accounts]
    found = []
    for one in stated:
        if (iban := _valid_iban(str(one.get("iban") or ""))) is not None:
            bic = _bic(str(one.get("bic") or ""), iban)
            found.append(Account(iban, bic, str(one.get("name") or "") or seller_name(company)))
    return found


def registration(company: Company, language: Language) -> str:
    """Return what a letter must say of a registered company: legal form, registered office, register and management
    (§ 35a GmbHG, § 80 AktG, § 37a HGB)."""
    register = ", ".join(filter(None, (company.register_court, company.register_number)))
    parts = (
        ("legal_form", company.legal_form),
        ("registered_office", company.registered_office),
        ("register", register),
        ("directors", company.directors),
    )
    return " · ".join(f"{word(key, language)}: {text}" for key, text in parts if text)


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
    others = [one for one in accounts_of(company) if str(one.iban) != str(account)]
    lines += [(word("iban", language), one.iban.formatted) for one in others]
    return lines


def iban_of(company: Company) -> IBAN | None:
    """Return the company's IBAN when it has one and its check digits are right."""
    return _valid_iban(company.iban)


def bic_of(company: Company, account: IBAN) -> str:
    """Return the stated BIC, else the one that the IBAN's bank code stands for."""
    return _bic(company.bic, account)


def _valid_iban(text: str) -> IBAN | None:
    try:
        return IBAN(text) if text else None
    except SchwiftyException:
        return None


def _bic(text: str, account: IBAN) -> str:
    try:
        return str(BIC(text)) if text else str(account.bic or "")
    except SchwiftyException:
        return ""


def seller_name(company: Company) -> str:
    return company.legal_name or company.name


def seller_address(company: Company) -> PostalAddress:
    return postal_address(company.address, country=company.country)


def paper_of(company: Company) -> str:
    return "us-letter" if company.country in _LETTER_COUNTRIES else "a4"
