"""Income statement: revenue less expenses of a range, in the steps of the layout down to the net result.

Revenue is positive with a credit balance, expenses with a debit balance; subtotals are what is earned so far.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from backfill.tenancy.models import Company
from ledger.accounts.balances import earnings, movements
from ledger.models import AccountType
from reporting.figures import Figures, no_figures, report_accounts, total
from reporting.labels import Language, language_of, title
from reporting.layouts import IncomeStep, income_steps
from reporting.ranges import DateRange
from reporting.snapshot import one_moment
from reporting.statements import Section, Sections, StatementRow, account_rows


@dataclass(frozen=True, slots=True)
class Step:
    """A section of revenue or expense accounts."""

    section: Section
    kind: AccountType


@dataclass(frozen=True, slots=True)
class Subtotal:
    """What is earned up to here. The last one of a statement is `net_income`."""

    key: str
    title: str
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomeStatement:
    company: Company
    range: DateRange
    comparison: DateRange | None
    steps: tuple[Step | Subtotal, ...]
    revenue: Figures
    expenses: Figures

    @property
    def net_income(self) -> Figures:
        return self.revenue - self.expenses


def income_statement(
    company: Company,
    *,
    asked: DateRange,
    comparison: DateRange | None = None,
    include_zero: bool = False,
    include_closing: bool = False,
    language: Language | None = None,
) -> IncomeStatement:
    """The income statement of a range (both days included) in base currency; beside it that of `comparison`.

    Accounts without movement in either range are left out unless `include_zero` asks for the active ones, and closing
    entries unless `include_closing` asks for them. Titles are in the language of the company's country unless another
    is asked for. A fixed number of statements.
    """
    read = movements if include_closing else earnings
    with one_moment(company):
        moved = read(company_id=company.pk, start=asked.start, end=asked.end)
        compared = None
        if comparison is not None:
            compared = read(company_id=company.pk, start=comparison.start, end=comparison.end)
        accounts = [each for each in report_accounts(company.pk) if not each.type.is_on_balance_sheet]
    rows = account_rows(accounts, moved, compared, include_zero=include_zero)
    sections = Sections(language or language_of(company), has_comparison=comparison is not None)
    steps = tuple(_steps(rows, sections, income_steps(company)))
    return IncomeStatement(
        company=company,
        range=asked,
        comparison=comparison,
        steps=steps,
        revenue=_total(steps, AccountType.REVENUE, sections),
        expenses=_total(steps, AccountType.EXPENSE, sections),
    )


def _steps(rows: Sequence[StatementRow], sections: Sections, layout: Iterable[IncomeStep]) -> Iterator[Step | Subtotal]:
    """The sections of every step that have rows, its subtotal where more follows, and the net result at the end."""
    earned = no_figures(has_comparison=sections.has_comparison)
    due: Subtotal | None = None
    has_begun = False
    for subtotal, step_sections in _filled(rows, sections, layout):
        for step in step_sections:
            if due is not None:
                yield due
            due = None
            yield step
            has_begun = True
            earned = earned + step.section.total if step.kind == AccountType.REVENUE else earned - step.section.total
        due = Subtotal(subtotal, title(subtotal, sections.language), earned) if has_begun else None
    yield Subtotal("net_income", title("net_income", sections.language), earned)


def _filled(
    rows: Sequence[StatementRow], sections: Sections, layout: Iterable[IncomeStep]
) -> Iterator[tuple[str, list[Step]]]:
    """Each step of the layout with its sections. Groups that no step names belong to the operating result."""
    kinds = (AccountType.REVENUE, AccountType.EXPENSE)
    groups = {(kind, key): each for kind in kinds for key, each in sections.of_groups(rows, kind).items()}
    steps = [
        (step.subtotal, [Step(groups.pop(group), group[0]) for group in step.groups if group in groups])
        for step in layout
    ]
    own = [Step(section, kind) for (kind, _), section in groups.items()]
    for subtotal, found in steps:
        yield subtotal, [*found, *own] if subtotal == "operating_result" else found


def _total(steps: Iterable[Step | Subtotal], kind: AccountType, sections: Sections) -> Figures:
    figures = (step.section.total for step in steps if isinstance(step, Step) and step.kind == kind)
    return total(figures, has_comparison=sections.has_comparison)
