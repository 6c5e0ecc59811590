"""Steps taken with many rows: asked for by one form, done by a worker row by row, each in a transaction of its own.

What a row's step does and the row's new state commit together. So a worker that is killed leaves rows either done or
waiting, whoever takes the run up again goes on with those that wait, and two workers never do one row twice.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from backfill.doubts import noting
from backfill.errors import DomainError, ValidationFailed
from backfill.languages import ENGLISH, written_in
from backfill.tenancy.credentials import user_actor
from backfill.tenancy.models import Company, User
from backfill.tenancy.roles import role_allows, valid_membership
from backfill.tenancy.row_security import within_company
from backfill.waking import wake
from backfill.workspace.formats import formats_of
from backfill.workspace.lists.lists import List, list_of
from backfill.workspace.lists.steps import BulkStep
from backfill.workspace.models import BulkRow, BulkRun, RowState
from backfill.workspace.questions import asked
from backfill.workspace.wording import sentence, write_as

MOST_ROWS: Final = 5_000
AT_ONCE: Final = 4 * 60  # seconds; a task is stopped after nine minutes
DOUBTFUL: Final = "accept_warnings"  # among a run's values: rows are done about which something would be asked
LEFT_AFTER: Final = timedelta(minutes=2)

log = structlog.get_logger(__name__)


@transaction.atomic
def start_run(
    listing: List, step: BulkStep, rows: QuerySet[Any], *, values: Mapping[str, Any], company: Company, user: User
) -> BulkRun:
    """Note the rows that a step is to be taken with, and tell a worker after the commit. Raises ValidationFailed."""
    chosen = list(listing.shown(list(rows[: MOST_ROWS + 1]), company))
    if not chosen:
        raise ValidationFailed(_("choose at least one row"))
    if len(chosen) > MOST_ROWS:
        most = formats_of(company).number(MOST_ROWS, 0)  # type: ignore[arg-type]  # whole numbers format as well
        raise ValidationFailed(_("choose at most {most} rows at once").format(most=most))
    run = BulkRun.objects.create(
        company=company,
        user=user,
        list_key=listing.key,
        step=step.key,
        values=dict(values),
        language=translation.get_language() or ENGLISH,
        row_count=len(chosen),
    )
    link = next((column.link for column in listing.columns if column.link), lambda row: "")
    BulkRow.objects.bulk_create(
        BulkRow(
            company=company,
            run=run,
            position=position,
            subject_id=row.pk,
            label=listing.label(row)[:200],
            link=link(row),
        )
        for position, row in enumerate(chosen, start=1)
    )
    wake("workspace.run_bulk", run.pk)
    return run


def unfinished_runs() -> list[UUID]:
    """Return the runs that nobody has worked on for a while, as after a worker was killed or was not told."""
    waiting = BulkRun.objects.filter(finished_at=None, touched_at__lte=timezone.now() - LEFT_AFTER)
    return list(waiting.order_by("created_at").values_list("pk", flat=True))


def work_on(run_id: UUID) -> bool:
    """Do what is left of a run; False where time was up before its end."""
    run = BulkRun.objects.select_related("company", "user").get(pk=run_id)
    until = time.monotonic() + AT_ONCE
    with written_in(run.language):
        write_as(formats_of(run.company))
        while time.monotonic() < until:
            if not _did_one(run):
                return True
    wake("workspace.run_bulk", run.pk)
    return False


def _did_one(run: BulkRun) -> bool:
    """Take up the next row that waits; False where none does."""
    with transaction.atomic(), within_company(run.company_id):
        row = _next_row(run)
        if row is None:
            _finish(run)
            return False
        row.state, row.message = _outcome(run, row)
        row.save(update_fields=["state", "message"])
        BulkRun.objects.filter(pk=run.pk).update(touched_at=timezone.now())
    return True


def _outcome(run: BulkRun, row: BulkRow) -> tuple[RowState, str]:
    """Take the step with the row, or undo all of it; return the state and the words of the result."""
    try:
        with transaction.atomic():
            return RowState.DONE, _taken(run, row.subject_id)
    except DomainError as error:
        return RowState.REFUSED, sentence(error.message)
    except (OperationalError, InterfaceError):
        raise  # the row waits until the database is back
    except Exception:  # one row's fault must not keep the others from being done
        log.exception("bulk_row_failed", run=str(run.pk), subject=str(row.subject_id))
        return RowState.FAILED, _("Something went wrong here. It was noted, and nothing of it was done.")


def _taken(run: BulkRun, subject_id: UUID) -> str:
    """Ask anew whether the person may do this, since roles end while a run waits."""
    listing = list_of(run.list_key)
    step = next((one for one in listing.steps if one.key == run.step), None) if listing else None
    if step is None or step.act is None:
        raise DomainError(_("this step is no longer offered"))
    membership = valid_membership(run.user, run.company)
    if membership is None or not role_allows(membership.role, step.permission):
        raise DomainError(_("your role in this company does not include this"))
    actor = user_actor(run.user, membership.role, surface="admin")
    with noting() as doubts:
        done = step.act(run.company, subject_id, actor, run.values)
    if doubts and not run.values.get(DOUBTFUL):
        raise DomainError(
            _("Not done, because something would be asked here: {questions}").format(questions=" ".join(asked(doubts)))
        )
    return done


def _next_row(run: BulkRun) -> BulkRow | None:
    waiting = BulkRow.objects.select_for_update(skip_locked=True).filter(run=run, state=RowState.WAITING)
    return waiting.order_by("position").first()


def _finish(run: BulkRun) -> None:
    """Mark the end, unless another worker still has a row."""
    if not BulkRow.objects.filter(run=run, state=RowState.WAITING).exists():
        BulkRun.objects.filter(pk=run.pk, finished_at=None).update(finished_at=timezone.now())


def keys_from(texts: Sequence[str]) -> list[UUID]:
    """Return the keys that a form names, one to a field or several with commas between. Raises ValidationFailed."""
    keys: dict[UUID, None] = {}
    for text in (part for one in texts for part in one.split(",") if part):
        try:
            keys[UUID(text)] = None
        except ValueError:
            raise ValidationFailed(_("the selection is not one of this list; choose again")) from None
    return list(keys)
