"""Reminders: what is proposed, by customer; what was sent; and the page and the letter of each."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from backfill.workspace.forms import WorkspaceForm
from backfill.workspace.list_pages import list_page
from backfill.workspace.pages import ActionPage, Crumb, Page
from backfill.workspace.wording import sentence
from ledger.documents.errors import DocumentNotFound
from ledger.pages.beside import beside_of
from receivables.dunning.bases import dunning_bases
from receivables.dunning.letters import Letter, calculate, letters_of
from receivables.dunning.printing import previewed_letter, printable_proposal, reminder_name, reminder_paper
from receivables.dunning.reminders import charge_reminder, dismiss_reminder, mark_reminder_sent
from receivables.dunning.search import propose_reminders
from receivables.dunning.sending import send_reminders
from receivables.models import Customer, DunningLevel, DunningProposal, ProposalStatus
from receivables.pages.customer_input import customer_field
from receivables.pages.subjects import REMINDER
from receivables.selectors import dunning_levels, waiting_reminders

_SHOWN_REFUSALS: Final = 5
_MOST_CHOSEN: Final = 500
_OF_CUSTOMER: Final = 12


class ReminderFilter(WorkspaceForm):
    customer = customer_field()
    state = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=[
            ("", gettext_lazy("Proposed")),
            ("sent", gettext_lazy("Sent and on the way")),
            ("dismissed", gettext_lazy("Dismissed")),
        ],
    )

    def __init__(self, *arguments: Any, company: Company, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["customer"].company = company  # type: ignore[attr-defined]


class RemindersPage(Page):
    title = gettext_lazy("Reminders")
    template_name = "receivables/reminders.html"
    permission = "receivables.view"

    def context(self) -> dict[str, Any]:
        form = ReminderFilter(self.request.GET, company=self.company)
        values = form.cleaned_data if form.is_valid() else {}
        state = values.get("state") or ProposalStatus.PROPOSED
        out = {ProposalStatus.SENT, ProposalStatus.QUEUED}
        rows = reminders(self.company).filter(status__in=out if state == ProposalStatus.SENT else {state})
        if state == ProposalStatus.PROPOSED:
            rows = rows.filter(id__in=waiting_reminders(self.company.pk).values("id"))
        if values.get("customer"):
            rows = rows.filter(customer=values["customer"])
        if state == ProposalStatus.PROPOSED:
            rows = rows.order_by("customer__name", "customer_id", "id")
        found = list_page(rows, self.request.GET.get("page", ""))
        is_proposed = state == ProposalStatus.PROPOSED
        return {
            "form": form,
            "page": found,
            "is_proposed": is_proposed,
            "letters": self._letters(found.rows) if is_proposed else [],
            "is_filtered": any(values.values()),
            "has_levels": bool(self._levels),
        }

    @cached_property
    def _levels(self) -> dict[int, DunningLevel]:
        return dunning_levels(self.company.pk)

    def _letters(self, proposals: Sequence[DunningProposal]) -> list[Letter]:
        """Return what would be sent together, with today's figures."""
        today = self.company.today()
        rates: dict[str, Decimal | None] = {}
        bases = dunning_bases(self.company.pk, [one.invoice for one in proposals])
        for one in proposals:
            one.invoice.company = self.company
            if one.level_number in self._levels:
                calculate(one, self._levels[one.level_number], today, bases[one.invoice_id], rates)
        return letters_of(proposals)


class LookForReminders(ActionPage):
    """The search of the night, now."""

    permission = "receivables.edit"

    def back(self) -> str:
        return reverse("admin:reminders")

    def act(self) -> str:
        found = len(propose_reminders(company=self.company, on=self.company.today()))
        if not found:
            return _("Nothing else is due for a reminder today.")
        return ngettext("{count} reminder is proposed.", "{count} reminders are proposed.", found).format(count=found)


class ChosenReminders(ActionPage):
    """What is done with the reminders that were ticked, and back to where they were."""

    def chosen(self) -> list[UUID]:
        keys = []
        for text in self.request.POST.getlist("reminder")[:_MOST_CHOSEN]:
            try:
                keys.append(UUID(text))
            except ValueError:
                continue
        return keys

    def back(self) -> str:
        return super().back() if self.request.POST.get("next") else reverse("admin:reminders")

    def act(self) -> HttpResponseBase | str:
        keys = self.chosen()
        known = DunningProposal.objects.filter(company=self.company, pk__in=keys).values_list("pk", flat=True)
        if not keys:
            messages.warning(self.request, _("Choose at least one reminder."))
            return HttpResponseRedirect(self.back())
        if len(known) < len(set(keys)):
            raise DocumentNotFound(_("There is no such reminder in this company."))
        return self.act_on(keys)

    def act_on(self, keys: Sequence[UUID]) -> HttpResponseBase | str:
        raise NotImplementedError

    def answer(self, done: str, refusals: dict[UUID, DomainError]) -> HttpResponseBase:
        """Tell what was done, and of what was not the reasons, with the invoice each is about."""
        if done:
            messages.success(self.request, done)
        rows = DunningProposal.objects.filter(pk__in=list(refusals)).select_related("invoice", "customer")
        for one in rows[:_SHOWN_REFUSALS]:
            reason = sentence(refusals[one.pk].message)
            messages.error(self.request, f"{one.invoice}, {one.customer}: {reason}")
        if len(refusals) > _SHOWN_REFUSALS:
            messages.error(self.request, _("And {count} more.").format(count=len(refusals) - _SHOWN_REFUSALS))
        return HttpResponseRedirect(self.back())


class SendReminders(ChosenReminders):
    permission = "receivables.post"

    def act_on(self, keys: Sequence[UUID]) -> HttpResponseBase:
        outcome = send_reminders(company_id=self.company.pk, proposal_ids=keys, actor=self.actor)
        done = ""
        if outcome.reminders:
            letters = npgettext("in", "{count} letter", "{count} letters", outcome.letters).format(
                count=outcome.letters
            )
            done = ngettext(
                "{count} reminder is on the way, in {letters}.",
                "{count} reminders are on the way, in {letters}.",
                outcome.reminders,
            ).format(count=outcome.reminders, letters=letters)
        return self.answer(done, outcome.refusals)


class _EachReminder(ChosenReminders):
    """One service for each of the chosen; what is refused does not hold up the rest."""

    def said(self, count: int) -> str:
        """Return what was done with how many."""
        raise NotImplementedError

    def service(self, proposal_id: UUID) -> None:
        raise NotImplementedError

    def act_on(self, keys: Sequence[UUID]) -> HttpResponseBase:
        refusals: dict[UUID, DomainError] = {}
        for key in keys:
            try:
                self.service(key)
            except DomainError as error:
                refusals[key] = error
        count = len(keys) - len(refusals)
        return self.answer(self.said(count) if count else "", refusals)


class DismissReminders(_EachReminder):
    permission = "receivables.edit"

    def said(self, count: int) -> str:
        return ngettext(
            "{count} reminder is dismissed; the next level counts from today.",
            "{count} reminders are dismissed; the next level counts from today.",
            count,
        ).format(count=count)

    def service(self, proposal_id: UUID) -> None:
        reason = self.request.POST.get("reason", "").replace("\0", "").strip()
        dismiss_reminder(company_id=self.company.pk, proposal_id=proposal_id, actor=self.actor, reason=reason)


class MarkRemindersSent(_EachReminder):
    permission = "receivables.post"

    def said(self, count: int) -> str:
        return ngettext(
            "{count} reminder is noted as sent on paper.", "{count} reminders are noted as sent on paper.", count
        ).format(count=count)

    def service(self, proposal_id: UUID) -> None:
        mark_reminder_sent(company_id=self.company.pk, proposal_id=proposal_id, actor=self.actor)


class OneReminder(Page):
    """What pages about one reminder share."""

    permission = "receivables.view"

    @cached_property
    def reminder(self) -> DunningProposal:
        return printable_proposal(company_id=self.company.pk, proposal_id=self.kwargs["reminder_id"])

    def page_title(self) -> str:
        return _("Reminder {level} of invoice {invoice}").format(
            level=self.reminder.level_number, invoice=self.reminder.invoice
        )

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Reminders"), reverse("admin:reminders"))]


class ReminderPage(OneReminder):
    template_name = "receivables/reminder.html"

    def context(self) -> dict[str, Any]:
        reminder = self.reminder
        level = dunning_levels(self.company.pk).get(reminder.level_number)
        if reminder.status == ProposalStatus.PROPOSED and level is not None:
            basis = dunning_bases(self.company.pk, [reminder.invoice])[reminder.invoice_id]
            calculate(reminder, level, self.company.today(), basis)
        return {
            "reminder": reminder,
            "invoice": reminder.invoice,
            "mailings": [reminder.mailing] if reminder.mailing else [],
            "may_charge": reminder.status == ProposalStatus.SENT
            and reminder.charge_id is None
            and bool(reminder.fee or reminder.interest),
            **beside_of(self, REMINDER, reminder),
        }


class ReminderPdf(OneReminder):
    """The letter: as it went out, else as it would go out today."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        mailing = self.reminder.mailing
        if mailing is not None and mailing.pdf_id is not None:
            return HttpResponseRedirect(reverse("admin:sent_pdf", args=[mailing.pk]))
        return _paper(previewed_letter(company_id=self.company.pk, proposal_ids=[self.reminder.pk]))


class LettersPdf(Page):
    """The letter in which the reminders named as `reminder` would go out together."""

    permission = "receivables.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            keys = [UUID(text) for text in request.GET.getlist("reminder")[:_MOST_CHOSEN]]
        except ValueError:
            keys = []
        return _paper(previewed_letter(company_id=self.company.pk, proposal_ids=keys))


class ChargeReminder(ActionPage):
    """The invoice over what a reminder cost; its page follows."""

    permission = "receivables.post"

    def back(self) -> str:
        return reverse("admin:reminder", args=[self.kwargs["reminder_id"]])

    def act(self) -> HttpResponseBase:
        done = charge_reminder(company_id=self.company.pk, proposal_id=self.kwargs["reminder_id"], actor=self.actor)
        messages.success(self.request, _("Invoice {charge} charges fee and interest.").format(charge=done.charge))
        return HttpResponseRedirect(reverse("admin:invoice", args=[done.charge_id]))


def reminders(company: Company) -> QuerySet[DunningProposal]:
    """Return the company's reminders with what lists show of them, latest first. One statement."""
    rows = DunningProposal.objects.filter(company=company)
    return rows.select_related("invoice", "customer", "invoice__customer", "mailing").order_by("-proposed_on", "-id")


def reminders_of(customer: Customer) -> list[DunningProposal]:
    """Return the last reminders of one customer."""
    return list(reminders(customer.company).filter(customer=customer)[:_OF_CUSTOMER])


def _paper(letter: Letter) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{reminder_name(letter)}"'}
    return HttpResponse(reminder_paper(letter), content_type="application/pdf", headers=headers)
