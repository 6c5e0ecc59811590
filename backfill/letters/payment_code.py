"""The QR code from which a banking app fills in a SEPA credit transfer (EPC069-12, version 002)."""

import io
from decimal import Decimal
from typing import Final

from schwifty import IBAN
from segno.helpers import make_epc_qr

_LARGEST: Final = Decimal("999999999.99")
_UTF_8: Final = 1
REFERENCE_LENGTH: Final = 140


def payment_code(*, name: str, account: IBAN | None, bic: str, amount: Decimal, currency: str, reference: str) -> str:
    """Return the code as SVG; empty where the standard has none: no account, not in euros, nothing to pay.

    Name and reference are cut to the lengths that the standard allows (70 and 140 characters).
    """
    if account is None or currency != "EUR" or not 0 < amount <= _LARGEST:
        return ""
    code = make_epc_qr(
        name=name[:70],
        iban=str(account),
        amount=amount,
        text=reference[:REFERENCE_LENGTH] or None,
        bic=bic or None,
        encoding=_UTF_8,
    )
    out = io.BytesIO()
    code.save(out, kind="svg", border=0, xmldecl=False, svgns=True, omitsize=True)
    return out.getvalue().decode()
