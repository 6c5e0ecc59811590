"""What items and their stock refuse, one class per reason."""

from backfill.errors import DomainError, NotFound


class InsufficientInventory(DomainError):
    code = "INSUFFICIENT_INVENTORY"


class ItemNotFound(NotFound):
    code = "NOT_FOUND"


class DuplicateSku(DomainError):
    code = "DUPLICATE_SKU"
