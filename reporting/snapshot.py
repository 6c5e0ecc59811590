"""One moment for all the statements of a report."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from backfill.tenancy.models import Company
from backfill.tenancy.row_security import name_company


@contextmanager
def one_moment(company: Company) -> Iterator[None]:
    """Let every statement inside see the books as they were when the first one ran.

    A report takes a handful of statements. Under READ COMMITTED an entry posted between two of them would be in
    one column and not in the other, and the totals would not tie. Inside a transaction that is already open the
    level cannot be changed any more; the caller who opened it answers for what it sees.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        name_company(company.pk)
        yield
