"""What reminders say when the company has no words of its own, and how facts get into either."""

import re
from collections.abc import Mapping
from typing import Final

from backfill.letters.languages import Language
from receivables.models import DunningLevel

FACTS: Final = (
    "number",
    "date",
    "due_date",
    "days",
    "open",
    "fee",
    "interest",
    "total",
    "company",
    "customer",
    "count",
)
"""What a text may name in braces: «invoice {number} of {date}». In a letter about several invoices the number is all
of theirs, days and dates are those of the one that is due the longest, amounts are sums, and `count` says how many."""

_NAME: Final = re.compile(r"\{(\w+)\}")
_SUBJECTS: Final = {
    "en": (
        "Payment reminder: invoice {number}",
        "Second reminder: invoice {number}",
        "Final reminder: invoice {number}",
    ),
    "de": (
        "Zahlungserinnerung: Rechnung {number}",
        "Mahnung: Rechnung {number}",
        "Letzte Mahnung: Rechnung {number}",
    ),
}
_OVERLOOKED_EN: Final = (
    "you may have overlooked our invoice {number} of {date}: {open} have been due since {due_date}. "
    "Please pay in the next days. If you have paid already, please ignore this letter."
)
_OPEN_EN: Final = (
    "our invoice {number} of {date} is still open: {open} have been due since {due_date}, for {days} days. "
    "Please pay {total} within seven days."
)
_LAST_EN: Final = (
    "in spite of our reminders, {open} of our invoice {number} of {date} have been open for {days} days. "
    "Please pay {total} within seven days; else we shall have to take further steps without another notice."
)
_OVERLOOKED_DE: Final = (
    "sicher haben Sie unsere Rechnung {number} vom {date} nur übersehen: {open} sind seit dem {due_date} fällig. "
    "Bitte überweisen Sie den Betrag in den nächsten Tagen. Falls Sie schon gezahlt haben, ist dieses Schreiben "
    "gegenstandslos."
)
_OPEN_DE: Final = (
    "unsere Rechnung {number} vom {date} ist noch offen: {open} sind seit dem {due_date} fällig, "
    "seit {days} Tagen. Bitte überweisen Sie {total} innerhalb von sieben Tagen."
)
_LAST_DE: Final = (
    "trotz unserer Mahnungen sind {open} aus unserer Rechnung {number} vom {date} seit {days} Tagen offen. "
    "Bitte überweisen Sie {total} innerhalb von sieben Tagen; andernfalls müssen wir ohne weitere Ankündigung "
    "rechtliche Schritte einleiten."
)
_TEXTS: Final = {
    "en": (_OVERLOOKED_EN, _OPEN_EN, _LAST_EN),
    "de": (_OVERLOOKED_DE, _OPEN_DE, _LAST_DE),
}


_SUBJECTS_OF_SEVERAL: Final = {
    "en": (
        "Payment reminder: {count} invoices",
        "Second reminder: {count} invoices",
        "Final reminder: {count} invoices",
    ),
    "de": (
        "Zahlungserinnerung: {count} Rechnungen",
        "Mahnung: {count} Rechnungen",
        "Letzte Mahnung: {count} Rechnungen",
    ),
}
_SEVERAL_OVERLOOKED_EN: Final = (
    "you may have overlooked our invoices {number}: {open} in all are overdue, the oldest since {due_date}. "
    "Please pay in the next days. If you have paid already, please ignore this letter."
)
_SEVERAL_OPEN_EN: Final = (
    "our invoices {number} are still open: {open} in all, the oldest due since {due_date}, for {days} days. "
    "Please pay {total} within seven days."
)
_SEVERAL_LAST_EN: Final = (
    "in spite of our reminders, {open} of our invoices {number} are still open, the oldest for {days} days. "
    "Please pay {total} within seven days; else we shall have to take further steps without another notice."
)
_SEVERAL_OVERLOOKED_DE: Final = (
    "sicher haben Sie unsere Rechnungen {number} nur übersehen: Insgesamt {open} sind überfällig, der älteste Posten "
    "seit dem {due_date}. Bitte überweisen Sie den Betrag in den nächsten Tagen. Falls Sie schon gezahlt haben, ist "
    "dieses Schreiben gegenstandslos."
)
_SEVERAL_OPEN_DE: Final = (
    "unsere Rechnungen {number} sind noch offen: insgesamt {open}, der älteste Posten ist seit dem {due_date} fällig, "
    "seit {days} Tagen. Bitte überweisen Sie {total} innerhalb von sieben Tagen."
)
_SEVERAL_LAST_DE: Final = (
    "trotz unserer Mahnungen sind {open} aus unseren Rechnungen {number} noch offen, der älteste Posten seit {days} "
    "Tagen. Bitte überweisen Sie {total} innerhalb von sieben Tagen; andernfalls müssen wir ohne weitere Ankündigung "
    "rechtliche Schritte einleiten."
)
_TEXTS_OF_SEVERAL: Final = {
    "en": (_SEVERAL_OVERLOOKED_EN, _SEVERAL_OPEN_EN, _SEVERAL_LAST_EN),
    "de": (_SEVERAL_OVERLOOKED_DE, _SEVERAL_OPEN_DE, _SEVERAL_LAST_DE),
}


def reminder_subject(level: DunningLevel, language: Language, facts: Mapping[str, str]) -> str:
    """Return the subject of a level's reminders."""
    own = level.subject_de if language == "de" else level.subject_en
    return filled(own or own_subject(level.number, language, is_one=facts["count"] == "1"), facts)


def reminder_text(level: DunningLevel, language: Language, facts: Mapping[str, str]) -> str:
    """Return the text of a level's reminders, without salutation."""
    own = level.text_de if language == "de" else level.text_en
    return filled(own or own_text(level.number, language, is_one=facts["count"] == "1"), facts)


def own_subject(number: int, language: Language, *, is_one: bool = True) -> str:
    """Return the product's own subject of a level, of a letter about one invoice or about several."""
    return _of_level((_SUBJECTS if is_one else _SUBJECTS_OF_SEVERAL)[language], number)


def own_text(number: int, language: Language, *, is_one: bool = True) -> str:
    """Return the product's own text of a level."""
    return _of_level((_TEXTS if is_one else _TEXTS_OF_SEVERAL)[language], number)


def filled(text: str, facts: Mapping[str, str]) -> str:
    """Put facts in the place of their names in braces; any other brace stays as it is."""
    return _NAME.sub(lambda found: facts.get(found[1], found[0]), text)


def _of_level(words: tuple[str, ...], number: int) -> str:
    return words[min(number, len(words)) - 1]
