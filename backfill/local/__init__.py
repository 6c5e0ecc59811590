"""PostgreSQL and Valkey from wheels, for a machine where nobody gave DATABASE_URL or REDIS_URL.

They run as plain server processes on unix sockets in a private folder, with generated passwords. Every `manage.py`
command shares them: the first one starts them, the last one to end stops them. A command that is killed leaves them
running, and the next one finds them.
"""

from backfill.local.errors import EmbeddedError
from backfill.local.place import Generated, environment, generated, home_location
from backfill.local.sharing import missing, provide, release

__all__ = [
    "EmbeddedError",
    "Generated",
    "environment",
    "generated",
    "home_location",
    "missing",
    "provide",
    "release",
]
