"""A year of bookings for the two demo companies, made up but believable, and made through the real services.

Everything is reckoned back from today, so that the demo is never out of date, and follows from names and months alone,
so that two demos of one day are alike. A company that has entries is left as it is.
"""

import hashlib
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.bookings import OpeningBalance, post_opening_balances
from ledger.drafts import AccountCode, EntryDraft, LineDraft
from ledger.entries import create_draft, reverse_entry, submit_entry, with_tax
from ledger.models import JournalEntry
from ledger.periods import soft_lock
from ledger.posting import post_many

MONTHS = 12
OPEN_MONTHS = 3
SYSTEM = "demo"

Line = tuple[str, Decimal, str]


@dataclass(frozen=True, slots=True)
class Booking:
    """One entry to be: lines of (account code, amount with its tax, debit positive, tax code)."""

    day: date
    memo: str
    number: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Customer:
    """Buys once a month on `day` for about `amount`, and pays `days` later."""

    name: str
    day: int
    amount: int
    days: int
    tax_code: str
    revenue: str


@dataclass(frozen=True, slots=True)
class Cost:
    """Falls due every `every` months on `day`: about `amount` with its tax, bank or payables against `account`."""

    memo: str
    day: int
    amount: str
    account: str
    contra: str
    tax_code: str = ""
    varies: bool = True
    every: int = 1


@dataclass(frozen=True, slots=True)
class Story:
    """What happens to one company, in the accounts of its chart."""

    bank: str
    receivables: str
    payables: str
    prefix: str
    customers: tuple[Customer, ...]
    costs: tuple[Cost, ...]
    stock: tuple[str, str, Decimal]
    opening: tuple[tuple[str, str], ...]
    drafts: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]


@transaction.atomic
def load_demo_data(company: Company, *, actor: Actor) -> int:
    """Book the year of a demo company, unless it has entries already; return how many entries were posted."""
    story = _STORIES.get(company.chart)
    if story is None or JournalEntry.objects.filter(company=company).exists():
        return 0
    today = company.today()
    first = _months_back(today, MONTHS - 1)
    post_opening_balances(company=company, on=first, balances=_opening(story), actor=actor)
    bookings = sorted(_bookings(story, first, today), key=lambda booking: booking.day)
    ids = post_many((_draft(company, booking) for booking in bookings), actor=actor)
    _reverse_one(company, bookings, ids, actor)
    _leave_drafts(company, story, today, actor)
    for back in range(MONTHS - 1, OPEN_MONTHS - 1, -1):
        soft_lock(company=company, name=f"{_months_back(today, back):%Y-%m}", actor=actor)
    return len(ids) + 2


def _bookings(story: Story, first: date, today: date) -> Iterator[Booking]:
    """Everything from the first of `first`'s month up to and including today."""
    for index in range(MONTHS):
        month = _months_back(first, -index)
        season = Decimal(100 + (0, -8, 2, 6, 4, 10, 3, -4, 12, 15, 20, 26)[month.month - 1]) / 100
        growth = 1 + Decimal(index) / 60
        for booking in (*_sales(story, month, season * growth), *_costs(story, month, index)):
            if booking.day <= today:
                yield booking


def _sales(story: Story, month: date, factor: Decimal) -> Iterator[Booking]:
    stock, cogs, share = story.stock
    for position, customer in enumerate(story.customers, start=1):
        day = _day(month, customer.day)
        number = f"{story.prefix}{month:%y%m}{position:02d}"
        gross = _about(customer.amount * factor, f"{customer.name} {month}")
        due = day + timedelta(days=customer.days)
        yield Booking(
            day,
            f"Sale to {customer.name}",
            number,
            ((story.receivables, gross, ""), (customer.revenue, -gross, customer.tax_code)),
        )
        yield Booking(
            due,
            f"{customer.name} pays {number}",
            number,
            ((story.bank, gross, ""), (story.receivables, -gross, "")),
        )
        cost = (gross * share).quantize(Decimal("0.01"))
        yield Booking(day, f"Goods delivered, {number}", number, ((cogs, cost, ""), (stock, -cost, "")))


def _costs(story: Story, month: date, index: int) -> Iterator[Booking]:
    for position, cost in enumerate(story.costs, start=1):
        if index % cost.every:
            continue
        amount = _about(Decimal(cost.amount), f"{cost.memo} {month}") if cost.varies else Decimal(cost.amount)
        day = _day(month, cost.day)
        number = f"B{month:%y%m}{position:02d}"
        memo = f"{cost.memo}, {month:%B %Y}"
        yield Booking(day, memo, number, ((cost.account, amount, cost.tax_code), (cost.contra, -amount, "")))
        if cost.contra == story.payables:
            paid = ((story.payables, amount, ""), (story.bank, -amount, ""))
            yield Booking(day + timedelta(days=21), f"Paid: {memo}", number, paid)


def _draft(company: Company, booking: Booking) -> EntryDraft:
    draft = EntryDraft(
        company_id=company.pk,
        entry_date=booking.day,
        memo=booking.memo,
        document_number=booking.number,
        document_date=booking.day,
        lines=tuple(
            LineDraft(account=AccountCode(code), amount=amount, tax_code=tax_code)
            for code, amount, tax_code in booking.lines
        ),
    )
    return with_tax(draft, company)


def _reverse_one(company: Company, bookings: list[Booking], ids: list[UUID], actor: Actor) -> None:
    """Take back the newest booking of rent or the like, as if it had been booked twice, and book it again."""
    latest = max(index for index, booking in enumerate(bookings) if booking.number.startswith("B"))
    booking = bookings[latest]
    entry = JournalEntry.objects.get(company=company, pk=ids[latest])
    reverse_entry(
        company_id=company.pk, entry_id=entry.pk, on=booking.day, reason="Booked on the wrong day", actor=actor
    )
    post_many([_draft(company, booking)], actor=actor)


def _leave_drafts(company: Company, story: Story, today: date, actor: Actor) -> None:
    """Work left for the visitor: drafts to finish, the last of them waiting for approval."""
    made = [
        create_draft(
            EntryDraft(
                company_id=company.pk,
                entry_date=today - timedelta(days=position),
                memo=memo,
                lines=tuple(
                    LineDraft(account=AccountCode(code), amount=Decimal(amount), tax_code=tax_code)
                    for code, amount, tax_code in lines
                ),
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


def _about(amount: Decimal, name: str) -> Decimal:
    """Return an amount within a sixth of the given one, with odd cents, always the same for a name."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
    return (amount * (Decimal(number % 3001) / 9000 + Decimal(5) / 6)).quantize(Decimal("0.01"))


def _months_back(day: date, months: int) -> date:
    """Return the first of the month so many months before that of `day`."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _day(month: date, day: int) -> date:
    return month.replace(day=min(day, monthrange(month.year, month.month)[1]))


_US = Story(
    bank="1000",
    receivables="1100",
    payables="2000",
    prefix="INV-",
    customers=(
        Customer("Harbor Coffee Roasters", 3, 9_400, 28, "RESALE", "4000"),
        Customer("Maple Street Market", 6, 6_250, 21, "ST-NY", "4000"),
        Customer("Blue Ridge Hotels", 11, 12_800, 30, "RESALE", "4000"),
        Customer("Lakeside Bistro", 15, 4_150, 14, "ST-NY", "4000"),
        Customer("Hudson Office Park", 19, 5_600, 30, "ST-NY", "4010"),
        Customer("Granite Fitness", 24, 3_350, 20, "ST-NY", "4000"),
    ),
    costs=(
        Cost("Rent of warehouse and office", 1, "3200.00", "6320", "1000", varies=False),
        Cost("Goods from Summit Wholesale", 4, "15400", "1200", "2000"),
        Cost("Goods from Pacific Imports", 17, "10300", "1200", "2000"),
        Cost("Electricity and water", 9, "415", "6380", "2000"),
        Cost("Telephone and internet", 12, "189.00", "6350", "2000", varies=False),
        Cost("Software subscriptions", 14, "264.00", "6340", "1000", varies=False),
        Cost("Online advertising", 20, "740", "6200", "2000"),
        Cost("Office supplies", 22, "160", "6300", "1000"),
        Cost("Freight and postage", 26, "520", "6310", "2000"),
        Cost("Salaries and wages", 28, "8600.00", "6000", "1000", varies=False),
        Cost("Payroll taxes", 28, "657.90", "6010", "1000", varies=False),
        Cost("Bank fees", 28, "35.00", "6220", "1000", varies=False),
        Cost("Interest on the equipment loan", 28, "131.25", "7700", "1000", varies=False),
        Cost("Depreciation of equipment", 28, "500.00", "6100", "1590", varies=False),
        Cost("Business insurance", 5, "1180.00", "6260", "1000", varies=False, every=3),
        Cost("Sales tax paid to the state", 18, "1900", "2200", "1000", every=3),
        Cost("Trade fair trip", 16, "1350", "6370", "1000", every=4),
    ),
    stock=("1200", "5000", Decimal("0.52")),
    opening=(
        ("1000", "46820.15"), ("1100", "21400.00"), ("1200", "38500.00"), ("1530", "36000.00"), ("1590", "-9000.00"),
        ("2000", "-14805.40"), ("2200", "-2150.75"), ("2500", "-30000.00"), ("3000", "-50000.00"),
        ("3200", "-36764.00"),
    ),
    drafts=(
        ("Team lunch, receipt missing", (("6290", "148.60", ""), ("1000", "-148.60", ""))),
        ("New laptop, to be checked", (("1530", "1899.00", ""),)),
        ("Repair of the forklift", (("6330", "612.00", ""), ("2000", "-612.00", ""))),
    ),
)  # fmt: skip

_GERMAN = Story(
    bank="1200",
    receivables="1400",
    payables="1600",
    prefix="RE-",
    customers=(
        Customer("Hafenkontor Bremen", 2, 11_900, 30, "UST19", "8400"),
        Customer("Café Lindenhof", 7, 3_450, 14, "UST7", "8300"),
        Customer("Autohaus Elbtal", 10, 8_330, 21, "UST19", "8400"),
        Customer("Atelier Waldstraße", 14, 2_680, 14, "UST19", "8400"),
        Customer("Brasserie du Port, Strasbourg", 18, 5_200, 30, "UST0-IGL", "8125"),
        Customer("Stadtwerke Nordheim", 23, 9_150, 30, "UST19", "8400"),
    ),
    costs=(
        Cost("Miete Büro und Lager", 1, "2618.00", "4210", "1200", "VST19", varies=False),
        Cost("Wareneinkauf Großhandel Süd", 5, "16900", "3980", "1600", "VST19"),
        Cost("Wareneinkauf Jansen B.V., Rotterdam", 13, "5400", "3425", "1600", "VST-IGE19"),
        Cost("Strom und Wasser", 8, "486", "4240", "1600", "VST19"),
        Cost("Telefon und Internet", 11, "142.80", "4920", "1600", "VST19", varies=False),
        Cost("Software aus Irland", 12, "219.00", "3123", "1600", "VST-13B19", varies=False),
        Cost("Werbung", 19, "655", "4600", "1600", "VST19"),
        Cost("Bürobedarf", 21, "138", "4930", "1200", "VST19"),
        Cost("Fahrzeugkosten", 24, "402", "4530", "1200", "VST19"),
        Cost("Gehälter", 28, "9450.00", "4120", "1200", varies=False),
        Cost("Sozialversicherung, Arbeitgeberanteil", 27, "1962.40", "4130", "1200", varies=False),
        Cost("Kontoführung", 28, "24.90", "4970", "1200", varies=False),
        Cost("Darlehenszinsen", 28, "168.75", "2110", "1200", varies=False),
        Cost("Abschreibung Büroausstattung", 28, "410.00", "4830", "0410", varies=False),
        Cost("Betriebshaftpflicht", 4, "890.00", "4360", "1200", varies=False, every=6),
        Cost("Umsatzsteuer-Vorauszahlung", 10, "3150", "1780", "1200"),
        Cost("Steuerberatung", 16, "714.00", "4955", "1600", "VST19", varies=False, every=3),
    ),
    stock=("3980", "3950", Decimal("0.31")),
    opening=(
        ("1200", "52340.80"), ("1000", "640.00"), ("1400", "18920.00"), ("3980", "27400.00"), ("0410", "24600.00"),
        ("1600", "-12480.55"), ("0650", "-45000.00"), ("0800", "-25000.00"), ("0860", "-41420.25"),
    ),
    drafts=(
        ("Bewirtung, Beleg fehlt noch", (("4650", "124.95", "VST19"), ("1000", "-124.95", ""))),
        ("Neuer Schreibtisch, Konto prüfen", (("0420", "773.50", "VST19"),)),
        ("Reparatur Lieferwagen", (("4530", "595.00", "VST19"), ("1600", "-595.00", ""))),
    ),
)  # fmt: skip

_STORIES: dict[str, Story] = {Company.Chart.US: _US, Company.Chart.SKR03: _GERMAN}
