"""What reports do in the background; queue `exports`."""

from uuid import UUID

import structlog
from celery import shared_task

from reporting import datev_exports

log = structlog.get_logger(__name__)


@shared_task(name="reporting.tasks.write_datev_export")
def write_datev_export(export_id: str) -> str | None:
    """Write one DATEV batch, once, and return how it ended."""
    status = datev_exports.write_export(UUID(export_id))
    log.info("datev_export_written", export=export_id, status=status)
    return status


@shared_task(name="reporting.tasks.resume_exports")
def resume_exports() -> int:
    """Hand out what waits because the broker or a worker failed. Runs every few minutes."""
    waiting = datev_exports.waiting_exports()
    for export_id in waiting:
        datev_exports.wake_worker(export_id)
    return len(waiting)
