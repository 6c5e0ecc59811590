"""The levels of reminders in the admin."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company, Role
from receivables.models import DunningLevel, DunningPolicy
from tests.receivables.pages.collecting import LEVELS, set_up_levels
from tests.receivables.pages.test_pages import FRAME, cost
from tests.workspace.conftest import SignedIn, words

pytestmark = pytest.mark.django_db


def typed(*levels: dict[str, str], **more: str) -> dict[str, Any]:
    """What the form sends."""
    form = {"level-TOTAL_FORMS": str(len(levels)), "level-INITIAL_FORMS": "0", **more}
    for index, level in enumerate(levels):
        form |= {f"level-{index}-{name}": value for name, value in level.items()}
    return form


def url() -> str:
    return reverse("admin:dunning_policy")


def stored(company: Company) -> list[tuple[int, Decimal, Decimal]]:
    rows = DunningLevel.objects.filter(company=company).order_by("number")
    return [(row.days_overdue, row.fee, row.interest_rate) for row in rows]


def test_proposes_levels_to_begin_with_and_stores_none(owner: Client, company: Company) -> None:
    page = words(owner.get(url()))
    assert "Three levels to begin with" in page
    assert "you may have overlooked our invoice {number}" in page
    assert not DunningPolicy.objects.exists()


def test_stores_levels_in_the_order_of_their_days(owner: Client, company: Company) -> None:
    form = typed(
        {"days_overdue": "28", "fee": "1,050.50", "interest_rate": "9.12"},
        {"days_overdue": "7", "text_en": "Hello {customer}"},
    )
    page = owner.post(url(), form, follow=True)
    assert "The levels are saved." in words(page)
    assert stored(company) == [(7, Decimal(0), Decimal(0)), (28, Decimal("1050.50"), Decimal("9.12"))]
    assert DunningLevel.objects.get(number=1).text_en == "Hello {customer}"
    assert DunningPolicy.objects.get().automatic_since is None
    shown = words(owner.get(url()))
    assert 'value="1050.5"' in shown
    assert "Hello {customer}" in shown


def test_leaves_out_what_was_removed_and_what_was_left_empty(owner: Client, company: Company) -> None:
    set_up_levels(company)
    form = typed({"days_overdue": "7"}, {"days_overdue": "", "DELETE": "on"}, {}, is_automatic="on")
    assert owner.post(url(), form).status_code == 302
    assert [days for days, *_ in stored(company)] == [7]
    assert DunningPolicy.objects.get().automatic_since is not None


def test_ends_reminding_without_levels(owner: Client, company: Company) -> None:
    set_up_levels(company)
    assert owner.post(url(), typed()).status_code == 302
    assert stored(company) == []


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        ([{"days_overdue": "0"}], "greater than or equal to 1"),
        ([{"days_overdue": "7", "fee": "much"}], "«much» is not a number"),
        ([{"days_overdue": "7", "fee": "-1"}], "A fee is not below zero"),
        ([{"days_overdue": "7", "fee": "1.234"}], "decimal"),
        ([{"days_overdue": "7", "interest_rate": "101"}], "from 0 to 100"),
        ([{"days_overdue": "7"}, {"days_overdue": "7"}], "Level 2 begins after 7 days"),
        ([{"days_overdue": str(n)} for n in range(1, 11)], "at most 9"),
    ],
)
def test_says_what_is_wrong_and_keeps_what_was_typed(
    owner: Client, company: Company, levels: Any, message: str
) -> None:
    set_up_levels(company)
    page = owner.post(url(), typed(*levels))
    assert page.status_code == 422
    assert message in words(page)
    assert len(stored(company)) == len(LEVELS)


def test_answers_a_form_that_is_none(owner: Client, company: Company) -> None:
    assert owner.post(url(), {"level-TOTAL_FORMS": "x"}).status_code == 422


def test_shows_everybody_and_changes_for_those_who_may(company: Company, signed_in: SignedIn) -> None:
    set_up_levels(company)
    viewer = signed_in(company, Role.VIEWER)
    page = words(viewer.get(url()))
    assert "<fieldset disabled>" in page
    assert viewer.post(url(), typed()).status_code == 403
    assert signed_in(company, Role.BOOKKEEPER).post(url(), typed()).status_code == 302


def test_shows_nothing_of_someone_elses_company(owner: Client, company: Company, other: Company) -> None:
    set_up_levels(other, [{"days_overdue": 7, "text_en": "Secret words"}])
    assert "Secret words" not in words(owner.get(url()))
    owner.post(url(), typed())
    assert len(stored(other)) == 1


def test_costs_two_statements(owner: Client, company: Company) -> None:
    set_up_levels(company)
    assert cost(owner, url()) == FRAME + 2
