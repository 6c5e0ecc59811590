import getpass
import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backfill.errors import DomainError
from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company, Role
from backfill.tenancy.selectors import company_by_name_or_id
from backfill.tenancy.services import create_member, invite_member

ASK = "-"


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is not a day in the form YYYY-MM-DD.") from error


class Command(BaseCommand):
    help = "Make a person a member of a company, and print the person's id; or invite the person by mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", required=True, metavar="NAME_OR_ID")
        parser.add_argument("--email", required=True)
        parser.add_argument("--role", required=True, help=", ".join(Role.values))
        parser.add_argument("--ends-on", type=day, metavar="YYYY-MM-DD", help="last day of access")
        parser.add_argument("--full-name", default="")
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--password", help="for somebody new; «-» asks for it, or reads it from a pipe")
        how.add_argument("--invite", action="store_true", help="mail a link, with which the person chooses a password")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            company = company_by_name_or_id(options["company"])
            if options["invite"]:
                self._invite(company, options)
            else:
                self._create(company, options)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal

    def _invite(self, company: Company, options: dict[str, Any]) -> None:
        invitation = invite_member(
            company=company,
            email=options["email"],
            role=options["role"],
            ends_on=options["ends_on"],
            actor=system_actor(),
        )
        self.stdout.write(f"Invited {invitation.email}; the link is in the mail.")

    def _create(self, company: Company, options: dict[str, Any]) -> None:
        password = _asked_password() if options["password"] == ASK else options["password"]
        membership = create_member(
            company=company,
            email=options["email"],
            role=options["role"],
            full_name=options["full_name"],
            ends_on=options["ends_on"],
            password=password,
            actor=system_actor(),
        )
        self.stdout.write(str(membership.user_id))
        if not membership.user.has_usable_password():
            self.stderr.write(
                f"{membership.user.email} has no password yet. «Forgotten your password?» on the sign-in page mails a "
                f"link; `.venv/bin/python manage.py changepassword {membership.user.email}` sets one here."
            )


def _asked_password() -> str:
    """Return a password typed twice, or the first line of what is piped in; never one that other users could see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass()
    if getpass.getpass("Once more: ") != password:
        raise CommandError("The two passwords differ; nothing was stored.")
    return password
