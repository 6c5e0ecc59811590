"""Whether a database has a schema that this version knows how to change."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

from backfill.errors import DomainError


class UnknownSchema(DomainError):
    code = "UNKNOWN_SCHEMA"


class DatabaseDoesNotAnswer(DomainError):
    code = "DATABASE_DOES_NOT_ANSWER"

    def __init__(self, error: DatabaseError) -> None:
        super().__init__(f"The database does not answer: {str(error).splitlines()[0]}.")


def check_schema_is_known() -> None:
    """Raise UnknownSchema for a database that another version has made, before anything of it is changed.

    It has migrations applied that this version does not have: the version was older than the first migrations of this
    one, which begin anew, or newer than this one. What is applied on top of them would be half a schema.
    Raise DatabaseDoesNotAnswer when it cannot even be asked.
    """
    try:
        loader = MigrationLoader(connection)
    except DatabaseError as error:
        raise DatabaseDoesNotAnswer(error) from error
    unknown = sorted(set(loader.applied_migrations) - set(loader.disk_migrations) - set(loader.replacements))
    unknown = [(app, name) for app, name in unknown if app in loader.migrated_apps]
    if unknown:
        app, name = unknown[-1]
        raise UnknownSchema(
            f"{_where()} was made by another version of Backfill, with a schema that this one does not know "
            f"({app}.{name}); {_way_out()}. Nothing was changed."
        )


def _where() -> str:
    if settings.EMBEDDED_DATABASE:
        return f"the data in {settings.BACKFILL_HOME}"
    return f"the database {connection.settings_dict['NAME']}"


def _way_out() -> str:
    if settings.EMBEDDED_DATABASE:
        return "start with an empty folder (BACKFILL_HOME=/another/folder make demo), or run the version that made it"
    return "migrate an empty database, or run the version that made it"
