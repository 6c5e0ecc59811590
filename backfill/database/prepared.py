"""A cursor whose statements PostgreSQL parses and plans once per connection.

For the few fixed statements that every posting sends: Django's own cursor writes the values into the text, which
PostgreSQL then plans anew each time. `DATABASE_PREPARE_THRESHOLD` (0: never) says after how many uses to prepare.
"""

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor


def prepared_cursor() -> CursorWrapper:
    """Return a cursor like `connection.cursor()`, seen by the same wrappers and query logs."""
    cursor = connection.cursor()
    cursor.cursor.close()
    cursor.cursor = Cursor(connection.connection)
    return cursor
