"""The mails that a person wants."""

from django.db import transaction

from backfill.tenancy.models import User


@transaction.atomic
def choose_mention_mails(*, user: User, wanted: bool) -> User:
    """Mail the person from now on whenever somebody names them in a comment, or no longer."""
    user.mails_mentions = wanted
    user.save(update_fields=["mails_mentions"])
    return user
