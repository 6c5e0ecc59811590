"""What states, deeds and kinds are called that programs know by a code: `pending_approval` is «Pending approval».

A code that is not among them is shown as it is spelled, with blanks: a category that somebody typed, say.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext, gettext_noop, pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_WORDS: Final = frozenset(
    {
        # states
        gettext_noop("Accepted"),
        gettext_noop("Active"),
        gettext_noop("Applied"),
        gettext_noop("Approved"),
        gettext_noop("Cancelled"),
        gettext_noop("Completed"),
        gettext_noop("Converted"),
        gettext_noop("Declined"),
        gettext_noop("Draft"),
        gettext_noop("Ended"),
        gettext_noop("Expired"),
        gettext_noop("Failed"),
        gettext_noop("Inactive"),
        gettext_noop("Invoiced"),
        gettext_noop("Locked"),
        gettext_noop("Open"),
        gettext_noop("Overdue"),
        gettext_noop("Paid"),
        gettext_noop("Partially applied"),
        gettext_noop("Partially invoiced"),
        gettext_noop("Partially paid"),
        gettext_noop("Paused"),
        gettext_noop("Pending"),
        gettext_noop("Pending approval"),
        gettext_noop("Pending reversal"),
        gettext_noop("Posted"),
        gettext_noop("Queued"),
        gettext_noop("Rejected"),
        gettext_noop("Reversed"),
        gettext_noop("Revoked"),
        gettext_noop("Sent"),
        gettext_noop("Soft locked"),
        gettext_noop("Stopped"),
        gettext_noop("Superseded"),
        gettext_noop("Void"),
        # kinds of entries, movements of stock, parts of a tax
        gettext_noop("Adjustment"),
        gettext_noop("Advance tax"),
        gettext_noop("Base"),
        gettext_noop("Booking"),
        gettext_noop("Closing"),
        gettext_noop("Count"),
        gettext_noop("Credit memo"),
        gettext_noop("Customer payment"),
        gettext_noop("Exchange difference"),
        gettext_noop("Import"),
        gettext_noop("Invoice"),
        gettext_noop("Manual"),
        gettext_noop("Opening"),
        gettext_noop("Payment"),
        gettext_noop("Purchase"),
        gettext_noop("Refund receipt"),
        gettext_noop("Return"),
        gettext_noop("Reversal"),
        gettext_noop("Sale"),
        gettext_noop("Sales receipt"),
        gettext_noop("Self assessed"),
        gettext_noop("Tax"),
    }
)
_DEEDS: Final[Mapping[str, "StrOrPromise"]] = {
    "accepted": pgettext_lazy("trail", "Accepted"),
    "activated": pgettext_lazy("trail", "Activated"),
    "amended": pgettext_lazy("trail", "Amended"),
    "applied": pgettext_lazy("trail", "Applied"),
    "approved": pgettext_lazy("trail", "Approved"),
    "charged": pgettext_lazy("trail", "Charged"),
    "comment_deleted": pgettext_lazy("trail", "Comment deleted"),
    "commented": pgettext_lazy("trail", "Commented"),
    "configured": pgettext_lazy("trail", "Configured"),
    "confirmed": pgettext_lazy("trail", "Confirmed"),
    "converted": pgettext_lazy("trail", "Converted"),
    "created": pgettext_lazy("trail", "Created"),
    "deactivated": pgettext_lazy("trail", "Deactivated"),
    "declined": pgettext_lazy("trail", "Declined"),
    "deleted": pgettext_lazy("trail", "Deleted"),
    "dismissed": pgettext_lazy("trail", "Dismissed"),
    "drafted": pgettext_lazy("trail", "Drafted"),
    "edited": pgettext_lazy("trail", "Edited"),
    "ended": pgettext_lazy("trail", "Ended"),
    "file_attached": pgettext_lazy("trail", "File kept"),
    "file_detached": pgettext_lazy("trail", "File detached"),
    "fulfilled": pgettext_lazy("trail", "Fulfilled"),
    "linked": pgettext_lazy("trail", "Linked"),
    "lock_cancelled": pgettext_lazy("trail", "Lock cancelled"),
    "lock_requested": pgettext_lazy("trail", "Lock requested"),
    "locked": pgettext_lazy("trail", "Locked"),
    "mail_failed": pgettext_lazy("trail", "Mail not sent"),
    "mail_requested": pgettext_lazy("trail", "Mail asked for"),
    "mailed": pgettext_lazy("trail", "Mailed"),
    "paused": pgettext_lazy("trail", "Paused"),
    "posted": pgettext_lazy("trail", "Posted"),
    "queued": pgettext_lazy("trail", "Queued"),
    "recorded": pgettext_lazy("trail", "Recorded"),
    "reduced": pgettext_lazy("trail", "Reduced"),
    "rejected": pgettext_lazy("trail", "Rejected"),
    "reminder_charged": pgettext_lazy("trail", "Reminder charged"),
    "reminder_dismissed": pgettext_lazy("trail", "Reminder dismissed"),
    "reminder_queued": pgettext_lazy("trail", "Reminder queued"),
    "reminder_sent": pgettext_lazy("trail", "Reminder sent"),
    "reopened": pgettext_lazy("trail", "Reopened"),
    "resumed": pgettext_lazy("trail", "Resumed"),
    "reversed": pgettext_lazy("trail", "Reversed"),
    "sent": pgettext_lazy("trail", "Sent"),
    "settled": pgettext_lazy("trail", "Settled"),
    "soft_locked": pgettext_lazy("trail", "Soft-locked"),
    "submitted": pgettext_lazy("trail", "Submitted"),
    "unapplied": pgettext_lazy("trail", "Unapplied"),
    "unlinked": pgettext_lazy("trail", "Unlinked"),
    "unsettled": pgettext_lazy("trail", "Taken back"),
    "updated": pgettext_lazy("trail", "Updated"),
    "voided": pgettext_lazy("trail", "Voided"),
}
_SURFACES: Final[Mapping[str, "StrOrPromise"]] = {
    "admin": pgettext_lazy("surface", "Web page"),
    "api": pgettext_lazy("surface", "API"),
    "command": pgettext_lazy("surface", "Command line"),
    "invitation": pgettext_lazy("surface", "Invitation"),
    "mail": pgettext_lazy("surface", "E-mail"),
    "task": pgettext_lazy("surface", "Background task"),
}
_SOURCES: Final[Mapping[str, "StrOrPromise"]] = {
    "ECB": pgettext_lazy("source of a rate", "ECB"),
    "bank": pgettext_lazy("source of a rate", "bank"),
    "manual": pgettext_lazy("source of a rate", "manual"),
}


def words_of(code: str) -> str:
    """Return the words for a code, in the language of the page."""
    words = code.replace("_", " ")
    words = words[:1].upper() + words[1:]
    return gettext(words) if words in _WORDS else words


def deeds() -> Mapping[str, "StrOrPromise"]:
    """Return every deed by the verb that a trail keeps."""
    return _DEEDS


def surfaces() -> Mapping[str, "StrOrPromise"]:
    """Return every place where a change comes in, by its code."""
    return _SURFACES


def deed_of(verb: str) -> str:
    """Return what was done, from the verb that a trail keeps."""
    return str(_DEEDS.get(verb) or words_of(verb))


def surface_of(code: str) -> str:
    """Return where a change came in, as people call it."""
    return str(_SURFACES.get(code, code))


def source_of(code: str) -> str:
    """Return where an exchange rate comes from; what somebody stated themselves is said as it is."""
    return str(_SOURCES.get(code, code))
