"""What a company says of its registration, its bank accounts and its tax representative, checked."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException
from stdnum.eu import at_02
from stdnum.exceptions import ValidationError as InvalidNumber

from backfill.countries import country_code
from backfill.errors import ValidationFailed
from backfill.vat_ids import InvalidVatId, vat_id

_MOST_ACCOUNTS = 10


def checked_creditor_id(text: str) -> str:
    """Return a SEPA creditor identifier in its plain form; raises ValidationFailed."""
    try:
        return str(at_02.validate(text)) if text.strip() else ""
    except InvalidNumber as error:
        raise ValidationFailed(
            _("«{text}» is no SEPA creditor identifier; it looks like DE98ZZZ09999999999").format(text=text.strip()),
            field="creditor_id",
        ) from error


def checked_accounts(accounts: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return further bank accounts with plain IBAN and BIC; raises ValidationFailed for what is none."""
    if len(accounts) > _MOST_ACCOUNTS:
        raise ValidationFailed(
            _("at most {most_accounts} further accounts").format(most_accounts=_MOST_ACCOUNTS), field="further_accounts"
        )
    found = []
    for account in accounts:
        iban, bic = str(account.get("iban") or ""), str(account.get("bic") or "").strip()
        try:
            plain = {"iban": str(IBAN(iban.upper()).compact), "bic": str(BIC(bic.upper()).compact) if bic else ""}
        except SchwiftyException as error:
            raise ValidationFailed(
                _("«{iban} {bic}» is not a valid IBAN and BIC").format(iban=iban, bic=bic), field="further_accounts"
            ) from error
        found.append({**plain, "name": " ".join(str(account.get("name") or "").split())})
    return found


def checked_representative(stated: Mapping[str, Any]) -> dict[str, Any]:
    """Return a tax representative with name, VAT ID and address (EN 16931, BG-11); an empty one is none."""
    name = " ".join(str(stated.get("name") or "").split())
    address = {key: str(part).strip() for key, part in dict(stated.get("address") or {}).items() if str(part).strip()}
    number = str(stated.get("vat_id") or "").strip()
    if not (name or number or address):
        return {}
    country = country_code(address.get("country", ""))
    if not name or not country:
        raise ValidationFailed(
            _("a tax representative has a name and an address with a country"), field="tax_representative"
        )
    try:
        return {"name": name, "vat_id": vat_id(number, country), "address": {**address, "country": country}}
    except InvalidVatId as error:
        raise ValidationFailed(str(error), field="tax_representative") from error
