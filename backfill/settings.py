"""Every knob of the product, read from the environment (or `.env`), failing loudly on a bad value.

Without DATABASE_URL and REDIS_URL the product runs on this machine alone (`BACKFILL_LOCAL`): `manage.py`
starts the embedded servers and fills both in. With them it is a production installation, which must be told its
SECRET_KEY and ALLOWED_HOSTS and speaks HTTPS only.
"""

import os
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import dj_database_url
import django
from django.core.exceptions import ImproperlyConfigured
from kombu.entity import Queue

from backfill.languages import ENGLISH, LANGUAGES  # noqa: F401 - LANGUAGES is a setting of Django's
from backfill.local import environment, generated, home_location
from backfill.logs import logging_config
from backfill.workspace.theme import UNFOLD as THEME

BASE_DIR = Path(__file__).resolve().parent.parent

env = environment()

DEBUG = env.bool("DEBUG", default=False)
BACKFILL_HOME = home_location(env)
BACKFILL_LOCAL = env.bool("BACKFILL_LOCAL", default=not env.str("DATABASE_URL", default=""))
PRIVATE = DEBUG or BACKFILL_LOCAL  # nobody but this machine's user is served

# Nothing is generated yet when a type checker, say, reads the settings and no `manage.py` has run before.
embedded = generated(BACKFILL_HOME)
EMBEDDED_DATABASE = not env.str("DATABASE_URL", default="")
DATABASE_URL = env.str("DATABASE_URL", default="") or (embedded.database_url if embedded else "postgres:///backfill")
REDIS_URL = env.str("REDIS_URL", default="") or (embedded.redis_url if embedded else "redis://127.0.0.1:6379/0")

SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
if PRIVATE:
    SECRET_KEY = SECRET_KEY or (embedded.secret_key if embedded else token_urlsafe(50))
    ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY must be set: at least 50 random characters, the same on every machine.")
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must be set: the host names this installation answers to.")
BIND_ADDRESS = env.str("BIND_ADDRESS", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
WEB_WORKERS = env.int("WEB_WORKERS", default=2)
WEB_THREADS = env.int("WEB_THREADS", default=4)  # requests at work at once in each of them
WORKER_PROCESSES = env.int("WORKER_PROCESSES", default=2)
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "backfill.workspace.apps.WorkspaceAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_prometheus",
    "django_structlog",
    "backfill",
    "backfill.tenancy",
    "backfill.files",
    "backfill.api",
    "backfill.workspace",
    "ledger",
    "ledger.inventory",
    "ledger.open_items",
    "ledger.documents",
    "receivables",
    "reporting",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "backfill.api.request_ids.RequestIdHeaderMiddleware",
    "backfill.api.request_logs.RequestLogMiddleware",
    "backfill.logs.RequestIdMiddleware",
    "backfill.languages.LanguageMiddleware",
    "backfill.security.ContentSecurityPolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "backfill.contracts.middleware.BodyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "backfill.health.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "backfill.workspace.middleware.WorkspaceMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "backfill.contracts.middleware.ContractMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "backfill.urls"
WSGI_APPLICATION = "backfill.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Data -------------------------------------------------------------------------------------------------

# Workers and commands work for every company. What serves pages and the APIs may have a role that sees one at a time.
WEB_DATABASE_URL = env.str("WEB_DATABASE_URL", default="")
_SERVES_WEB = os.environ.get("BACKFILL_PART") == "web"  # `backfill.wsgi` says so, nobody else
_CHOSEN_URL = WEB_DATABASE_URL if WEB_DATABASE_URL and _SERVES_WEB else DATABASE_URL
DATABASES: dict[str, dict[str, Any]] = {
    "default": {**dj_database_url.parse(_CHOSEN_URL, conn_max_age=600, conn_health_checks=True)}
}
if socket_folder := DATABASES["default"].get("OPTIONS", {}).pop("host", None):
    DATABASES["default"]["HOST"] = socket_folder
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 10)
# Posting's own statements are prepared after so many uses (`backfill.database.prepared`); 0: never, as behind an old
# PgBouncer.
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = env.int("DATABASE_PREPARE_THRESHOLD", default=3) or None
DATABASES["default"]["ATOMIC_REQUESTS"] = False
DATABASES["default"]["TEST"] = {"NAME": env.str("TEST_DATABASE_NAME", default="test_backfill")}

CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1},
    }
}

# Uploaded documents: a folder only this installation may read, or any S3-compatible store.
MEDIA_ROOT = BACKFILL_HOME / "media"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if env.str("S3_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",  # the extra `s3` of this package
        "OPTIONS": {
            "bucket_name": env.str("S3_BUCKET"),
            "endpoint_url": env.str("S3_ENDPOINT_URL", default=None),
            "region_name": env.str("S3_REGION", default=None),
            "access_key": env.str("S3_ACCESS_KEY", default=None),
            "secret_key": env.str("S3_SECRET_KEY", default=None),
            "default_acl": None,
            "file_overwrite": False,
        },
    }

# A JSON body of 5 MB is some twenty thousand journal lines. Files have their own, larger limit in the upload views.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
LARGEST_UPLOAD = 20 * 1024 * 1024 + 64 * 1024  # a file to import and the rest of its form; views refuse less

STATIC_URL = "static/"
STATIC_ROOT: Path | None = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [path for path in [BASE_DIR / "static"] if path.is_dir()]
if PRIVATE:  # served as they lie in the packages, so that nothing must be collected first
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    STATIC_ROOT = None
    WHITENOISE_USE_FINDERS = True

# --- People and what browsers may do -------------------------------------------------------------------------

AUTH_USER_MODEL = "tenancy.User"
AUTHENTICATION_BACKENDS = ["backfill.tenancy.backends.PasswordBackend"]  # with the lockout the API has too
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

INVITATION_DAYS = env.int("INVITATION_DAYS", default=7)
PASSWORD_TOKEN_HOURS = env.int("PASSWORD_TOKEN_HOURS", default=2)
API_SESSION_HOURS = env.int("API_SESSION_HOURS", default=12)
OTP_TOTP_ISSUER = "Backfill"
LOGIN_URL = "admin:login"

SESSION_ENGINE = "backfill.tenancy.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60

# How many proxies stand before us and rewrite X-Forwarded-For and X-Forwarded-Proto; 0: believe neither.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

HTTPS_ONLY = env.bool("HTTPS_ONLY", default=not PRIVATE)
SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked over plain HTTP from inside the network
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS_ONLY
SECURE_HSTS_PRELOAD = HTTPS_ONLY
SESSION_COOKIE_SECURE = HTTPS_ONLY
CSRF_COOKIE_SECURE = HTTPS_ONLY
CSRF_FAILURE_VIEW = "backfill.workspace.interruptions.old_page"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
# The admin's theme sets styles inline; nothing else of ours does. Scripts are as strict there as everywhere.
# A frame shows a file that stands beside a record; what it may do there is said by the file's own policy.
ADMIN_CONTENT_SECURITY_POLICY = {"style-src": ["'self'", "'unsafe-inline'"], "frame-src": ["'self'"]}

PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb", "serial", "midi")
}

# --- Pages and mail ---------------------------------------------------------------------------------------------

UNFOLD = THEME

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ]
        },
    }
]
# The records (`backfill.workspace.records`) look as Django's own admin does, so its templates come before the theme's.
TEMPLATES.append(
    {
        **TEMPLATES[0],
        "NAME": "records",
        "DIRS": [Path(django.__path__[0]) / "contrib" / "admin" / "templates", BASE_DIR / "templates"],
        "APP_DIRS": False,
    }
)

LANGUAGE_CODE = ENGLISH
LOCALE_PATHS = [BASE_DIR / "templates" / "locale"]  # apps have their own beside their code
TIME_ZONE = "UTC"
USE_TZ = True

# Without EMAIL_HOST a mail is printed where the server runs.
EMAIL_HOST = env.str("EMAIL_HOST", default="")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = env.int("EMAIL_PORT", default=587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Backfill <backfill@localhost>")
BASE_URL = env.str("BASE_URL", default=f"http://localhost:{PORT}").rstrip("/")  # for links in mails
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="contact@localhost")  # who reads what the contact form brings
CONTACT_IS_PUBLIC = env.bool("CONTACT_IS_PUBLIC", default=False)  # the contact form without a credential

# --- The HTTP APIs ------------------------------------------------------------------------------------------------

API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=6000)  # per credential; 0: no limit
REST_FRAMEWORK = {"DATETIME_FORMAT": None}  # the renderers write instants, the same way everywhere
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [],  # enumerations stay where they are used
}

# --- Background work ----------------------------------------------------------------------------------------------

# kombu and redis-py write the address of a unix socket differently.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES = [Queue(name) for name in ("default", "bank", "exports", "ingest")]
CELERY_TASK_ROUTES = {
    "banking.tasks.*": {"queue": "bank"},
    "reporting.tasks.*": {"queue": "exports"},
    "ledger.check_company_books": {"queue": "exports"},
    "backfill.files.tasks.*": {"queue": "ingest"},
}
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_ACKS_LATE = True  # a worker that dies gives its task back; so every task is safe to run twice
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 9 * 60
CELERY_TASK_TIME_LIMIT = 10 * 60
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * 60 * 60,  # beyond every time limit, or tasks run twice
    "socket_connect_timeout": 2,
}
CELERY_TASK_IGNORE_RESULT = True  # what a task did is in the database
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE

# --- What happened ---------------------------------------------------------------------------------------------------

LOGGING = logging_config(env.str("LOG_LEVEL", default="INFO"))
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # RequestIdHeaderMiddleware has looked at it
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # behind a proxy it would be the proxy's, or whatever the caller claims
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = 10  # debug: one line per request is enough
PROMETHEUS_EXPORT_MIGRATIONS = False
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # asked as a bearer token by /metrics
