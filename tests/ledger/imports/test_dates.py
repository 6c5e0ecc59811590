"""One date format for the whole file."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.imports.dates import DateFormat, DateSurvey, NotADate, parse_date
from ledger.imports.errors import UnrecognisedFile

STRFTIME = {
    DateFormat.ISO: "%Y-%m-%d",
    DateFormat.GERMAN: "%d.%m.%Y",
    DateFormat.US: "%m/%d/%Y",
    DateFormat.BRITISH: "%d/%m/%Y",
}
DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31))


def _decision(*texts: str) -> DateFormat:
    survey = DateSurvey()
    for text in texts:
        survey.add(text)
    return survey.decide()


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (["2026-01-05"], DateFormat.ISO),
        (["05.01.2026", "1.2.2026"], DateFormat.GERMAN),
        (["01/05/2026", "01/31/2026"], DateFormat.US),
        (["01/05/2026", "31/01/2026"], DateFormat.BRITISH),
        (["2026-01-05", "2026-01-06", "01.02.2026"], DateFormat.ISO),
    ],
)
def test_decides_by_all_dates_of_the_file(texts: list[str], form: DateFormat) -> None:
    assert _decision(*texts) is form


@pytest.mark.parametrize(
    "texts", [["01/05/2026", "02/03/2026"], ["01/31/2026", "31/01/2026"], ["2026-01-05", "05.01.2026"]]
)
def test_refuses_to_guess(texts: list[str]) -> None:
    with pytest.raises(UnrecognisedFile):
        _decision(*texts)


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-13-01", "26-01-01", "01.01.2026", "", "0000-01-01", "2026-01-01T00:00"]
)
def test_refuses_what_is_no_day_in_the_format(text: str) -> None:
    with pytest.raises(NotADate):
        parse_date(text, DateFormat.ISO)


@given(st.lists(DAYS, min_size=1), st.sampled_from(DateFormat))
def test_dates_are_read_back(days: list[date], form: DateFormat) -> None:
    texts = [day.strftime(STRFTIME[form]) for day in days]
    assume("/" not in form or any(day.day > 12 for day in days))
    assert [parse_date(text, _decision(*texts)) for text in texts] == days
