"""Who is named in a comment: @ and a member's name or address."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.tenancy.models import Company, User
from backfill.tenancy.roles import role_allows
from backfill.tenancy.selectors import valid_memberships

MOST: Final = 20
_BEFORE: Final = r"(?<![\w@.])@"  # not the @ within an address
_AFTER: Final = r"(?!\w)"


@dataclass(frozen=True, slots=True)
class Named:
    """A member as a comment names them."""

    user: User
    name: str


def members_to_name(company: Company, permission: str) -> list[User]:
    """Return the members who may look at what is commented on, by name. One statement."""
    rows = valid_memberships(company)
    members = [row.user for row in rows if role_allows(row.role, permission)]
    return sorted(members, key=lambda user: (called(user).casefold(), user.email))


def called(user: User) -> str:
    """Return how people call a member: the full name, else the address."""
    return user.full_name.strip() or user.email


def ways_to_name(members: Sequence[User]) -> dict[str, str]:
    """Return by address what is written after the @: the full name, or the address where two members share a name."""
    names = [called(user).casefold() for user in members]
    return {user.email: user.email if names.count(called(user).casefold()) > 1 else called(user) for user in members}


def named_in(text: str, members: Sequence[User]) -> list[Named]:
    """Return whom a text names, each once, the longest name that fits first.

    Raises ValidationFailed for a name that two members share, and for more than twenty.
    """
    by_words: dict[str, list[User]] = {}
    for user in members:
        for words in {user.email.casefold(), called(user).casefold()}:
            by_words.setdefault(words, []).append(user)
    if not by_words or "@" not in text:
        return []
    longest_first = "|".join(re.escape(words) for words in sorted(by_words, key=len, reverse=True))
    found: dict[str, Named] = {}
    for match in re.finditer(f"{_BEFORE}({longest_first}){_AFTER}", text, re.IGNORECASE):
        users = by_words.get(match[1].casefold(), [])
        _refuse_shared(match[1], users)
        for user in users:
            found.setdefault(user.email, Named(user, match[1]))
    if len(found) > MOST:
        raise ValidationFailed(_("A comment names at most {most} members.").format(most=MOST), field="text")
    return list(found.values())


def parts_of(text: str, names: Iterable[str]) -> list[tuple[str, bool]]:
    """Return a text in parts, and of each whether it names somebody."""
    wanted = sorted(set(names), key=len, reverse=True)
    if not wanted:
        return [(text, False)]
    pattern = f"({_BEFORE}(?:{'|'.join(map(re.escape, wanted))}){_AFTER})"
    return [(part, position % 2 == 1) for position, part in enumerate(re.split(pattern, text)) if part]


def _refuse_shared(name: str, users: Sequence[User]) -> None:
    if len(users) > 1:
        addresses = ", ".join(f"@{user.email}" for user in users)
        raise ValidationFailed(
            _("{count} members are called {name}. Name the one you mean by address: {addresses}").format(
                count=len(users), name=name, addresses=addresses
            ),
            field="text",
        )
