"""The product's settings, as tests run them."""

import os

os.environ.setdefault("SECRET_KEY", "tests-only")

from backfill.settings import *  # noqa: F403
