"""Words for codes within sentences, in the language of whoever reads them: kinds of documents, and their states.

Programs tell things apart by code: `refund_receipt`, `pending_approval`. A code without a word here is said as it is,
with blanks.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import get_language, pgettext, pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_NOUNS: Final[Mapping[str, "StrOrPromise"]] = {
    "customer": pgettext_lazy("noun in a sentence", "customer"),
    "vendor": pgettext_lazy("noun in a sentence", "vendor"),
    "party": pgettext_lazy("noun in a sentence", "party"),
    "invoice": pgettext_lazy("noun in a sentence", "invoice"),
    "credit_memo": pgettext_lazy("noun in a sentence", "credit memo"),
    "payment": pgettext_lazy("noun in a sentence", "payment"),
    "sales_receipt": pgettext_lazy("noun in a sentence", "sales receipt"),
    "refund_receipt": pgettext_lazy("noun in a sentence", "refund receipt"),
    "quote": pgettext_lazy("noun in a sentence", "quote"),
    "sales_order": pgettext_lazy("noun in a sentence", "sales order"),
    "bill": pgettext_lazy("noun in a sentence", "bill"),
    "vendor_credit": pgettext_lazy("noun in a sentence", "vendor credit"),
    "vendor_payment": pgettext_lazy("noun in a sentence", "vendor payment"),
    "entry": pgettext_lazy("noun in a sentence", "entry"),
    "journal_entry": pgettext_lazy("noun in a sentence", "journal entry"),
    "recurring_invoice": pgettext_lazy("noun in a sentence", "recurring invoice"),
    "dunning_proposal": pgettext_lazy("noun in a sentence", "dunning proposal"),
}
_STATES: Final[Mapping[str, "StrOrPromise"]] = {
    "draft": pgettext_lazy("state in a sentence", "draft"),
    "pending_approval": pgettext_lazy("state in a sentence", "pending approval"),
    "submitted": pgettext_lazy("state in a sentence", "submitted"),
    "approved": pgettext_lazy("state in a sentence", "approved"),
    "rejected": pgettext_lazy("state in a sentence", "rejected"),
    "posted": pgettext_lazy("state in a sentence", "posted"),
    "pending_reversal": pgettext_lazy("state in a sentence", "pending reversal"),
    "reversed": pgettext_lazy("state in a sentence", "reversed"),
    "superseded": pgettext_lazy("state in a sentence", "superseded"),
    "void": pgettext_lazy("state in a sentence", "void"),
    "open": pgettext_lazy("state in a sentence", "open"),
    "soft_locked": pgettext_lazy("state in a sentence", "soft-locked"),
    "locked": pgettext_lazy("state in a sentence", "locked"),
    "pending": pgettext_lazy("state in a sentence", "pending"),
    "cancelled": pgettext_lazy("state in a sentence", "cancelled"),
    "expired": pgettext_lazy("state in a sentence", "expired"),
    "completed": pgettext_lazy("state in a sentence", "completed"),
    "paid": pgettext_lazy("state in a sentence", "paid"),
    "partially_paid": pgettext_lazy("state in a sentence", "partially paid"),
    "overdue": pgettext_lazy("state in a sentence", "overdue"),
    "applied": pgettext_lazy("state in a sentence", "applied"),
    "partially_applied": pgettext_lazy("state in a sentence", "partially applied"),
    "sent": pgettext_lazy("state in a sentence", "sent"),
    "accepted": pgettext_lazy("state in a sentence", "accepted"),
    "declined": pgettext_lazy("state in a sentence", "declined"),
    "converted": pgettext_lazy("state in a sentence", "converted"),
    "partially_invoiced": pgettext_lazy("state in a sentence", "partially invoiced"),
    "invoiced": pgettext_lazy("state in a sentence", "invoiced"),
    "proposed": pgettext_lazy("state in a sentence", "proposed"),
    "queued": pgettext_lazy("state in a sentence", "queued"),
    "dismissed": pgettext_lazy("state in a sentence", "dismissed"),
    "active": pgettext_lazy("state in a sentence", "active"),
    "inactive": pgettext_lazy("state in a sentence", "inactive"),
    "stopped": pgettext_lazy("state in a sentence", "stopped"),
    "revoked": pgettext_lazy("state in a sentence", "revoked"),
    "failed": pgettext_lazy("state in a sentence", "failed"),
}


def noun_of(kind: str) -> str:
    """Return the noun for a kind of document or party as it stands within a sentence."""
    return str(_NOUNS.get(kind.replace(" ", "_")) or kind.replace("_", " "))


def a_noun_of(kind: str) -> str:
    """Return the noun with its article: «an invoice»."""
    noun = noun_of(kind)
    return pgettext("one document of a sort", "{article} {noun}").format(article=_article(kind), noun=noun)


def such_a(kind: str, state: str) -> str:
    """Return a document in a state, any one: «a void invoice»."""
    return pgettext("one document of a sort, in a state", "{article} {state} {noun}").format(
        article=_article(state), state=state_of(state), noun=noun_of(kind)
    )


def state_of(code: str) -> str:
    """Return the word for a state as it stands within a sentence."""
    return str(_STATES.get(code.replace(" ", "_")) or code.replace("_", " "))


def in_sentence(title: "StrOrPromise") -> str:
    """Return a title as it stands within a sentence: English has it in small letters, German writes nouns as they
    are."""
    return str(title).lower() if get_language() in {None, "en"} else str(title)


def _article(code: str) -> str:
    """German says «ein Beleg der Art Rechnung»: so it needs no gender of the noun that follows."""
    return pgettext("article", "an") if code[:1] in "aeiou" else pgettext("article", "a")
