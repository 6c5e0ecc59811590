"""What the ledger does in the background."""

import structlog
from celery import shared_task
from django.utils import timezone

from backfill.tenancy.models import Company
from ledger.checks.books import check_books

log = structlog.get_logger(__name__)


@shared_task(name="ledger.check_all_books")
def check_all_books() -> int:
    """Start a proof for every company and return how many. Runs nightly; on Sundays everything is proven, on other days
    what the last closing hash does not vouch for."""
    ids = [str(company_id) for company_id in Company.objects.values_list("id", flat=True)]
    full = timezone.now().isoweekday() == 7
    for company_id in ids:
        check_company_books.delay(company_id, full)
    return len(ids)


@shared_task(name="ledger.check_company_books", soft_time_limit=3_500, time_limit=3_600)
def check_company_books(company_id: str, full: bool = False) -> int:
    """Prove one company's books and return how many findings there are."""
    check = check_books(Company.objects.get(id=company_id), full=full)
    if check.findings:
        log.error("books_off", company=company_id, findings=check.findings)
    return len(check.findings)
