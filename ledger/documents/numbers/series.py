"""Document numbers: gapless per company and kind, taken under the series' row lock in the document's transaction.

A rolled-back transaction gives its number back, because the counter rolls back with it.
"""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.tenancy.models import Company
from ledger.documents.models import NumberSeries


def next_document_numbers(*, company_id: UUID, document_type: str, prefix: str, year: int, count: int = 1) -> list[str]:
    """Take the next numbers, in order. `prefix` and the start 1001 hold until the company configures its own series.

    Call it late: the row stays locked until the transaction ends.
    """
    moved = list(NumberSeries.objects.raw(_TAKE, [count, count, company_id, document_type]))
    if moved:
        return [moved[0].formatted(number) for number in range(moved[0].next_number - count, moved[0].next_number)]
    series = _locked(company_id, document_type, prefix, year)
    first = series.next_number
    NumberSeries.objects.filter(pk=series.pk).update(next_number=first + count, issued=series.issued + count)
    return [series.formatted(number) for number in range(first, first + count)]


# A series that runs on from year to year, the usual one, is locked and counted in one statement.
_TAKE = """
UPDATE documents_numberseries SET next_number = next_number + %s, issued = issued + %s
    WHERE company_id = %s AND document_type = %s AND year = 0 AND NOT shows_year RETURNING *
"""


@transaction.atomic
def configure_series(
    *,
    company: Company,
    document_type: str,
    prefix: str,
    next_number: int | None = None,
    padding: int = 4,
    shows_year: bool = False,
) -> NumberSeries:
    """Set how documents of one kind are numbered. With `shows_year` the count starts anew every year.

    Raises ValidationFailed when the next number would go back, which would number two documents alike.
    """
    series = _base(company.id, document_type, prefix)
    if next_number is not None and series.issued and next_number < series.next_number:
        raise ValidationFailed(
            _("the next number is {next_number}; a series does not go back").format(next_number=series.next_number),
            field="next_number",
        )
    if next_number is not None and not 1 <= next_number < 10**15:
        raise ValidationFailed(_("the next number is between 1 and 10^15"), field="next_number")
    if not 0 <= padding <= 12:
        raise ValidationFailed(_("padding is between 0 and 12 digits"), field="padding")
    series.prefix, series.padding, series.shows_year = prefix, padding, shows_year
    series.next_number = next_number or series.next_number
    series.save()
    NumberSeries.objects.filter(company=company, document_type=document_type, year__gt=0).update(
        prefix=prefix, padding=padding
    )
    return series


def _locked(company_id: UUID, document_type: str, prefix: str, year: int) -> NumberSeries:
    series = _base(company_id, document_type, prefix)
    if not series.shows_year:
        return series
    of_year = NumberSeries.objects.select_for_update().filter(
        company_id=company_id, document_type=document_type, year=year
    )
    found = of_year.first()
    if found:
        return found
    NumberSeries.objects.create(
        company_id=company_id,
        document_type=document_type,
        year=year,
        prefix=series.prefix,
        padding=series.padding,
        next_number=1,
    )
    return of_year.get()


def _base(company_id: UUID, document_type: str, prefix: str) -> NumberSeries:
    rows = NumberSeries.objects.select_for_update().filter(company_id=company_id, document_type=document_type, year=0)
    found = rows.first()
    if found:
        return found
    NumberSeries.objects.bulk_create(
        [NumberSeries(company_id=company_id, document_type=document_type, prefix=prefix)], ignore_conflicts=True
    )
    return rows.get()
