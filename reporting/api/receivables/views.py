"""The ageing report and customers' statements: as JSON, or as the file that `format` asks for."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from backfill.api.fields import plain_decimal
from backfill.api.operations import operation
from backfill.errors import NotFound
from ledger.currencies.money import minor_units
from ledger.open_items.ageing import BUCKETS, Aged
from receivables.ageing import Ageing, ageing
from receivables.models import Customer
from receivables.printing.statements import statement_name, statement_pdf
from receivables.statements import CustomerStatement, customer_statement
from reporting.api.receivables.serializers import AgeingAnswer, AgeingQuery, StatementAnswer, StatementQuery
from reporting.api.views import MEDIA_TYPES, ReportView
from reporting.exports import ReportFile, download, report_file
from reporting.labels import language_of, title
from reporting.ranges import ensure_reportable, range_or_fiscal_year, today
from reporting.receivable_tables import ageing_table, statement_table


class AgeingView(ReportView):
    @operation(
        summary="Get receivables ageing report",
        description=(
            "What every customer owes as of a day, in base currency, by how long it has been due; an invoice without a "
            "due date is due on its own date. Unapplied payments and credit memos stand apart, as they are not due."
        ),
        tag="Reports",
        query=AgeingQuery,
        answer=AgeingAnswer,
        media_types=MEDIA_TYPES,
    )
    def get(self, request: Request) -> HttpResponse:
        as_of = ensure_reportable(self.query.get("as_of_date") or today(self.company), field="as_of_date")
        report = ageing(self.company, as_of=as_of)
        if self.query["format"] == "json":
            return Response(_ageing_answer(report))
        return download(report_file(ageing_table(report), self.query["format"]))


class CustomerStatementView(ReportView):
    scopes = {"GET": ("receivables:read", "reports:read")}

    @operation(
        summary="Get a customer's statement",
        description=(
            "The customer's account from one day to another: what was charged, paid, credited and given back, in one "
            "currency, with the balance after each movement. As PDF it is the letter that the customer gets."
        ),
        tag="Customers",
        query=StatementQuery,
        answer=StatementAnswer,
        media_types=MEDIA_TYPES,
    )
    def get(self, request: Request, id: str) -> HttpResponse:
        customers = Customer.objects.filter(company=self.company, id=self.path_uuid())
        customer = customers.select_related("company").first()
        if customer is None:
            raise NotFound("There is no customer with this id in this company.")
        asked = range_or_fiscal_year(self.company, start=self.query.get("start_date"), end=self.query.get("end_date"))
        statement = customer_statement(
            customer, start=asked.start, end=asked.end, currency=self.query.get("currency", "")
        )
        if self.query["format"] == "json":
            return Response(_statement_answer(statement))
        if self.query["format"] == "pdf":
            letter = ReportFile(statement_pdf(statement), "application/pdf", statement_name(statement))
            return download(letter)
        return download(report_file(statement_table(statement), self.query["format"]))


def _ageing_answer(report: Ageing) -> dict[str, Any]:
    company = report.company
    digits = minor_units(company.base_currency)
    customers = [
        {
            "customer_id": row.customer_id,
            "name": row.name,
            **_aged(row.amounts, digits),
            "links": {
                "customer": f"/v1/customers/{row.customer_id}",
                "statement": f"/v1/customers/{row.customer_id}/statement?end_date={report.as_of}",
            },
        }
        for row in report.customers
    ]
    data = {
        "title": title("ageing", language_of(company)),
        "company": company.legal_name or company.name,
        "currency": company.base_currency,
        "as_of_date": report.as_of,
        "customers": customers,
        "totals": _aged(report.totals, digits),
    }
    return {"object": "ageing", "data": data}


def _aged(amounts: Aged, digits: int) -> dict[str, str]:
    return {name: plain_decimal(getattr(amounts, name), digits) for name in (*BUCKETS, "balance")}


def _statement_answer(statement: CustomerStatement) -> dict[str, Any]:
    customer, digits = statement.customer, minor_units(statement.currency)
    movements = [
        {
            "date": row.on,
            "type": row.kind,
            "document_id": row.document_id,
            "document_number": row.document_number,
            "due_date": row.due_date,
            "is_void": row.is_void,
            "amount": plain_decimal(row.amount, digits),
            "balance": plain_decimal(row.balance, digits),
        }
        for row in statement.movements
    ]
    data = {
        "title": title("customer_statement", language_of(customer.company)),
        "company": customer.company.legal_name or customer.company.name,
        "customer_id": customer.id,
        "customer_name": customer.name,
        "currency": statement.currency,
        "currencies": statement.currencies,
        "start_date": statement.start,
        "end_date": statement.end,
        "opening_balance": plain_decimal(statement.opening, digits),
        "movements": movements,
        "closing_balance": plain_decimal(statement.closing, digits),
    }
    return {"object": "customer_statement", "data": data}
