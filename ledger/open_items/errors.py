"""What the open items refuse, one class per reason."""

from backfill.errors import DomainError


class OverAllocated(DomainError):
    """More would be settled than is open."""

    code = "OVER_ALLOCATED"
    status = 422


class SettlementMismatch(DomainError):
    """The two sides of a settlement do not fit: another account, party, currency or state."""

    code = "SETTLEMENT_MISMATCH"
    status = 422
