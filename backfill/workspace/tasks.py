"""What the admin does in the background."""

from uuid import UUID

import structlog
from celery import shared_task

from backfill.workspace.lists import bulk
from backfill.workspace.submissions import purge_submissions

logger = structlog.get_logger(__name__)


@shared_task(name="workspace.purge_submissions", acks_late=True)
def purge_form_submissions() -> int:
    count = purge_submissions()
    logger.info("form_submissions_purged", count=count)
    return count


@shared_task(name="workspace.run_bulk")
def run_bulk(run_id: str) -> bool:
    """Take a step with many rows; what is left when time is up is done by the next task."""
    is_finished = bulk.work_on(UUID(run_id))
    logger.info("bulk_run_worked_on", run=run_id, finished=is_finished)
    return is_finished


@shared_task(name="workspace.resume_bulk_runs")
def resume_bulk_runs() -> int:
    """Go on with runs that a worker left, and return how many. Runs every minute."""
    left = bulk.unfinished_runs()
    for run_id in left:
        run_bulk.delay(str(run_id))
    return len(left)
