"""Batches that other programs wrote: what they post, or the line and field that says why they do not."""

import os
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.accounts.accounts import create_account
from ledger.imports.datev import import_datev, preview_datev
from ledger.imports.errors import UnrecognisedFile
from ledger.imports.results import ImportResult
from ledger.models import JournalEntry
from tests.factories import make_company

pytestmark = pytest.mark.django_db

OURS = Path(__file__).parents[2] / "data/datev"
OTHERS = os.environ.get("BACKFILL_SAMPLES", "")
ACTOR = system_actor()


@pytest.fixture
def company() -> Company:
    return make_company(chart="skr03", currency="EUR")


def _previewed(company: Company, path: Path) -> ImportResult:
    with path.open("rb") as file:
        return preview_datev(company=company, file=file, actor=ACTOR)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("extf_accounts_2024.csv", "category 20 «Kontenbeschriftungen»; only category 21"),
        ("extf_parties_2024.csv", "category 16 «Debitoren/Kreditoren»; only category 21"),
        ("extf_terms_2024.csv", "category 46 «Zahlungsbedingungen»; only category 21"),
        ("broken_newline.csv", "field 13 (WJ-Beginn) is «00002»"),
        ("leading_zeros.csv", "field 14 (Sachkontenlänge) is «20250101»"),
    ],
)
def test_refuses_what_is_no_batch(company: Company, name: str, reason: str) -> None:
    with pytest.raises(UnrecognisedFile, match=re.escape(reason)):
        _previewed(company, OURS / name)


def test_names_every_line_of_datevs_own_sample_that_this_chart_cannot_post(company: Company) -> None:
    result = _previewed(company, OURS / "extf_batch_2024.csv")

    reasons = Counter(
        re.sub(r"field \d+: |account \d+ |«\d+»| in .*", "", problem.reason) for problem in result.problems
    )
    assert reasons.most_common(2) == [
        ("does not exist", 20),
        ("no tax code of the company has the DATEV key ; enter the key at the tax code it stands for", 8),
    ]
    assert [problem.line for problem in result.problems if "field 1 (Umsatz) is empty" in problem.reason] == [57]
    assert result.entry_count + len(result.problems) == 55
    assert not JournalEntry.objects.filter(company=company).exists()


@pytest.mark.skipif(not OTHERS, reason="BACKFILL_SAMPLES names no folder of samples")
def test_posts_a_payroll() -> None:
    path = Path(OTHERS) / "datev/payroll_dtvf.csv"
    company = make_company(chart="skr04", currency="EUR")
    known = set(company.accounts.values_list("code", flat=True))
    for code in {"3790", "1369", "3720", "3725", "3730", "3740", "3770", "4947"} - known:
        create_account(company=company, code=code, name=f"Account {code}", type="liability", actor=ACTOR)

    with path.open("rb") as file:
        result = import_datev(company=company, file=file, actor=ACTOR)

    # S is the sum of 43872.97, 1787.21, 10808.16, 23109.51, 40, 384, 623.57, 662.65 and 298; H of 2455.11, 230, 142.31.
    assert (result.problems, result.entry_count) == ((), 12)
    sums = {one.code: one.debit - one.credit for one in result.sums}
    assert sums["3790"] == Decimal("81586.07") - Decimal("2827.42")
    assert sums["1369"] == Decimal("2827.42")
    # 4947 bears 19 %: 384 / 1.19 = 322.69, 623.57 / 1.19 = 524.01, 662.65 / 1.19 = 556.85, 298 / 1.19 = 250.42.
    assert (sums["4947"], sums["3806"]) == (-Decimal("1653.97"), -Decimal("314.25"))
