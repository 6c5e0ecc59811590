"""How a company reminds: its levels, and whether reminders go out by themselves."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backfill.database.field_checks import check_fields
from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.currencies.money import ensure_precision
from ledger.models.activity import record_activity
from receivables.models import DunningLevel, DunningPolicy

MOST_LEVELS: Final = 9
_TEXTS: Final = ("subject_en", "text_en", "subject_de", "text_de")


@transaction.atomic
def configure_dunning(
    *, company: Company, levels: Sequence[Mapping[str, Any]], is_automatic: bool, actor: Actor
) -> DunningPolicy:
    """Set a company's levels, in order; no levels end reminding. Proposals that exist stay.

    A level is {days_overdue, fee (base currency), interest_rate (percent a year), subject_en, text_en, subject_de,
    text_de}; empty texts are ours. With `is_automatic` reminders are sent as soon as they are proposed. Raises
    ValidationFailed naming the field.
    """
    policy, _created = DunningPolicy.objects.select_for_update().get_or_create(company=company)
    if is_automatic != (policy.automatic_since is not None):
        policy.automatic_since = timezone.now() if is_automatic else None
    rows = [_level(policy, number, values) for number, values in enumerate(levels, start=1)]
    _check_order(rows)
    policy.save()
    DunningLevel.objects.filter(policy=policy).delete()
    DunningLevel.objects.bulk_create(rows)
    record_activity(
        company_id=company.id,
        subject_type="dunning_policy",
        subject_id=policy.id,
        verb="configured",
        actor=actor,
        days_overdue=[row.days_overdue for row in rows],
        is_automatic=is_automatic,
    )
    return policy


def _level(policy: DunningPolicy, number: int, values: Mapping[str, Any]) -> DunningLevel:
    path = f"levels[{number - 1}]"
    level = DunningLevel(
        company=policy.company,
        policy=policy,
        number=number,
        days_overdue=values["days_overdue"],
        fee=ensure_precision(values.get("fee") or Decimal(0), policy.company.base_currency, field=f"{path}.fee"),
        interest_rate=values.get("interest_rate") or Decimal(0),
        **{name: values.get(name, "") for name in _TEXTS},
    )
    if level.fee < 0:
        raise ValidationFailed(_("a fee is not below zero"), field=f"{path}.fee")
    if not 0 <= level.interest_rate <= 100:
        raise ValidationFailed(_("interest_rate is percent a year, from 0 to 100"), field=f"{path}.interest_rate")
    try:
        check_fields(level)
    except ValidationFailed as error:
        error.field = f"{path}.{error.field}"
        raise
    return level


def _check_order(levels: Sequence[DunningLevel]) -> None:
    if len(levels) > MOST_LEVELS:
        raise ValidationFailed(_("there are at most {most} levels").format(most=MOST_LEVELS), field="levels")
    for index, level in enumerate(levels):
        least = levels[index - 1].days_overdue if index else 0
        if level.days_overdue <= least:
            raise ValidationFailed(
                _("level {level} begins after {least} days overdue").format(level=level.number, least=least),
                field=f"levels[{index}].days_overdue",
            )
