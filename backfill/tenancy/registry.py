"""What other apps want to do when something happens here. They register in their `AppConfig.ready()`."""

from collections.abc import Callable, Mapping
from typing import Any

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company

# Called in the order of registration, inside the transaction that creates the company: it has its chart of accounts
# or it does not exist.
on_company_created: list[Callable[[Company], None]] = []

# Called with (company, what changed as it was before, actor), inside the transaction that changes the settings and with
# the company locked. What speaks against the change is raised.
on_company_changed: list[Callable[[Company, Mapping[str, Any], Actor], None]] = []
