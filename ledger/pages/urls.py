"""The ledger's pages."""

from backfill.workspace.lists.page import ListPage
from backfill.workspace.pages import page
from ledger.pages.audit import AuditExport, AuditPage
from ledger.pages.beside_steps import (
    AddFile,
    DeleteComment,
    DetachFile,
    MembersToName,
    OpenMention,
    ReadMentions,
    RecordFile,
    WriteComment,
)
from ledger.pages.chart import AccountSearch, AccountUse, ChangeAccountPage, ChartPage, NewAccountPage
from ledger.pages.editor import DraftPage, NewEntryPage
from ledger.pages.entry import ApproveEntry, DeleteEntry, EntryPage, RejectEntry, ReversalPage
from ledger.pages.files import FileContent, FilePage
from ledger.pages.health import HealthPage, ProveBooks
from ledger.pages.imports import ImportsPage
from ledger.pages.journal import JOURNAL
from ledger.pages.periods import (
    ApproveLock,
    CancelLock,
    LockUpTo,
    PeriodPage,
    PeriodsPage,
    Reopen,
    RequestLock,
    SoftLock,
)
from ledger.pages.rates import RateLookup, RatesPage
from ledger.pages.sheet import AccountPage
from ledger.pages.tax_codes import ChangeTaxCodePage, NewTaxCodePage, TaxCodesPage, TaxCodeUse, UsualTaxPage

_BESIDE = "beside/<str:kind>/<uuid:record_id>/"

urlpatterns = [
    page("accounts/", ChartPage, "accounts"),
    page("accounts/search/", AccountSearch, "account_search"),
    page("accounts/new/", NewAccountPage, "new_account"),
    page("accounts/<uuid:account_id>/", AccountPage, "account"),
    page("accounts/<uuid:account_id>/change/", ChangeAccountPage, "change_account"),
    page("accounts/<uuid:account_id>/deactivate/", AccountUse, "deactivate_account"),
    page("accounts/<uuid:account_id>/activate/", AccountUse, "activate_account", activates=True),
    page("journal/", ListPage, "journal", template_name="ledger/journal.html", listing=JOURNAL),
    page("journal/new/", NewEntryPage, "new_entry"),
    page("journal/<uuid:entry_id>/", EntryPage, "journal_entry"),
    page("journal/<uuid:entry_id>/edit/", DraftPage, "edit_entry"),
    page("journal/<uuid:entry_id>/delete/", DeleteEntry, "delete_entry"),
    page("journal/<uuid:entry_id>/approve/", ApproveEntry, "approve_entry"),
    page("journal/<uuid:entry_id>/reject/", RejectEntry, "reject_entry"),
    page("journal/<uuid:entry_id>/reverse/", ReversalPage, "reverse_entry"),
    page("files/<uuid:file_id>/", FilePage, "file"),
    page("files/<uuid:file_id>/content/", FileContent, "file_content"),
    page("imports/", ImportsPage, "imports"),
    page("periods/", PeriodsPage, "periods"),
    page("periods/lock/", LockUpTo, "lock_up_to"),
    page("periods/<str:name>/", PeriodPage, "period"),
    page("periods/<str:name>/soft-lock/", SoftLock, "soft_lock"),
    page("periods/<str:name>/reopen/", Reopen, "reopen"),
    page("periods/<str:name>/request-lock/", RequestLock, "request_lock"),
    page("periods/<str:name>/approve-lock/", ApproveLock, "approve_lock"),
    page("periods/<str:name>/cancel-lock/", CancelLock, "cancel_lock"),
    page("tax-codes/", TaxCodesPage, "tax_codes"),
    page("tax-codes/usual/", UsualTaxPage, "usual_tax"),
    page("tax-codes/new/", NewTaxCodePage, "new_tax_code"),
    page("tax-codes/<uuid:tax_code_id>/", ChangeTaxCodePage, "change_tax_code"),
    page("tax-codes/<uuid:tax_code_id>/deactivate/", TaxCodeUse, "deactivate_tax_code"),
    page("tax-codes/<uuid:tax_code_id>/activate/", TaxCodeUse, "activate_tax_code", activates=True),
    page("health/", HealthPage, "health"),
    page("health/prove/", ProveBooks, "prove_books"),
    page("exchange-rates/", RatesPage, "exchange_rates"),
    page("exchange-rates/lookup/", RateLookup, "rate_lookup"),
    page(f"{_BESIDE}comment/", WriteComment, "write_comment"),
    page(f"{_BESIDE}members/", MembersToName, "members_to_name"),
    page(f"{_BESIDE}files/", AddFile, "add_file"),
    page(f"{_BESIDE}files/<uuid:file_id>/", RecordFile, "record_file"),
    page("beside/comments/<uuid:comment_id>/delete/", DeleteComment, "delete_comment"),
    page("beside/files/<uuid:attachment_id>/detach/", DetachFile, "detach_file"),
    page("for-you/<uuid:mention_id>/", OpenMention, "open_mention"),
    page("for-you/read/", ReadMentions, "read_mentions"),
    page("audit-log/", AuditPage, "audit_log"),
    page("audit-log/export/", AuditExport, "export_audit_log"),
]
