"""The product as a WSGI application, for any server. `backfill.asgi` puts granian's event loop in front of it."""

import os

from django.core.wsgi import get_wsgi_application

from backfill.bodies import WholeBodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backfill.settings")
os.environ["BACKFILL_PART"] = "web"  # what serves may connect as a role that sees one company at a time
application = WholeBodies(get_wsgi_application())
