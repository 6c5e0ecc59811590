"""What the ledger serves in the Bookkeeping contract, without the leading `v1/`."""

from django.urls import path

from ledger.bookkeeping_api.views.accounts import AccountEntriesView, AccountSearchView, AccountsView
from ledger.bookkeeping_api.views.bookings import BookingsView, OpeningBalancesView
from ledger.bookkeeping_api.views.journal import IntentView, JournalView, ReverseView
from ledger.bookkeeping_api.views.periods import (
    ApproveLockView,
    CancelLockView,
    LockStatusView,
    LockView,
    PeriodsView,
    ReopenView,
    SoftLockView,
)
from ledger.bookkeeping_api.views.tax_codes import TaxCodesView, TaxCodeView

urlpatterns = [
    path("accounts", AccountsView.as_view(), name="books_accounts"),
    path("accounts/search", AccountSearchView.as_view(), name="account_search"),
    path("accounts/<str:number>/entries", AccountEntriesView.as_view(), name="account_entries"),
    path("bookings", BookingsView.as_view(), name="bookings"),
    path("bookings/opening-balances", OpeningBalancesView.as_view(), name="opening_balances"),
    path("journal", JournalView.as_view(), name="journal"),
    path("journal/reverse", ReverseView.as_view(), name="journal_reverse"),
    path("journal/<str:intent_id>", IntentView.as_view(), name="journal_intent"),
    path("tax-codes", TaxCodesView.as_view(), name="tax_codes"),
    path("tax-codes/<str:code>", TaxCodeView.as_view(), name="tax_code"),
    path("periods", PeriodsView.as_view(), name="periods"),
    path("periods/<str:period>/lock", LockView.as_view(), name="period_lock"),
    path("periods/<str:period>/lock/status", LockStatusView.as_view(), name="period_lock_status"),
    path("periods/<str:period>/lock/<str:request_id>/approve", ApproveLockView.as_view(), name="period_lock_approve"),
    path("periods/<str:period>/lock/<str:request_id>/cancel", CancelLockView.as_view(), name="period_lock_cancel"),
    path("periods/<str:period>/reopen", ReopenView.as_view(), name="period_reopen"),
    path("periods/<str:period>/soft-lock", SoftLockView.as_view(), name="period_soft_lock"),
]
