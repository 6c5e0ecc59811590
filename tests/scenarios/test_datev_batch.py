"""A DATEV posting batch of a German company, from the file to the trial balance."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from ledger.accounts.balances import balances_as_of
from ledger.models import JournalEntry, JournalLine
from tests.factories import make_company

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parents[1] / "data/datev/EXTF_Buchungsstapel.csv"


def test_the_sample_batch_gives_the_trial_balance_worked_out_by_hand() -> None:
    company = make_company(chart="skr03", currency="EUR")

    call_command("import_datev", str(SAMPLE), company=company.name, verbosity=0)

    # Line 3: 24,95 H on bank 1200, against books 4940 with BU key 8 (7 % input tax, 1571). The bank is credited,
    # the tax is taken out of 4940: 24.95 × 7 / 107 = 1.6322… → 1.63, net 23.32.
    #     Dr 4940 23.32, Dr 1571 1.63, Cr 1200 24.95
    # Line 4: 5950,00 S on customer 10000, against the automatic account 8400 (19 % output tax, 1776). The customer
    # is behind the control account 1400; 5950 × 19 / 119 = 950.00 exactly.
    #     Dr 1400 5,950.00, Cr 8400 5,000.00, Cr 1776 950.00
    accounts = {account.id: account.code for account in company.accounts.all()}
    balances = balances_as_of(company_id=company.id, on=date(2018, 2, 28))
    assert {accounts[account_id]: balance.net for account_id, balance in balances.items() if balance.net} == {
        "1200": Decimal("-24.95"),
        "1400": Decimal("5950.00"),
        "1571": Decimal("1.63"),
        "1776": Decimal("-950.00"),
        "4940": Decimal("23.32"),
        "8400": Decimal("-5000.00"),
    }
    assert sum(balance.debit for balance in balances.values()) == Decimal("5974.95")
    assert sum(balance.credit for balance in balances.values()) == Decimal("5974.95")

    book, invoice = JournalEntry.objects.filter(company=company).order_by("sequence")
    assert (book.entry_date, book.memo) == (date(2018, 2, 21), "Fachbuch: Controlling für Dummies")
    assert (invoice.entry_date, invoice.document_number) == (date(2018, 2, 22), "RE201802-135")
    assert JournalLine.objects.get(entry=invoice, amount__gt=0).personal_account == "10000"
