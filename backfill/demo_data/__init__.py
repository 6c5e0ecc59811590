"""A year of bookings for the two demo companies, made up but believable, and made through the real services.

Everything is calculated back from today, so that the demo is never out of date, and follows from names and months
alone, so that two demos of one day are alike. A company that has entries is left as it is.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from backfill.demo_data.bookings import MONTHS, OPEN_MONTHS, Booking, bookings_until, month_back, months_until
from backfill.demo_data.collecting import load_collecting
from backfill.demo_data.goods import load_goods
from backfill.demo_data.invoices import load_invoices
from backfill.demo_data.stories import STORIES, Story
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.entries.bookings import OpeningBalance, post_opening_balances
from ledger.entries.entries import Taxes, create_draft, reverse_entry, submit_entry, taxes_of, with_tax
from ledger.journal.drafts import AccountCode, EntryDraft, LineDraft
from ledger.journal.posting import post_many
from ledger.models import JournalEntry
from ledger.periods.calendar import soft_lock


@transaction.atomic
def load_demo_data(company: Company, *, actor: Actor) -> int:
    """Book the year of a demo company, unless it has entries already; return how many entries were posted."""
    story = STORIES.get(company.chart)
    if story is None or JournalEntry.objects.filter(company=company).exists():
        return 0
    today = company.today()
    post_opening_balances(company=company, on=months_until(today)[0], balances=_opening(story), actor=actor)
    bookings = bookings_until(story, today)
    taxes = taxes_of(company.pk)
    ids = post_many((_draft(company, booking, taxes) for booking in bookings), actor=actor)
    posted = 1 + len(ids) + load_invoices(company, story, today=today, actor=actor)
    posted += load_goods(company, story, today=today, actor=actor)
    load_collecting(company, story, today=today, actor=actor)
    posted += _reverse_one(company, bookings, ids, actor)
    _leave_drafts(company, story, today, actor)
    for back in range(MONTHS - 1, OPEN_MONTHS - 1, -1):
        soft_lock(company=company, name=f"{month_back(today, back):%Y-%m}", actor=actor)
    return posted


def _draft(company: Company, booking: Booking, taxes: Taxes | None = None) -> EntryDraft:
    draft = EntryDraft(
        company_id=company.pk,
        entry_date=booking.day,
        memo=booking.memo,
        document_number=booking.number,
        document_date=booking.day,
        lines=_lines(booking.lines),
    )
    return with_tax(draft, company, taxes)


def _lines(lines: Sequence[tuple[str, Decimal | str, str]]) -> tuple[LineDraft, ...]:
    return tuple(
        LineDraft(account=AccountCode(code), amount=Decimal(amount), tax_code=tax_code)
        for code, amount, tax_code in lines
    )


def _reverse_one(company: Company, bookings: Sequence[Booking], ids: Sequence[UUID], actor: Actor) -> int:
    """Take back the newest booking of a cost, as if it had been booked wrongly, and book it again."""
    latest = max(index for index, booking in enumerate(bookings) if booking.number.startswith("B"))
    booking = bookings[latest]
    reverse_entry(
        company_id=company.pk, entry_id=ids[latest], on=booking.day, reason="Booked on the wrong day", actor=actor
    )
    post_many([_draft(company, booking)], actor=actor)
    return 2


def _leave_drafts(company: Company, story: Story, today: date, actor: Actor) -> None:
    """Work left for the visitor: drafts to finish, the last of them waiting for approval."""
    made = [
        create_draft(
            EntryDraft(
                company_id=company.pk,
                entry_date=today - timedelta(days=position),
                memo=memo,
                lines=_lines(lines),
            ),
            actor=actor,
        )
        for position, (memo, lines) in enumerate(story.drafts)
    ]
    submit_entry(company_id=company.pk, entry_id=made[-1].pk, actor=actor)


def _opening(story: Story) -> list[OpeningBalance]:
    return [
        OpeningBalance(code, debit=max(Decimal(amount), Decimal(0)), credit=max(-Decimal(amount), Decimal(0)))
        for code, amount in story.opening
    ]
