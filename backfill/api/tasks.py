"""Background work of the API layer."""

import structlog
from celery import shared_task

from backfill.api.idempotency import purge_expired_records

logger = structlog.get_logger(__name__)


@shared_task(name="api.purge_idempotency_records", acks_late=True)
def purge_idempotency_records() -> int:
    count = purge_expired_records()
    logger.info("idempotency_records_purged", count=count)
    return count
