"""What holds for every type of document there is: a test a rule, over all descriptions."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import TextChoices
from django.test import RequestFactory

from backfill.errors import ValidationFailed
from backfill.tenancy.models import Company
from backfill.tenancy.roles import role_allows
from backfill.workspace import navigation
from ledger.documents import verbs
from ledger.documents.api.derived import document_filters, resource
from ledger.documents.api.shapes import document_input, document_output
from ledger.documents.api.steps import document_steps
from ledger.documents.derived import (
    guard_sql,
    journal_links,
    models_of,
    same_company_keys,
    settled_statuses,
    unplaced_columns,
    unplaced_line_columns,
)
from ledger.documents.models import NumberSeries
from ledger.documents.pages import urls as documents_urls
from ledger.documents.pages.document_admins import (
    DocumentAdmin,
    admin_of,
    document_admins,
    kind_of,
    sidebar_item,
    states_of,
)
from ledger.documents.pages.header_fields import HeaderField
from ledger.documents.types import Approval, DocumentType, document_types, register
from ledger.documents.verbs.journal_link import JournalLink
from ledger.journal import registry
from receivables.api import resources
from receivables.guards import install_sql
from receivables.models import InvoiceType
from receivables.pages import document_admins as kinds
from receivables.pages import urls as receivables_urls
from receivables.types.sales_receipts import SALES_RECEIPT
from receivables.types.side import SELLING
from tests.documents.throw_away import THROW_AWAY
from tests.factories import make_company

OURS = document_types()
TYPES = [*OURS, THROW_AWAY]


def of(doc_type: DocumentType[Any, Any]) -> str:
    return doc_type.key


each = pytest.mark.parametrize("doc_type", TYPES, ids=of)
each_of_ours = pytest.mark.parametrize("doc_type", OURS, ids=of)


class TestDescription:
    @each
    def test_shows_every_column_or_calls_it_internal(self, doc_type: DocumentType[Any, Any]) -> None:
        assert unplaced_columns(doc_type) == set()
        assert unplaced_line_columns(doc_type) == set()

    @each
    def test_names_columns_that_there_are(self, doc_type: DocumentType[Any, Any]) -> None:
        names = {field.name for field in doc_type.model._meta.get_fields()}
        assert {*doc_type.columns, *doc_type.internal, *doc_type.free, doc_type.side.party} <= names
        if doc_type.line_model is not None:
            of_lines = {field.name for field in doc_type.line_model._meta.get_fields()}
            placed = {*doc_type.line_columns, *doc_type.internal_line, *doc_type.counted_later}
            assert placed <= of_lines

    @each
    def test_has_the_statuses_that_its_verbs_give(self, doc_type: DocumentType[Any, Any]) -> None:
        assert {doc_type.draft, str(doc_type.posted), "void"} <= set(doc_type.statuses.values)
        assert doc_type.draft not in doc_type.posting_statuses

    def test_is_called_and_numbered_as_no_other(self) -> None:
        for shared in (lambda one: one.key, lambda one: one.plural, lambda one: one.prefix, lambda one: one.noun):
            assert len({shared(one) for one in OURS}) == len(OURS)

    def test_cannot_be_known_twice_by_one_name(self) -> None:
        twin = DocumentType(
            key="sales_receipt",
            model=SALES_RECEIPT.model,
            side=SELLING,
            prefix="XX-",
            statuses=SALES_RECEIPT.statuses,
            posted="completed",
        )
        with pytest.raises(TypeError, match="sales_receipt"):
            register(twin)
        register(SALES_RECEIPT)

    def test_asks_for_approval_wherever_money_goes_out(self) -> None:
        with pytest.raises(TypeError, match="approval"):
            DocumentType(
                key="petty_cash",
                model=SALES_RECEIPT.model,
                side=SELLING,
                prefix="PC-",
                statuses=SALES_RECEIPT.statuses,
                posted="completed",
                approval=Approval.NONE,
                pays_out=True,
            )


class TestDatabase:
    def test_derives_the_keys_that_migrations_installed(self) -> None:
        migrated = Path(apps.get_app_config("receivables").path, "migrations", "0002_guards.sql").read_text()
        pattern = r"ALTER TABLE (\w+) ADD CONSTRAINT \w+ FOREIGN KEY \((\w+), company_id\) REFERENCES (\w+)"
        installed = {tuple(found) for found in re.findall(pattern, migrated)}
        models = list(apps.get_app_config("receivables").get_models())

        assert {key for model in models for key in same_company_keys(model)} == installed
        assert ("receivables_invoice", "customer_id", "receivables_customer") in installed
        assert {model._meta.db_table for one in OURS for model in models_of(one)} <= {
            table for table, _, _ in installed
        }

    def test_settles_documents_by_the_statuses_of_their_types(self) -> None:
        assert {one.key: settled_statuses(one)[1:] for one in OURS if one.is_settled} == {
            "invoice": ("open", "partially_paid", "paid"),
            "payment": ("completed", "completed", "completed"),
            "credit_memo": ("open", "partially_applied", "applied"),
            "refund_receipt": ("completed", "completed", "completed"),
        }

    @each_of_ours
    def test_derives_the_guards_that_migrations_installed(self, doc_type: DocumentType[Any, Any]) -> None:
        assert guard_sql(doc_type) in install_sql()

    def test_guards_whatever_the_party_is_called(self) -> None:
        sql = guard_sql(THROW_AWAY)
        assert "receivables_ticket_guard" in sql
        assert "receivables_ticketline_guard" in sql
        assert "OLD.customer_id" in sql


class TestJournal:
    def test_is_linked_to_every_type_that_posts(self) -> None:
        posting = {one.key: one for one in OURS if one.entry}
        assert journal_links(OURS) == posting

        hooks = [getattr(hook, "__self__", None) for hook in registry.entry_reversed]
        assert {key for one in hooks if isinstance(one, JournalLink) for key in one.kinds} == set(posting)


class TestInterfaces:
    @each
    def test_takes_and_shows_what_the_description_names(self, doc_type: DocumentType[Any, Any]) -> None:
        if any(field.get_internal_type() == "BooleanField" for field in doc_type.fields.values()):
            pytest.skip("its shapes are written by hand")
        names = {f"{name}_id" if found.is_relation else name for name, found in doc_type.fields.items()}
        assert names <= set(document_input(doc_type)().fields)
        assert names <= set(document_output(doc_type)().fields)

    @each_of_ours
    def test_serves_every_column_of_ours(self, doc_type: DocumentType[Any, Any]) -> None:
        [served] = [one for one in vars(resources).values() if getattr(one, "object_name", "") == doc_type.key]
        renamed = {"refunded_at": "refund_date"}
        names = {f"{name}_id" if found.is_relation else name for name, found in doc_type.fields.items()}
        assert {renamed.get(name, name) for name in names} <= set(served.create_input().fields)

    @each
    def test_has_every_verb_as_a_step(self, doc_type: DocumentType[Any, Any]) -> None:
        steps = document_steps(doc_type)
        assert set(steps) == {"submit", "approve", "reject", "confirm", "void"}
        assert {name for name, step in steps.items() if step.approves} == {"approve", "reject"}

    @each
    def test_is_listed_by_party_status_number_and_date(self, doc_type: DocumentType[Any, Any]) -> None:
        filters = document_filters(doc_type).base_filters
        assert {"customer_id", "status", "approval_status", "document_number", "start_date", "end_date"} <= set(filters)

    def test_has_a_resource_with_routes_from_its_description_alone(self) -> None:
        routes = {str(route.pattern) for route in resource(THROW_AWAY).urls()}
        assert {"tickets", "tickets/<str:id>", "tickets/<str:id>/confirm", "tickets/<str:id>/void"} <= routes

    @each_of_ours
    def test_shows_a_body_and_an_answer_in_the_reference(self, doc_type: DocumentType[Any, Any]) -> None:
        [served] = [one for one in vars(resources).values() if getattr(one, "object_name", "") == doc_type.key]
        assert set(served.body_example) - {"line_items"} <= set(served.create_input().fields)
        assert {"currency", "status"} & set(served.body_example)
        assert served.answer_example["object"] == doc_type.key

    @each_of_ours
    def test_has_a_place_of_its_own_in_the_sidebar(self, doc_type: DocumentType[Any, Any]) -> None:
        pages = admin_of(doc_type.key)
        assert pages is not None
        section = "purchases" if doc_type.side.is_purchase else "sales"
        assert sidebar_item(pages, section) in navigation._ITEMS
        same = [one for one in navigation._ITEMS if (one.section, one.position) == (section, pages.place)]
        assert [one.url_name for one in same] == [doc_type.plural]

    def test_takes_type_length_and_choices_of_a_field_from_its_column(self) -> None:
        pages = kind_of(THROW_AWAY, icon="event_seat", fields=(HeaderField("seat", "Seat"),))
        assert [(one.type, one.length) for one in pages.fields] == [("text", 10)]
        shown = {one.name: (one.type, one.length) for kind in document_admins() for one in kind.fields}
        assert shown["deposit_to_account"][0] == "account"
        assert shown["effective_date"][0] == "date"
        assert (shown["notes"], shown["reason"]) == (("area", 2000), ("text", 500))
        invoice = admin_of("invoice")
        assert invoice is not None
        assert next(one.choices for one in invoice.fields if one.name == "invoice_type") == tuple(InvoiceType.choices)
        facts = {one.name: (one.type, one.length) for one in invoice.line_facts}
        assert facts["gtin"] == ("text", 14)
        assert [facts[name][0] for name in ("is_charge", "list_price", "delivered_on", "billing_period_start")] == [
            *("flag", "price", "day", "moment")
        ]

    def test_refuses_a_field_that_no_column_keeps(self) -> None:
        with pytest.raises(FieldDoesNotExist, match="row"):
            kind_of(THROW_AWAY, icon="event_seat", fields=(HeaderField("row", "Row"),))

    @each_of_ours
    def test_has_pages(self, doc_type: DocumentType[Any, Any]) -> None:
        shown = [one for one in vars(kinds).values() if isinstance(one, DocumentAdmin) and one.doc_type is doc_type]
        assert len(shown) == 1
        assert (shown[0].name, shown[0].plural) == (doc_type.key, doc_type.plural)

    def test_has_a_list_with_tabs_from_its_description_alone(self) -> None:
        pages = kind_of(THROW_AWAY, icon="event_seat")
        assert (pages.title, pages.titles, pages.needs_party) == ("Ticket", "Tickets", False)
        assert [label for label, _ in pages.states.values()] == ["Drafts", "Waiting for approval", "Sold", "Void"]
        assert "pending_approval" not in states_of(next(one for one in OURS if not one.is_asked))


@pytest.mark.django_db
class TestVerbs:
    """A throw-away type is calculated like any other: nothing but its description says how."""

    @pytest.fixture
    def company(self) -> Company:
        return make_company(chart="us", currency="USD")

    def test_calculates_by_the_description_alone(self, company: Company) -> None:
        values = {
            "seat": "4A",
            "lines": [{"description": "Stalls", "quantity": 2, "unit_amount": 30, "tax_rate": 5}],
        }
        made = verbs.preview(THROW_AWAY, values, company=company)
        assert (made.document.seat, str(made.document.total_amount), len(made.lines)) == ("4A", "63.00", 1)
        assert not NumberSeries.objects.filter(document_type="ticket").exists()

    def test_blames_in_the_words_of_the_description(self, company: Company) -> None:
        with pytest.raises(ValidationFailed, match="a ticket needs at least one line") as refused:
            verbs.preview(THROW_AWAY, {}, company=company)
        assert refused.value.field == "lines"

    @each_of_ours
    def test_says_which_statuses_it_can_be_made_in(self, company: Company, doc_type: DocumentType[Any, Any]) -> None:
        assert issubclass(doc_type.statuses, TextChoices)
        for unknown in ("lost", "void"):
            document = doc_type.model(company=company, status=doc_type.draft)
            with pytest.raises(ValidationFailed, match="use its actions") as refused:
                verbs.steps.step_wanted(doc_type, document, {"status": unknown})
            assert refused.value.field == "status"


def test_every_page_of_ours_asks_for_a_permission() -> None:
    for route in [*documents_urls.urlpatterns, *receivables_urls.urlpatterns]:
        view = route.callback.view_class(**route.callback.view_initkwargs)
        view.request = RequestFactory().post("/")
        for method in ("GET", "POST"):
            assert role_allows("owner", view.needed(method)), route.name
