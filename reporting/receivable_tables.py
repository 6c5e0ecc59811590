"""The ageing of receivables and a customer's statement as tables."""

from collections.abc import Iterator

from ledger.currencies.money import minor_units
from ledger.open_items.ageing import BUCKETS, Aged
from ledger.open_items.statements import Movement
from receivables.ageing import Ageing
from receivables.customers.language import language_of as language_of_customer
from receivables.statements import CustomerStatement
from reporting.labels import Language, language_of, title
from reporting.ranges import DateRange
from reporting.report_tables import day_text, file_stem, range_text
from reporting.tables import Cell, Column, Table, TableRow


def ageing_table(report: Ageing) -> Table:
    """One row per customer, in the company's language and base currency."""
    language = language_of(report.company)
    amounts = [Column(key, title(f"ageing.{key}", language), is_amount=True) for key in (*BUCKETS, "balance")]
    rows = [TableRow("account", 0, (row.name, *_aged(row.amounts))) for row in report.customers]
    rows.append(TableRow("total", 0, (title("total", language), *_aged(report.totals))))
    return Table(
        company=report.company,
        language=language,
        title=title("ageing", language),
        subtitle=title("as_of", language).format(day=day_text(report.as_of, language)),
        columns=(Column("name", title("ageing.customer", language)), *amounts),
        rows=tuple(rows),
        file_stem=file_stem(report.company, "ageing", report.as_of),
        fraction_digits=minor_units(report.company.base_currency),
    )


def statement_table(statement: CustomerStatement) -> Table:
    """Opening balance, movements and closing balance, in the customer's language and the statement's currency."""
    customer, language = statement.customer, language_of_customer(statement.customer)
    asked = DateRange(statement.start, statement.end)
    texts = ("date", "name", "due_date")
    amounts = ("charged", "credited", "balance")
    return Table(
        company=customer.company,
        language=language,
        title=title("customer_statement", language),
        subtitle=f"{customer.company_name or customer.name}, {range_text(asked, language)}",
        columns=(
            *(Column(key, title(f"statement.{key}", language)) for key in texts),
            *(Column(key, title(f"statement.{key}", language), is_amount=True) for key in amounts),
        ),
        rows=tuple(_statement_rows(statement, language)),
        file_stem=file_stem(customer.company, "statement", statement.start, statement.end),
        fraction_digits=minor_units(statement.currency),
        other_currency=statement.currency,
    )


def _aged(amounts: Aged) -> tuple[Cell, ...]:
    return (*(getattr(amounts, bucket) or None for bucket in BUCKETS), amounts.balance)


def _statement_rows(statement: CustomerStatement, language: Language) -> Iterator[TableRow]:
    opening, closing = title("statement.opening", language), title("statement.closing", language)
    yield TableRow("group", 0, (statement.start, opening, None, None, None, statement.opening))
    for row in statement.movements:
        charged, credited = (row.amount, None) if row.amount > 0 else (None, -row.amount)
        cells: tuple[Cell, ...] = (row.on, _named(row, language), row.due_date, charged, credited, row.balance)
        yield TableRow("account", 0, cells)
    yield TableRow("total", 0, (statement.end, closing, None, None, None, statement.closing))


def _named(row: Movement, language: Language) -> str:
    document = title(f"statement.{row.kind}", language).format(number=row.document_number)
    return title("statement.void", language).format(document=document) if row.is_void else document
