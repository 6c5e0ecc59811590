"""Reminders in the admin: looked for, looked at, sent, put aside, charged."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company, Role
from receivables.models import Customer, DunningProposal, Invoice, Mailing, MailingStatus
from receivables.services.delivery import deliver_mailing
from tests.factories import make_customer, make_payment
from tests.receivables.letters import pages_of
from tests.receivables.pages.collecting import make_overdue, make_reminder, set_up_levels
from tests.receivables.pages.test_pages import FRAME, cost
from tests.workspace.conftest import SignedIn, words

pytestmark = pytest.mark.django_db

LOOKS = ("reminder", "print_reminder")
PRESSES = ("send_reminders", "dismiss_reminders", "mark_reminders_sent", "look_for_reminders")


@pytest.fixture
def customer(company: Company) -> Customer:
    set_up_levels(company)
    return make_customer(company, name="Harbor Supplies", email="pay@harbor.example")


def press(client: Client, name: str, *reminders: DunningProposal, **more: Any) -> Any:
    return client.post(reverse(f"admin:{name}"), {"reminder": [one.pk for one in reminders], **more}, follow=True)


class TestTheList:
    def test_asks_for_levels_first(self, owner: Client) -> None:
        assert "This company has none yet" in words(owner.get(reverse("admin:reminders")))

    def test_looks_for_what_is_overdue_when_asked(self, owner: Client, customer: Customer) -> None:
        invoice = make_overdue(customer, days=10)
        make_overdue(customer, days=6)
        page = words(press(owner, "look_for_reminders"))
        assert "1 reminder is proposed." in page
        assert str(invoice) in page
        assert "Nothing else is due for a reminder today." in words(press(owner, "look_for_reminders"))

    def test_shows_customers_with_their_invoices_and_todays_figures(
        self, owner: Client, company: Company, customer: Customer
    ) -> None:
        reminders = [make_reminder(customer), make_reminder(customer, amount="50.00", days=30)]
        DunningProposal.objects.update(days_overdue=1)
        make_reminder(make_customer(company, name="Bay Foods", email=""))
        page = words(owner.get(reverse("admin:reminders")))
        assert page.index("Bay Foods") < page.index("No e-mail address") < page.index("Harbor Supplies")
        assert page.index("150.00") < page.index(str(reminders[1].invoice)) < page.index(str(reminders[0].invoice))
        assert '<td class="num">30</td>' in page

    def test_shows_one_customers(self, owner: Client, company: Company, customer: Customer) -> None:
        make_reminder(customer)
        make_reminder(make_customer(company, name="Bay Foods"))
        page = words(owner.get(reverse("admin:reminders"), {"customer": "Bay Foods"}))
        assert "Bay Foods" in page
        assert "pay@harbor.example" not in page

    def test_shows_what_was_sent_and_what_was_dismissed(self, owner: Client, customer: Customer) -> None:
        sent, dismissed = make_reminder(customer), make_reminder(customer)
        press(owner, "send_reminders", sent)
        press(owner, "dismiss_reminders", dismissed, reason="agreed on the phone")
        page = words(owner.get(reverse("admin:reminders"), {"state": "sent"}))
        assert str(sent.invoice) in page
        assert "On its way" in page
        assert str(dismissed.invoice) not in page
        page = words(owner.get(reverse("admin:reminders"), {"state": "dismissed"}))
        assert "agreed on the phone" in page

    def test_costs_the_same_however_long_it_is(self, owner: Client, company: Company, customer: Customer) -> None:
        make_reminder(customer)
        assert cost(owner, reverse("admin:reminders")) == FRAME + 6
        for number in range(4):
            make_reminder(make_customer(company, name=f"Customer {number}"))
        assert cost(owner, reverse("admin:reminders")) == FRAME + 6
        press(owner, "send_reminders", *DunningProposal.objects.all())
        assert cost(owner, reverse("admin:reminders") + "?state=sent") == FRAME + 2


class TestSending:
    def test_sends_what_was_ticked_in_one_letter_per_customer(
        self, owner: Client, company: Company, customer: Customer
    ) -> None:
        chosen = [
            make_reminder(customer),
            make_reminder(customer),
            make_reminder(make_customer(company, email="b@c.de")),
        ]
        left = make_reminder(customer)
        page = words(press(owner, "send_reminders", *chosen))
        assert "3 reminders are on the way, in 2 letters." in page
        assert Mailing.objects.count() == 2
        left.refresh_from_db()
        assert left.status == "proposed"

    def test_says_what_could_not_be_sent_and_sends_the_rest(
        self, owner: Client, company: Company, customer: Customer
    ) -> None:
        silent = make_reminder(make_customer(company, name="Bay Foods", email=""))
        page = words(press(owner, "send_reminders", make_reminder(customer), silent))
        assert "1 reminder is on the way, in 1 letter." in page
        assert f"{silent.invoice}, Bay Foods: The customer has no e-mail address" in page

    def test_asks_to_choose_one(self, owner: Client, customer: Customer) -> None:
        assert "Choose at least one reminder." in words(press(owner, "send_reminders"))
        assert "Choose at least one" in words(
            owner.post(reverse("admin:send_reminders"), {"reminder": "x"}, follow=True)
        )

    def test_notes_what_went_out_on_paper(self, owner: Client, customer: Customer) -> None:
        reminder = make_reminder(customer)
        assert "1 reminder is noted as sent on paper." in words(press(owner, "mark_reminders_sent", reminder))
        assert not Mailing.objects.exists()
        assert "Sent on paper" in words(owner.get(reverse("admin:reminder", args=[reminder.pk])))

    def test_goes_back_to_where_the_button_was(self, owner: Client, customer: Customer) -> None:
        reminder = make_reminder(customer)
        link = reverse("admin:reminder", args=[reminder.pk])
        answer = owner.post(reverse("admin:dismiss_reminders"), {"reminder": reminder.pk, "next": link})
        assert answer["Location"] == link

    def test_sends_again_what_failed(self, owner: Client, customer: Customer) -> None:
        reminder = make_reminder(customer)
        press(owner, "send_reminders", reminder)
        Mailing.objects.update(status=MailingStatus.FAILED, error="550 no such mailbox")
        page = words(owner.get(reverse("admin:reminder", args=[reminder.pk])))
        assert "550 no such mailbox" in page
        assert "Send again" in page
        press(owner, "send_reminders", reminder)
        assert Mailing.objects.count() == 2

    def test_says_why_a_paid_one_is_not_sent(self, owner: Client, company: Company, customer: Customer) -> None:
        reminder = make_reminder(customer)
        make_payment(company, "100.00", reminder.invoice)
        assert "nothing is left to pay; dismiss its reminder" in words(press(owner, "send_reminders", reminder))


class TestTheLetter:
    def test_is_shown_before_it_is_sent(self, owner: Client, customer: Customer) -> None:
        """100.00 with a fee of 3.00."""
        reminder = make_reminder(customer)
        answer = owner.get(reverse("admin:print_reminder", args=[reminder.pk]))
        assert answer["Content-Type"] == "application/pdf"
        (text,) = pages_of(answer.content)
        assert "DRAFT" in text
        assert "To pay $103.00" in text
        reminder.refresh_from_db()
        assert reminder.status == "proposed"

    def test_tells_all_that_would_go_together(self, owner: Client, customer: Customer) -> None:
        """100.00 and 50.00, and one fee of 3.00."""
        keys = [make_reminder(customer, amount=amount).pk for amount in ("100.00", "50.00")]
        answer = owner.get(reverse("admin:print_letter"), {"reminder": keys})
        assert "To pay $153.00" in pages_of(answer.content)[0]

    def test_is_what_was_mailed_once_it_was(self, owner: Client, customer: Customer) -> None:
        reminder = make_reminder(customer)
        press(owner, "send_reminders", reminder)
        link = reverse("admin:print_reminder", args=[reminder.pk])
        assert "DRAFT" not in pages_of(owner.get(link).content)[0]
        mailing = Mailing.objects.get()
        deliver_mailing(mailing.pk)
        assert owner.get(link)["Location"] == reverse("admin:sent_pdf", args=[mailing.pk])

    def test_goes_to_one_customer(self, owner: Client, company: Company, customer: Customer) -> None:
        keys = [make_reminder(customer).pk, make_reminder(make_customer(company)).pk]
        assert "One letter goes to one customer" in words(owner.get(reverse("admin:print_letter"), {"reminder": keys}))
        assert owner.get(reverse("admin:print_letter"), {"reminder": "x"}).status_code == 404


class TestOneReminder:
    def test_charges_what_it_cost(self, owner: Client, customer: Customer) -> None:
        reminder = make_reminder(customer)
        press(owner, "mark_reminders_sent", reminder)
        page = words(owner.get(reverse("admin:reminder", args=[reminder.pk])))
        assert "Invoice fee and interest" in page
        page = words(owner.post(reverse("admin:charge_reminder", args=[reminder.pk]), follow=True))
        assert re.search(r"Invoice INV-\d+ charges fee and interest\.", page)
        assert Invoice.objects.filter(total_amount=3, status="open").exists()
        assert "Invoice fee and interest" not in words(owner.get(reverse("admin:reminder", args=[reminder.pk])))

    def test_is_told_at_the_customer(self, owner: Client, customer: Customer) -> None:
        reminder = make_reminder(customer)
        page = words(owner.get(reverse("admin:customer", args=[customer.pk])))
        assert reverse("admin:reminder", args=[reminder.pk]) in page

    def test_is_shown_though_its_level_is_gone(self, owner: Client, company: Company, customer: Customer) -> None:
        reminder = make_reminder(customer)
        set_up_levels(company, [])
        assert owner.get(reverse("admin:reminders")).status_code == 200
        assert owner.get(reverse("admin:reminder", args=[reminder.pk])).status_code == 200
        refused = owner.get(reverse("admin:print_reminder", args=[reminder.pk]))
        assert "no dunning level 1 any more" in words(refused)
        assert "no dunning level 1 any more" in words(press(owner, "send_reminders", reminder))


@pytest.mark.parametrize("role", ["bookkeeper", "approver", "viewer"])
def test_opens_to_the_roles_that_may(role: str, company: Company, customer: Customer, signed_in: SignedIn) -> None:
    client, reminder = signed_in(company, role), make_reminder(customer)
    for name in LOOKS:
        assert client.get(reverse(f"admin:{name}", args=[reminder.pk])).status_code == 200
    assert client.get(reverse("admin:reminders")).status_code == 200
    expected = 302 if role == Role.BOOKKEEPER else 403
    urls = [reverse(f"admin:{name}") for name in PRESSES] + [reverse("admin:charge_reminder", args=[reminder.pk])]
    assert [client.post(url).status_code for url in urls] == [expected] * len(urls)


def test_knows_nothing_of_someone_elses_company(owner: Client, customer: Customer, other: Company) -> None:
    set_up_levels(other)
    foreign = make_reminder(make_customer(other, name="Secret AG", email="s@example.com"))
    assert "Secret" not in words(owner.get(reverse("admin:reminders")))
    for name in LOOKS:
        assert owner.get(reverse(f"admin:{name}", args=[foreign.pk])).status_code == 404
    assert owner.get(reverse("admin:print_letter"), {"reminder": foreign.pk}).status_code == 404
    assert owner.post(reverse("admin:charge_reminder", args=[foreign.pk])).status_code == 404
    for name in PRESSES[:3]:
        assert owner.post(reverse(f"admin:{name}"), {"reminder": foreign.pk}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.status == "proposed"
