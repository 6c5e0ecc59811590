"""The ledger in the admin: every page, its place in the sidebar, and what it adds to dashboard and search."""

from backfill.workspace.dashboard import Panel, QuickAction, add_panel, add_quick_action
from backfill.workspace.navigation import Item, add_item
from backfill.workspace.pages import add_page
from backfill.workspace.search import add_finder
from ledger.admin.chart import AccountSearch, AccountUse, ChangeAccountPage, ChartPage, NewAccountPage
from ledger.admin.editor import DraftPage, NewEntryPage
from ledger.admin.entry import ApproveEntry, DeleteEntry, EntryPage, RejectEntry, ReversalPage
from ledger.admin.health import HealthPage, ProveBooks
from ledger.admin.imports import ImportsPage
from ledger.admin.items import ChangeItemPage, DeleteItem, ItemPage, ItemsPage, ItemUse, NewItemPage
from ledger.admin.journal import JournalPage
from ledger.admin.panels import find_accounts, find_entries, find_items, latest_entries, open_work
from ledger.admin.periods import ApproveLock, CancelLock, PeriodsPage, Reopen, RequestLock, SoftLock
from ledger.admin.rates import RateLookup, RatesPage
from ledger.admin.sheet import AccountPage
from ledger.admin.stock_count import CountPage
from ledger.admin.tax_codes import ChangeTaxCodePage, NewTaxCodePage, TaxCodesPage, TaxCodeUse, UsualTaxPage

add_page("accounts/", ChartPage, "accounts")
add_page("accounts/search/", AccountSearch, "account_search")
add_page("accounts/new/", NewAccountPage, "new_account")
add_page("accounts/<uuid:account_id>/", AccountPage, "account")
add_page("accounts/<uuid:account_id>/change/", ChangeAccountPage, "change_account")
add_page("accounts/<uuid:account_id>/deactivate/", AccountUse, "deactivate_account")
add_page("accounts/<uuid:account_id>/activate/", AccountUse, "activate_account", activates=True)

add_page("journal/", JournalPage, "journal")
add_page("journal/new/", NewEntryPage, "new_entry")
add_page("journal/<uuid:entry_id>/", EntryPage, "journal_entry")
add_page("journal/<uuid:entry_id>/edit/", DraftPage, "edit_entry")
add_page("journal/<uuid:entry_id>/delete/", DeleteEntry, "delete_entry")
add_page("journal/<uuid:entry_id>/approve/", ApproveEntry, "approve_entry")
add_page("journal/<uuid:entry_id>/reject/", RejectEntry, "reject_entry")
add_page("journal/<uuid:entry_id>/reverse/", ReversalPage, "reverse_entry")

add_page("imports/", ImportsPage, "imports")

add_page("periods/", PeriodsPage, "periods")
add_page("periods/<str:name>/soft-lock/", SoftLock, "soft_lock")
add_page("periods/<str:name>/reopen/", Reopen, "reopen")
add_page("periods/<str:name>/request-lock/", RequestLock, "request_lock")
add_page("periods/<str:name>/approve-lock/", ApproveLock, "approve_lock")
add_page("periods/<str:name>/cancel-lock/", CancelLock, "cancel_lock")

add_page("tax-codes/", TaxCodesPage, "tax_codes")
add_page("tax-codes/usual/", UsualTaxPage, "usual_tax")
add_page("tax-codes/new/", NewTaxCodePage, "new_tax_code")
add_page("tax-codes/<uuid:tax_code_id>/", ChangeTaxCodePage, "change_tax_code")
add_page("tax-codes/<uuid:tax_code_id>/deactivate/", TaxCodeUse, "deactivate_tax_code")
add_page("tax-codes/<uuid:tax_code_id>/activate/", TaxCodeUse, "activate_tax_code", activates=True)

add_page("items/", ItemsPage, "items")
add_page("items/new/", NewItemPage, "new_item")
add_page("items/<uuid:item_id>/", ItemPage, "item")
add_page("items/<uuid:item_id>/change/", ChangeItemPage, "change_item")
add_page("items/<uuid:item_id>/count/", CountPage, "count_item")
add_page("items/<uuid:item_id>/deactivate/", ItemUse, "deactivate_item")
add_page("items/<uuid:item_id>/activate/", ItemUse, "activate_item", activates=True)
add_page("items/<uuid:item_id>/delete/", DeleteItem, "delete_item")

add_page("health/", HealthPage, "health")
add_page("health/prove/", ProveBooks, "prove_books")

add_page("exchange-rates/", RatesPage, "exchange_rates")
add_page("exchange-rates/lookup/", RateLookup, "rate_lookup")

add_item(Item("Work", 10, "Journal", "receipt_long", "journal", "ledger.view"))
add_item(Item("Work", 20, "Chart of accounts", "account_tree", "accounts", "ledger.view"))
add_item(Item("Work", 30, "Periods", "event_available", "periods", "periods.view"))
add_item(Item("Work", 40, "Import", "upload_file", "imports", "ledger.post"))
add_item(Item("Sales", 90, "Items", "inventory_2", "items", "ledger.view"))
add_item(Item("Settings", 40, "Tax codes", "percent", "tax_codes", "ledger.view"))
add_item(Item("Settings", 60, "Health of the books", "verified", "health", "ledger.view"))
add_item(Item("Settings", 50, "Exchange rates", "currency_exchange", "exchange_rates", "ledger.view"))

add_panel(Panel(30, "ledger/panel_latest.html", "ledger.view", latest_entries, width="wide"))
add_panel(Panel(31, "ledger/panel_work.html", "ledger.view", open_work, width="narrow"))
add_quick_action(QuickAction(10, "New entry", "add", "new_entry", "ledger.draft", key="n"))
add_quick_action(QuickAction(90, "Import", "upload_file", "imports", "ledger.post"))
add_finder(find_accounts)
add_finder(find_entries)
add_finder(find_items)
