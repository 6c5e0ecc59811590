from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate

from backfill.schema import DatabaseDoesNotAnswer, UnknownSchema, check_schema_is_known


class Command(migrate.Command):
    help = f"{migrate.Command.help} Refuses a database that another version has made, before anything is changed."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            check_schema_is_known()
        except (DatabaseDoesNotAnswer, UnknownSchema) as refusal:
            raise CommandError(refusal.message) from refusal
        super().handle(*args, **options)
