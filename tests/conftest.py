"""What every test shares: the test database's own settings."""

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let the flush after a transactional test TRUNCATE the journal.

    The guard asks for two things, a database named `test_…` and this setting; so neither a production
    database with a stray setting nor a session on a test database can be emptied by accident.
    """
    with django_db_blocker.unblock():
        name = connection.ops.quote_name(str(connection.settings_dict["NAME"]))
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} SET backfill.allow_truncate = 'on'")
        connection.close()
