"""A query that is compiled once answers as the ORM does, for other keys, too."""

from uuid import UUID

import pytest
from django.db.models import F, QuerySet

from backfill.database.fixed_query import FixedQuery
from backfill.ids import uuid7
from receivables.models import Invoice
from tests.factories import make_company, make_invoice

pytestmark = pytest.mark.django_db


def invoices(company_id: UUID, key: UUID) -> QuerySet[Invoice]:
    rows = Invoice.objects.filter(company_id=company_id, pk=key, status="open").order_by()
    return rows.select_related("customer").annotate(shown_country=F("company__country"))


def test_reads_what_the_orm_reads_for_any_keys() -> None:
    query = FixedQuery(invoices, 2)
    for _ in range(2):
        company = make_company()
        made = make_invoice(company)
        found, expected = query.one(company.pk, made.pk), invoices(company.pk, made.pk).get()
        assert {field.attname: getattr(found, field.attname) for field in Invoice._meta.concrete_fields} == {
            field.attname: getattr(expected, field.attname) for field in Invoice._meta.concrete_fields
        }
        assert (found.shown_country, found.customer.name) == (company.country, expected.customer.name)
        assert not found._state.adding


def test_finds_nothing_where_there_is_nothing() -> None:
    query, company = FixedQuery(invoices, 2), make_company()
    made = make_invoice(make_company())
    assert query.one(company.pk, uuid7()) is None
    assert query.one(company.pk, made.pk) is None
    assert query.rows(company.pk, made.pk) == []
