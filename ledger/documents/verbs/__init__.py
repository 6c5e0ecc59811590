"""What can be done with a document of any type: one verb a module, named as people say it.

    create(SALES_RECEIPT, values, company=…, actor=…)          a draft; posted where its `status` says so
    preview(…)  update(…)  delete(…)                           drafts
    submit(…)   approve(…)  reject(…)                          approval (the rules are ledger/entries/approval.py)
    confirm(…)  confirm_many(…)                                post, once
    void(…)     follow_reversal(…)                             reverse

Every verb runs in one transaction, locks the party, then the document, then decides, and repeats without effect.
"""

from ledger.documents.verbs.approve import approve, reject, submit
from ledger.documents.verbs.confirm import confirm, confirm_many
from ledger.documents.verbs.create import Preview, create, preview
from ledger.documents.verbs.delete import delete
from ledger.documents.verbs.update import update
from ledger.documents.verbs.void import Voided, follow_reversal, void

__all__ = [
    "Preview",
    "Voided",
    "approve",
    "confirm",
    "confirm_many",
    "create",
    "delete",
    "follow_reversal",
    "preview",
    "reject",
    "submit",
    "update",
    "void",
]
