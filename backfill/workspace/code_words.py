"""What states, deeds and kinds are called that programs know by a code: `pending_approval` is «Pending approval».

A code that is not among them is shown as it is spelled, with blanks: a category that somebody typed, say.
"""

from typing import Final

from django.utils.translation import gettext, gettext_noop

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
        # deeds
        gettext_noop("Activated"),
        gettext_noop("Allocated"),
        gettext_noop("Amended"),
        gettext_noop("Changed"),
        gettext_noop("Configured"),
        gettext_noop("Confirmed"),
        gettext_noop("Copied"),
        gettext_noop("Counted"),
        gettext_noop("Created"),
        gettext_noop("Deactivated"),
        gettext_noop("Deleted"),
        gettext_noop("Delivered"),
        gettext_noop("Drafted"),
        gettext_noop("Edited"),
        gettext_noop("File attached"),
        gettext_noop("Imported"),
        gettext_noop("Linked"),
        gettext_noop("Lock approved"),
        gettext_noop("Lock cancelled"),
        gettext_noop("Lock requested"),
        gettext_noop("Mail failed"),
        gettext_noop("Mail requested"),
        gettext_noop("Reopened"),
        gettext_noop("Resumed"),
        gettext_noop("Submitted"),
        gettext_noop("Unallocated"),
        gettext_noop("Unapplied"),
        gettext_noop("Unlinked"),
        gettext_noop("Updated"),
        gettext_noop("Voided"),
        gettext_noop("Withdrawn"),
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


def words_of(code: str) -> str:
    """Return the words for a code, in the language of the page."""
    words = code.replace("_", " ")
    words = words[:1].upper() + words[1:]
    return gettext(words) if words in _WORDS else words
