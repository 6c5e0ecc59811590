from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backfill.errors import DomainError
from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import User
from backfill.tenancy.models.user import normal_email
from backfill.tenancy.services import reset_two_factor_of


class Command(BaseCommand):
    help = "Let a person who has lost the authenticator app sign in with the password alone, and set up a new one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.filter(email=normal_email(email)).first()
        if user is None:
            raise CommandError(f"There is nobody with the address {email!r}.")
        try:
            reset_two_factor_of(user=user, actor=system_actor())
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{user.email} signs in with the password alone now.")
