"""Recurring invoices, reminders and mailings in the Backfill contract."""

from typing import Any, Final
from uuid import UUID

import django_filters
from django.db.models import Prefetch, Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from backfill.api.envelope import record
from backfill.api.filters import ChoiceFilter, UUIDFilter
from backfill.api.operations import operation
from backfill.api.resources import Action, Resource
from backfill.api.views import BackfillView
from backfill.errors import NotFound
from receivables.api import examples
from receivables.api.serializers.dunning import (
    ChargeInput,
    DismissInput,
    DunningPolicyInput,
    DunningPolicyOutput,
    DunningProposalOutput,
    ReminderInput,
    SearchOutput,
    WarningsOutput,
)
from receivables.api.serializers.mailings import MailingOutput
from receivables.api.serializers.recurring import RecurringInvoiceInput, RecurringInvoiceOutput
from receivables.customers.credit_limits import credit_limit_warning_of
from receivables.dunning import reminders as dunning
from receivables.dunning import sending as dunning_letters
from receivables.dunning.policies import configure_dunning
from receivables.dunning.search import propose_reminders
from receivables.models import (
    DunningPolicy,
    DunningProposal,
    Invoice,
    Mailing,
    MailingKind,
    MailingStatus,
    ProposalStatus,
    RecurringInvoice,
    RecurringRun,
)
from receivables.recurring import invoices as recurring
from receivables.selectors import OPEN_STATUSES

_RECENT_RUNS: Final = 12


class RecurringFilters(django_filters.FilterSet):
    customer_id = UUIDFilter(help_text="Only this customer's.")

    class Meta:
        model = RecurringInvoice
        fields = ()


class ProposalFilters(django_filters.FilterSet):
    status = ChoiceFilter(choices=ProposalStatus.choices, help_text="Only reminders in this status.")
    customer_id = UUIDFilter(help_text="Only this customer's.")
    invoice_id = UUIDFilter(help_text="Only this invoice's.")

    class Meta:
        model = DunningProposal
        fields = ()


class MailingFilters(django_filters.FilterSet):
    status = ChoiceFilter(choices=MailingStatus.choices, help_text="Only mails in this status.")
    kind = ChoiceFilter(choices=MailingKind.choices, help_text="Only mails of this kind.")
    subject_id = UUIDFilter(help_text="Only mails about this invoice, credit memo or dunning proposal.")
    customer_id = UUIDFilter(help_text="Only this customer's.")

    class Meta:
        model = Mailing
        fields = ()


def recurring_invoices(company_id: UUID) -> QuerySet[RecurringInvoice]:
    runs = RecurringRun.objects.order_by("-occurs_on")[:_RECENT_RUNS]
    rows = RecurringInvoice.objects.filter(company_id=company_id).select_related("customer")
    return rows.prefetch_related(Prefetch("runs", runs, to_attr="recent_runs"))


def dunning_proposals(company_id: UUID) -> QuerySet[DunningProposal]:
    rows = DunningProposal.objects.filter(company_id=company_id).select_related("invoice", "customer")
    return rows.exclude(Q(status=ProposalStatus.PROPOSED) & ~Q(invoice__status__in=OPEN_STATUSES))


def mailings(company_id: UUID) -> QuerySet[Mailing]:
    return Mailing.objects.filter(company_id=company_id)


RECURRING_INVOICES = Resource(
    object_name="recurring_invoice",
    plural="recurring_invoices",
    module="receivables",
    tag="Recurring invoices",
    records=recurring_invoices,
    output=RecurringInvoiceOutput,
    id_keyword="document_id",
    create=recurring.create_recurring_invoice,
    create_input=RecurringInvoiceInput,
    update=recurring.update_recurring_invoice,
    delete=recurring.delete_recurring_invoice,
    actions={
        "pause": Action(service=recurring.pause_recurring_invoice, summary="Pause a recurring invoice"),
        "resume": Action(
            service=recurring.resume_recurring_invoice,
            summary="Resume a recurring invoice with the first date from today on",
        ),
    },
    has_source_identity=False,
    filterset=RecurringFilters,
    body_example=examples.RECURRING_INVOICE,
    answer_example=examples.ANSWERS.get("recurring_invoice"),
    sortable={name: name for name in ("next_on", "name", "created_at", "updated_at")},
    errors={
        409: ("CUSTOMER_INACTIVE",),
        422: ("REFERENCE_NOT_FOUND", "TOTALS_MISMATCH", "INVALID_TAX_CODE", "INVALID_CURRENCY", "INVALID_LINE"),
    },
)
DUNNING_PROPOSALS = Resource(
    object_name="dunning_proposal",
    plural="dunning_proposals",
    module="receivables",
    tag="Dunning",
    records=dunning_proposals,
    output=DunningProposalOutput,
    id_keyword="proposal_id",
    actions={
        "send": Action(
            service=dunning_letters.send_reminder,
            summary="Mail a proposed reminder",
            body=ReminderInput,
            body_example=examples.REMINDER,
            shows={"status": "sent", "sent_on": "2026-06-26", "mailing_id": examples.MAILING_ID},
        ),
        "mark_sent": Action(service=dunning.mark_reminder_sent, summary="Note that a reminder went out on paper"),
        "dismiss": Action(
            service=dunning.dismiss_reminder,
            summary="Do without a reminder",
            body=DismissInput,
            body_example=examples.DISMISSAL,
            shows={"status": "dismissed", "dismissed_on": "2026-06-26", "dismissal_reason": "Agreed to pay in July"},
        ),
        "charge": Action(
            service=dunning.charge_reminder,
            summary="Invoice fee and interest of a sent reminder",
            body=ChargeInput,
            errors={409: ("PERIOD_LOCKED", "APPROVAL_REQUIRED"), 422: ("REFERENCE_NOT_FOUND",)},
        ),
    },
    has_source_identity=False,
    filterset=ProposalFilters,
    answer_example=examples.ANSWERS.get("dunning_proposal"),
    sortable={name: name for name in ("proposed_on", "days_overdue", "created_at")},
    errors={409: ("INVALID_STATE_TRANSITION",)},
)
MAILINGS = Resource(
    object_name="mailing",
    plural="mailings",
    module="receivables",
    tag="Mailings",
    records=mailings,
    output=MailingOutput,
    has_source_identity=False,
    filterset=MailingFilters,
    answer_example=examples.ANSWERS.get("mailing"),
    sortable={"created_at": "created_at"},
)


class DunningPolicyView(BackfillView):
    scopes = {"GET": "receivables:read", "PUT": "receivables:write"}

    @operation(
        summary="Get how the company reminds",
        tag="Dunning",
        answer=DunningPolicyOutput,
        envelope="record",
        object_name="dunning_policy",
        errors={404: ("NOT_FOUND",)},
        answer_example=examples.ANSWERS.get("dunning_policy"),
    )
    def get(self, request: Request) -> Response:
        policy = DunningPolicy.objects.filter(company=self.company).prefetch_related("levels").first()
        if policy is None:
            raise NotFound("This company has no dunning policy yet; PUT one.")
        return _shown(policy)

    @operation(
        summary="Set how the company reminds",
        description="Replaces all levels. Nothing is sent by itself unless `is_automatic` says so.",
        tag="Dunning",
        body=DunningPolicyInput,
        answer=DunningPolicyOutput,
        envelope="record",
        object_name="dunning_policy",
        body_example=examples.DUNNING_POLICY,
        answer_example=examples.ANSWERS.get("dunning_policy"),
    )
    def put(self, request: Request) -> Response:
        values = self.body()
        policy = configure_dunning(
            company=self.company, levels=values["levels"], is_automatic=values["is_automatic"], actor=self.actor
        )
        return _shown(policy)


class DunningSearchView(BackfillView):
    scopes = {"POST": "receivables:write"}

    @operation(
        summary="Propose the reminders that are due today",
        description="Also done every night. Each invoice and level is proposed once; nothing is sent.",
        tag="Dunning",
        answer=SearchOutput,
    )
    def post(self, request: Request) -> Response:
        proposed = propose_reminders(company=self.company, on=self.company.today())
        return Response({"proposed": len(proposed)})


class InvoiceWarningsView(BackfillView):
    scopes = {"GET": "receivables:read"}

    @operation(
        summary="Get what to think of before an invoice is confirmed",
        description=(
            "Warnings, never refusals. CREDIT_LIMIT_EXCEEDED: the customer owes more than its credit limit, a draft "
            "counted as if confirmed."
        ),
        tag="Invoices",
        answer=WarningsOutput,
        answer_example=examples.WARNINGS,
    )
    def get(self, request: Request, id: str) -> Response:
        invoices = Invoice.objects.filter(company=self.company, id=self.path_uuid())
        invoice = invoices.select_related("company", "customer__company").first()
        if invoice is None:
            raise NotFound("There is no invoice with this id in this company.")
        warning = credit_limit_warning_of(invoice)
        return Response({"warnings": [warning.facts()] if warning else []})


def _shown(policy: DunningPolicy) -> Response:
    shown: dict[str, Any] = {
        "levels": list(policy.levels.all()),
        "is_automatic": policy.automatic_since is not None,
        "automatic_since": policy.automatic_since,
    }
    return Response(record("dunning_policy", policy.pk, DunningPolicyOutput(shown).data))
