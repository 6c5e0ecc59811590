"""Which columns are never shown: what opens a door, or what a door's key could be guessed from."""

import re
from typing import Any, Final

from django.db.models import Field, Model

# Names of columns that hold secrets in our models and in those of packages.
_NAMED: Final = re.compile(
    r"^key$|(^|_)(password|passphrase|secret|seed|token|token_hash|token_digest|api_key|key_hash|private_key|otp)$"
)
# Columns whose names do not say it: sessions open the admin, and a stored answer may repeat what it was asked for.
_ELSEWHERE: Final = {
    "sessions.session": {"session_key", "session_data"},
    "api.idempotencyrecord": {"headers", "body"},
}


def is_secret(field: "Field[Any, Any]") -> bool:
    """Return whether a column is never shown, searched or sorted by."""
    return bool(_NAMED.search(field.name)) or field.name in _ELSEWHERE.get(field.model._meta.label_lower, ())


def shown_fields(model: type[Model]) -> "list[Field[Any, Any]]":
    """Return the columns of a model that may be shown, in the model's order."""
    return [field for field in model._meta.concrete_fields if not is_secret(field)]
