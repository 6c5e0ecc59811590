"""Secrets that are handed out once and kept as SHA-256.

They are 256 random bits, so a plain hash is as good as a slow one: there is nothing to guess. The prefix says what
kind of secret it is, to people, to log scrubbers and to our own look-up.
"""

import hashlib
import secrets

API_KEY_PREFIX = "bf_live_"
SESSION_PREFIX = "sess_"
PASSWORD_PREFIX = "pwd_"  # noqa: S105
INVITATION_PREFIX = "inv_"

_SECRET_LENGTH = 43
_VISIBLE_CHARACTERS = 4


def new_token(prefix: str) -> str:
    """Return the prefix followed by 43 characters that carry 256 random bits."""
    return prefix + secrets.token_urlsafe(32)


def is_token(text: str, prefix: str) -> bool:
    """Return whether the text has the form of a token of this kind; says nothing about its being valid."""
    return text.startswith(prefix) and len(text) == len(prefix) + _SECRET_LENGTH and text.isascii()


def token_hash(token: str) -> str:
    """Return the hexadecimal SHA-256 under which the token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def visible_prefix(token: str, prefix: str) -> str:
    """Return the part of the token that may be shown, to recognise a key by."""
    return token[: len(prefix) + _VISIBLE_CHARACTERS]
