"""What other apps want to do when something happens here. They register in their `AppConfig.ready()`."""

from collections.abc import Callable

from backfill.tenancy.models import Company

# Called in the order of registration, inside the transaction that creates the company: it has its chart of accounts
# or it does not exist.
on_company_created: list[Callable[[Company], None]] = []
