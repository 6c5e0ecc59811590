"""A person's own language."""

from django.db import transaction
from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.languages import LANGUAGES
from backfill.tenancy.models import User


@transaction.atomic
def choose_language(*, user: User, language: str) -> User:
    """Have the person's pages and mails written in a language from now on; empty: in their company's."""
    if language and language not in dict(LANGUAGES):
        raise ValidationFailed(
            _("There is no language {language!r}; choose English or Deutsch.").format(language=language),
            field="language",
        )
    user.language = language
    user.save(update_fields=["language"])
    return user
