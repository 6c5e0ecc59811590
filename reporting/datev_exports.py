"""Writing a large DATEV batch in the background: asked for, claimed by one worker, written, kept to be fetched.

The file is written to a temporary one first, so that nobody fetches half of it; how far it is stands in the cache.
"""

import tempfile
from datetime import timedelta
from functools import partial
from typing import Final, cast
from uuid import UUID, uuid4

import structlog
from celery import signature
from django.core.cache import cache
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from backfill.errors import DomainError, NotFound
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from reporting.datev import datev_file, in_chunks
from reporting.models import DatevExport
from reporting.ranges import DateRange

log = structlog.get_logger(__name__)

_CLAIM: Final = timedelta(minutes=15)  # beyond the time limit of tasks: whoever held it is gone
_KEPT: Final = 24 * 60 * 60
_LISTED: Final = 10


@transaction.atomic
def request_export(*, company: Company, asked: DateRange, actor: Actor) -> DatevExport:
    """Ask for the batch of a range, both days inclusive. Raises what `datev_file` does."""
    file = datev_file(company, asked=asked, created_at=timezone.now())
    export = DatevExport.objects.create(
        company=company,
        starts_on=asked.start,
        ends_on=asked.end,
        entry_count=file.entry_count,
        name=file.name,
        requested_by=actor.label,
    )
    transaction.on_commit(partial(wake_worker, export.pk))
    return export


def wake_worker(export_id: UUID) -> None:
    """Tell the workers of queue `exports`. With the broker down nothing is lost: a search finds what waits."""
    try:
        signature("reporting.tasks.write_datev_export", args=(str(export_id),), queue="exports").delay()
    except Exception as error:  # noqa: BLE001 - whatever the broker's client raises; the row is what counts
        log.warning("broker_unreachable", export=str(export_id), error=str(error))


def write_export(export_id: UUID) -> str | None:
    """Write a batch that waits, once, and return how it ended; None when another worker has it."""
    now = timezone.now()
    free = Q(status=DatevExport.Status.WAITING) | Q(status=DatevExport.Status.RUNNING, claimed_at__lt=now - _CLAIM)
    claimed = DatevExport.objects.filter(free, id=export_id)
    if not claimed.update(status=DatevExport.Status.RUNNING, claimed_at=now):
        return None
    export = DatevExport.objects.select_related("company").get(id=export_id)
    try:
        export.storage_name = _written(export)
        export.status = DatevExport.Status.DONE
    except DomainError as error:
        export.status, export.failure = DatevExport.Status.FAILED, error.message[:1000]
    export.finished_at = timezone.now()
    export.save(update_fields=["status", "storage_name", "failure", "finished_at"])
    return export.status


def waiting_exports() -> list[UUID]:
    """Return exports that no worker has, or that one has left behind."""
    left = Q(status=DatevExport.Status.RUNNING, claimed_at__lt=timezone.now() - _CLAIM)
    waiting = Q(status=DatevExport.Status.WAITING)
    return list(DatevExport.objects.filter(waiting | left).values_list("id", flat=True))


def recent_exports(company: Company) -> QuerySet[DatevExport]:
    return DatevExport.objects.filter(company=company).order_by("-created_at", "-id")[:_LISTED]


def finished_export(company: Company, export_id: UUID) -> DatevExport:
    """Return one that is done. Raises NotFound, also for another company's."""
    export = DatevExport.objects.filter(company=company, id=export_id, status=DatevExport.Status.DONE).first()
    if export is None or not default_storage.exists(export.storage_name):
        raise NotFound(_("There is no such export any more; ask for it again."))
    return export


def percent_written(export: DatevExport) -> int:
    """Return how much is written, 0 to 100, by entries."""
    if export.status == DatevExport.Status.DONE:
        return 100
    try:
        written = cast(int, cache.get(_key(export), 0))
    except (RedisError, OSError):
        written = 0
    return min(99, written * 100 // max(export.entry_count, 1))


def _written(export: DatevExport) -> str:
    asked = DateRange(export.starts_on, export.ends_on)
    file = datev_file(
        export.company, asked=asked, created_at=export.created_at, progress=partial(_note_progress, export)
    )
    with tempfile.TemporaryFile() as content:
        for chunk in in_chunks(file.lines):
            content.write(chunk)
        content.seek(0)
        return default_storage.save(f"exports/{export.company_id}/{uuid4()}.csv", File(content))


def _note_progress(export: DatevExport, written: int) -> None:
    try:
        cache.set(_key(export), written, _KEPT)
    except (RedisError, OSError) as error:
        log.warning("progress_not_noted", export=str(export.pk), error=str(error))


def _key(export: DatevExport) -> str:
    return f"datev_export:{export.pk}"
