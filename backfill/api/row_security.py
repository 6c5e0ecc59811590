"""The company of a request, told to PostgreSQL, where row-level security holds every statement to it.

The setting belongs to the connection, which outlives the request, so it is cleared at the end of each. Empty
means unrestricted: commands, tasks and the admin, which scope their own queries.
"""

from uuid import UUID

from django.db import DatabaseError, InterfaceError, connection

_SET = "SELECT set_config('backfill.company_id', %s, false)"


def restrict_to(company_id: UUID) -> None:
    """Let the connection see and write the rows of one company only, until `lift_restriction`."""
    with connection.cursor() as cursor:
        cursor.execute(_SET, [str(company_id)])


def lift_restriction() -> None:
    """Clear the setting. A connection that cannot is closed, so that no later request inherits it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(_SET, [""])
    except (DatabaseError, InterfaceError):
        connection.close()
