"""Housekeeping of the admin."""

import structlog
from celery import shared_task

from backfill.workspace.submissions import purge_submissions

logger = structlog.get_logger(__name__)


@shared_task(name="workspace.purge_submissions", acks_late=True)
def purge_form_submissions() -> int:
    count = purge_submissions()
    logger.info("form_submissions_purged", count=count)
    return count
