"""Every page of the admin, with the ids it needs: what tests of roles and of companies go through."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from backfill.tenancy.services import invite_member
from ledger.entries.entries import create_draft
from ledger.journal.drafts import AccountCode, EntryDraft, LineDraft
from ledger.models import JournalEntry
from tests.factories import make_api_key, make_item, make_member
from tests.receivables.pages import routes as sales
from tests.receivables.test_attachments import make_file
from tests.workspace.conftest import account

# Pages without an id, and who may look at them: everybody, or the roles that have the permission.
EVERYBODY = frozenset({"owner", "admin", "bookkeeper", "approver", "viewer", "auditor"})
ADMINS = frozenset({"owner", "admin"})
WORKERS = ADMINS | {"bookkeeper"}

PAGES = {
    "index": EVERYBODY,
    "accounts": EVERYBODY,
    "account_search": EVERYBODY,
    "day_lookup": EVERYBODY,
    "journal": EVERYBODY,
    "periods": EVERYBODY,
    "tax_codes": EVERYBODY,
    "exchange_rates": EVERYBODY,
    "items": EVERYBODY,
    "health": EVERYBODY,
    "trial_balance": EVERYBODY,
    "balance_sheet": EVERYBODY,
    "income_statement": EVERYBODY,
    "datev_export": EVERYBODY,
    "company": EVERYBODY,
    "members": EVERYBODY,
    "security": EVERYBODY,
    "password": EVERYBODY,
    "language": EVERYBODY,
    "notifications": EVERYBODY,
    "audit_log": ADMINS | {"auditor"},
    "export_audit_log": ADMINS | {"auditor"},
    "search": EVERYBODY,
    "new_account": WORKERS,
    "new_entry": WORKERS,
    "imports": WORKERS,
    "new_tax_code": ADMINS,
    "usual_tax": ADMINS,
    "invite_member": ADMINS,
    "api_keys": ADMINS,
    "new_api_key": ADMINS,
    "new_item": WORKERS,
    **dict.fromkeys(sales.LISTS, EVERYBODY),
    **dict.fromkeys(sales.FORMS, WORKERS),
}

# Pages about one record, looked at with GET. Those of sales are gone through in tests/receivables/pages/test_pages.py.
RECORD_PAGES = {
    "account": ("account", EVERYBODY),
    "change_account": ("account", WORKERS),
    "journal_entry": ("entry", EVERYBODY),
    "edit_entry": ("draft", WORKERS),
    "reverse_entry": ("entry", WORKERS),
    "period": ("period", EVERYBODY),
    "request_lock": ("period", WORKERS | {"approver"}),
    "change_tax_code": ("tax_code", ADMINS),
    "change_member": ("member", ADMINS),
    "item": ("item", EVERYBODY),
    "change_item": ("item", WORKERS),
    "count_item": ("item", WORKERS),
    "file": ("file", EVERYBODY),
}

# Buttons: POST to the record's address.
ACTIONS = {
    "deactivate_account": ("account", WORKERS),
    "activate_account": ("account", WORKERS),
    "delete_entry": ("draft", WORKERS),
    "deactivate_item": ("item", WORKERS),
    "activate_item": ("item", WORKERS),
    "delete_item": ("item", WORKERS),
    "approve_entry": ("draft", WORKERS | {"approver"}),
    "reject_entry": ("draft", WORKERS | {"approver"}),
    "deactivate_tax_code": ("tax_code", ADMINS),
    "activate_tax_code": ("tax_code", ADMINS),
    "end_membership": ("member", ADMINS),
    "reset_two_factor": ("member", ADMINS),
    "revoke_invitation": ("invitation", ADMINS),
    "revoke_api_key": ("key", ADMINS),
    "take_over_api_key": ("key", ADMINS),
    "soft_lock": ("period", WORKERS),
    "reopen": ("period", ADMINS),
    "approve_lock": ("period", WORKERS | {"approver"}),
    "cancel_lock": ("period", WORKERS | {"approver"}),
    "prove_books": ("", WORKERS),
}


def records(company: Company) -> dict[str, UUID | str]:
    """The id of one record of each kind in the company."""
    code = "1000" if company.chart == "us" else "1200"
    draft = create_draft(
        EntryDraft(
            company_id=company.pk,
            entry_date=date(2026, 7, 1),
            memo="Unfinished",
            lines=(LineDraft(account=AccountCode(code), amount=Decimal("12.50")),),
        ),
        actor=system_actor(),
    )
    email = f"{uuid4().hex}@example.com"
    return {
        "account": account(company, code).pk,
        "entry": JournalEntry.objects.filter(company=company, status="posted").earliest("entry_date").pk,
        "draft": draft.pk,
        "tax_code": company.tax_codes.earliest("code").pk,
        "member": make_member(company, role="viewer").pk,
        "invitation": invite_member(company=company, email=email, role="viewer", actor=system_actor()).pk,
        "key": make_api_key(company).api_key.pk,
        "period": "2026-01",
        "file": make_file(company).pk,
        "item": make_item(company, name="Secret rope", quantity_on_hand=Decimal(3), purchase_cost=Decimal(2)).pk,
    }
