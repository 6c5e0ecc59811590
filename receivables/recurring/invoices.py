"""Recurring invoices: templates, and the invoices that are drafted from them, exactly one per date.

Whoever drafts holds the template's row lock from the look at its next date until that date is done, and a constraint
on (template, date) stands behind it. After a time of standstill every missed date is drafted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backfill.database.field_checks import check_fields
from backfill.errors import DomainError, ValidationFailed
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.documents.errors import DocumentNotFound
from ledger.models.activity import record_activity
from receivables.customers.customers import customers
from receivables.models import DayRule, IntervalUnit, RecurringInvoice, RecurringRun
from receivables.recurring.schedules import schedule_of
from receivables.recurring.templates import invoice_values, template_values
from receivables.services.invoices import confirm_invoice, create_invoice

_MOST_AT_ONCE: Final = 120
_SCHEDULE: Final = ("interval_unit", "interval_count", "day_rule", "starts_on", "ends_on")


@dataclass(frozen=True, slots=True)
class Drafted:
    """How many invoices a template drafted, and why it stopped, if not because none was due any more."""

    count: int
    error: str = ""


@transaction.atomic
def create_recurring_invoice(values: Mapping[str, Any], *, company: Company, actor: Actor) -> RecurringInvoice:
    """Create a template.

    `values`: name, customer_id, invoice (of the fields in `recurring_templates`), interval_unit (day, week, month or
    year), interval_count, day_rule (same_day, month_end), starts_on, ends_on, due_days, confirms_invoices. What the
    service for invoices would refuse is refused now, with paths below `invoice`.
    """
    if values.get("starts_on") is None:
        raise ValidationFailed(_("say when it starts"), field="starts_on")
    recurring = RecurringInvoice(company=company, created_by=actor.label, starts_on=values["starts_on"])
    _fill(recurring, values)
    recurring.next_on = schedule_of(recurring).occurrence(0)
    _refuse_backlog(recurring)
    _try(recurring, actor)
    recurring.save(force_insert=True)
    _record(recurring, "created", actor)
    return recurring


@transaction.atomic
def update_recurring_invoice(
    recurring: RecurringInvoice, values: Mapping[str, Any], *, actor: Actor
) -> RecurringInvoice:
    """Change a template; absent values stay, invoices that exist stay too. A changed schedule goes on after the last
    date that was drafted, and where it had ended not before today. An error that held it up is forgotten: it is tried
    again."""
    recurring = locked_recurring(recurring.company_id, recurring.id)
    before = [getattr(recurring, name) for name in _SCHEDULE]
    had_ended = recurring.next_on is None
    _fill(recurring, values)
    if before != [getattr(recurring, name) for name in _SCHEDULE]:
        last = recurring.runs.order_by("-occurs_on").values_list("occurs_on", flat=True).first()
        following = last + timedelta(days=1) if last else recurring.starts_on
        _continue_from(recurring, max(following, recurring.company.today()) if had_ended else following)
        _refuse_backlog(recurring)
    _try(recurring, actor)
    recurring.failed_at, recurring.last_error = None, ""
    recurring.save()
    _record(recurring, "edited", actor, fields=sorted(values))
    return recurring


@transaction.atomic
def delete_recurring_invoice(*, company_id: UUID, document_id: UUID, actor: Actor) -> None:
    """Delete a template; its invoices stay."""
    recurring = locked_recurring(company_id, document_id)
    _record(recurring, "deleted", actor, name=recurring.name)
    recurring.delete()


@transaction.atomic
def pause_recurring_invoice(*, company_id: UUID, document_id: UUID, actor: Actor) -> RecurringInvoice:
    """Stop drafting until it is resumed. Safe to repeat."""
    recurring = locked_recurring(company_id, document_id)
    if recurring.paused_at is None:
        recurring.paused_at = timezone.now()
        recurring.save(update_fields=["paused_at", "updated_at"])
        _record(recurring, "paused", actor)
    return recurring


@transaction.atomic
def resume_recurring_invoice(*, company_id: UUID, document_id: UUID, actor: Actor) -> RecurringInvoice:
    """Go on with the first date from today on: what fell into the pause is not invoiced. Safe to repeat."""
    recurring = locked_recurring(company_id, document_id)
    if recurring.paused_at is not None:
        recurring.paused_at = None
        if recurring.next_on is not None:
            _continue_from(recurring, max(recurring.next_on, recurring.company.today()))
        recurring.save()
        _record(recurring, "resumed", actor, next_on=str(recurring.next_on or ""))
    return recurring


@transaction.atomic
def end_recurring_invoice(*, company_id: UUID, document_id: UUID, actor: Actor) -> RecurringInvoice:
    """Draft nothing any more; invoices that exist stay. A later `ends_on` takes it up again. Safe to repeat."""
    recurring = locked_recurring(company_id, document_id)
    if recurring.next_on is not None:
        recurring.ends_on, recurring.next_on = max(recurring.starts_on, recurring.company.today()), None
        recurring.failed_at, recurring.last_error = None, ""
        recurring.save()
        _record(recurring, "ended", actor)
    return recurring


def due_recurring_invoices() -> list[UUID]:
    """Return the templates, of all companies, whose next date has come somewhere on earth."""
    tomorrow = timezone.now().date() + timedelta(days=1)
    active = RecurringInvoice.objects.filter(paused_at=None, next_on__lte=tomorrow)
    return list(active.order_by("next_on", "id").values_list("id", flat=True))


def draft_due_invoices(*, recurring_id: UUID, actor: Actor) -> Drafted:
    """Draft an invoice for every date of a template that has come, each in a transaction of its own.

    A refusal stops it there, is noted on the template, and is tried again the next time; other templates go on.
    """
    count = 0
    while True:
        try:
            if not _draft_next(recurring_id, actor):
                return Drafted(count)
            count += 1
        except DomainError as error:
            RecurringInvoice.objects.filter(id=recurring_id).update(
                failed_at=timezone.now(), last_error=error.message, updated_at=timezone.now()
            )
            return Drafted(count, error.message)


def locked_recurring(company_id: UUID, recurring_id: UUID) -> RecurringInvoice:
    """Return a template with its row locked. Raises DocumentNotFound."""
    rows = RecurringInvoice.objects.select_for_update(of=("self",)).select_related("company", "customer")
    found = rows.filter(company_id=company_id, id=recurring_id).first()
    if found is None:
        raise DocumentNotFound(_("recurring invoice {id} does not exist").format(id=recurring_id))
    return found


@transaction.atomic
def _draft_next(recurring_id: UUID, actor: Actor) -> bool:
    """Draft the next date, if it has come."""
    rows = RecurringInvoice.objects.select_for_update(of=("self",)).select_related("company")
    recurring = rows.filter(id=recurring_id, paused_at=None, next_on__isnull=False).first()
    if recurring is None or recurring.next_on is None or recurring.next_on > recurring.company.today():
        return False
    day = recurring.next_on
    problem = ""
    if not RecurringRun.objects.filter(recurring=recurring, occurs_on=day).exists():
        problem = _drafted(recurring, day, actor)
    recurring.occurrence += 1
    recurring.next_on = schedule_of(recurring).occurrence(recurring.occurrence)
    recurring.failed_at, recurring.last_error = (timezone.now() if problem else None), problem
    recurring.save()
    return True


def _drafted(recurring: RecurringInvoice, day: date, actor: Actor) -> str:
    """Draft one invoice, confirm it where the template says so, and return why that failed. The draft stays."""
    invoice = create_invoice(invoice_values(recurring, day), company=recurring.company, actor=actor)
    run = RecurringRun(company=recurring.company, recurring=recurring, occurs_on=day, invoice=invoice)
    if recurring.confirms_since is not None:
        try:
            with transaction.atomic():
                confirm_invoice(company_id=invoice.company_id, document_id=invoice.id, actor=actor)
        except DomainError as error:
            run.error = f"the draft of {day} was not confirmed: {error.message}"
    run.save(force_insert=True)
    _record(recurring, "drafted", actor, invoice_id=str(invoice.id), on=day.isoformat(), error=run.error)
    return run.error


def _fill(recurring: RecurringInvoice, values: Mapping[str, Any]) -> None:
    customers.take(recurring, values, is_required=True)
    for name in ("name", "due_days", *_SCHEDULE):
        if name in values:
            setattr(recurring, name, values[name])
    if "confirms_invoices" in values and values["confirms_invoices"] != (recurring.confirms_since is not None):
        recurring.confirms_since = timezone.now() if values["confirms_invoices"] else None
    if "invoice" in values:
        recurring.values = template_values(values["invoice"])
    _check(recurring)


def _check(recurring: RecurringInvoice) -> None:
    if not recurring.name.strip():
        raise ValidationFailed(_("give the recurring invoice a name"), field="name")
    if not recurring.values.get("lines"):
        raise ValidationFailed(_("an invoice needs at least one line"), field="invoice.lines")
    _check_schedule(recurring)
    check_fields(recurring)


def _check_schedule(recurring: RecurringInvoice) -> None:
    for name, choices in (("interval_unit", IntervalUnit.values), ("day_rule", DayRule.values)):
        if getattr(recurring, name) not in choices:
            raise ValidationFailed(
                _("{field} is one of {choices}").format(field=name, choices=", ".join(choices)), field=name
            )
    if not 1 <= recurring.interval_count <= 366:
        raise ValidationFailed(_("interval_count is between 1 and 366"), field="interval_count")
    if recurring.ends_on is not None and recurring.ends_on < recurring.starts_on:
        raise ValidationFailed(
            _("it cannot end before it starts, on {start}").format(start=recurring.starts_on), field="ends_on"
        )


def _refuse_backlog(recurring: RecurringInvoice) -> None:
    """Refuse a start that would draft years of invoices at once, as a mistyped year does."""
    if recurring.next_on is None:
        return
    passed = schedule_of(recurring).first_from(recurring.company.today()) - recurring.occurrence
    if passed > _MOST_AT_ONCE:
        raise ValidationFailed(
            _("{passed} of its dates have passed and would be invoiced at once; start later").format(passed=passed),
            field="starts_on",
        )


class _Unwanted(Exception):
    """Takes an invoice that was only tried back again."""


def _try(recurring: RecurringInvoice, actor: Actor) -> None:
    """Let the service for invoices look at the template: draft an invoice, and take it back.

    Raises what that service raises, with the field below `invoice`.
    """
    try:
        with transaction.atomic():
            create_invoice(invoice_values(recurring, recurring.starts_on), company=recurring.company, actor=actor)
            raise _Unwanted
    except _Unwanted:
        return
    except DomainError as error:
        is_of_invoice = error.field and error.field not in {"customer_id", "due_days"}
        error.field = f"invoice.{error.field}" if is_of_invoice else error.field
        raise


def _continue_from(recurring: RecurringInvoice, day: date) -> None:
    schedule = schedule_of(recurring)
    recurring.occurrence = schedule.first_from(day)
    recurring.next_on = schedule.occurrence(recurring.occurrence)


def _record(recurring: RecurringInvoice, verb: str, actor: Actor, **detail: Any) -> None:
    record_activity(
        company_id=recurring.company_id,
        subject_type="recurring_invoice",
        subject_id=recurring.id,
        verb=verb,
        actor=actor,
        **detail,
    )
