"""`python -m backfill.local`: start what is missing again, for the process that supervises, and leave it running."""

import sys

from environs import EnvError

from backfill.local import EmbeddedError, provide

try:
    provide(lambda line: print(f"{line} …", file=sys.stderr))  # noqa: T201
except (EmbeddedError, EnvError) as error:
    sys.exit(f"backfill: {error}")
