"""The product's settings, as tests run them."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

from backfill import local

os.environ.setdefault("SECRET_KEY", "only-for-tests-and-the-same-in-every-worker-process")
os.environ.setdefault("BACKFILL_LOCAL", "1")
os.environ.setdefault("LOG_LEVEL", "WARNING")
local.provide(lambda line: print(line, file=sys.stderr))
atexit.register(local.release)

from backfill.settings import *  # noqa: E402, F403
from backfill.settings import CACHES, CELERY_BROKER_TRANSPORT_OPTIONS, DATABASES, env  # noqa: E402

# Lets the flush after a transactional test TRUNCATE the journal. The guard asks for two things, a database named
# `test_…` and this setting; so neither a production database met by a stray setting nor somebody's session on a test
# database can be emptied by accident.
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c backfill.allow_truncate=on"

# Processes that test at the same time share a broker: each keeps to keys of its own.
_own = f"{env.str('TEST_DATABASE_NAME', default='test')}:{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}:"
CACHES["default"]["KEY_PREFIX"] = _own
CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = _own

MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="backfill-tests-"))
atexit.register(shutil.rmtree, MEDIA_ROOT, ignore_errors=True)
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# Argon2 takes 0.1 s on purpose; the tests of sign-in set it back.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
