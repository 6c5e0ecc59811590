"""The control accounts: open items alone move them."""

from typing import Final

from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from ledger.models import Account, AccountRole

CONTROLS: Final = frozenset({AccountRole.ACCOUNTS_RECEIVABLE.value, AccountRole.ACCOUNTS_PAYABLE.value})
"""Slots, and sub-types of accounts by the same names."""


def refuse_control(account: Account, field: str) -> Account:
    """Return an account that documents may name. Open items alone move the control accounts, so that they tie (L8).
    Raises ValidationFailed."""
    if {account.slot, account.sub_type} & CONTROLS:
        raise ValidationFailed(
            _("account {code} is for open items, which documents post there by themselves; choose another").format(
                code=account.code or account.name
            ),
            field=field,
        )
    return account
