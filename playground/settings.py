"""Every setting, from the environment once. `docs/settings.md` has a line for each (a test compares).

A variable `X` may also be given as `X_FILE`, the path of a file that holds it: how Docker and Kubernetes hand over
secrets.
"""

from pathlib import Path

from csp.constants import NONE, SELF
from environ import FileAwareEnv

env = FileAwareEnv()

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

# --- Where we are -----------------------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
# Demo mode: the demo identity provider and the demo provider may be used, and a development secret is good enough.
DEMO = env.bool("DEMO", default=False)
DEVELOPMENT_SECRET_KEY = "insecure-development-key-that-production-refuses-to-start-with"  # noqa: S105
# An empty line in .env is as good as none: the checks then say so in words.
SECRET_KEY = env.str("SECRET_KEY", default="") or DEVELOPMENT_SECRET_KEY
# The first key encrypts provider credentials, every one may decrypt: put a new one in front to rotate.
CREDENTIAL_KEYS = env.list("CREDENTIAL_KEYS", default=[])
SITE_URL = env.str("SITE_URL", default="http://localhost:8000")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
HTTPS = SITE_URL.startswith("https://")

COMPANY_NAME = env.str("COMPANY_NAME", default="Playground")
COMPANY_TIME_ZONE = env.str("COMPANY_TIME_ZONE", default="UTC")
COMPANY_CURRENCY = env.str("COMPANY_CURRENCY", default="USD")

# --- Django -----------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "accounts",
    "playground",
    "hub",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "playground.static_files.StaticFilesMiddleware",
    "playground.following.FollowingMiddleware",
    "playground.headers.SecurityHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.SignedInMiddleware",
    "playground.refusals.RefusalMiddleware",
]

ROOT_URLCONF = "playground.urls"
ASGI_APPLICATION = "playground.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["playground.templatetags.ui", "django.templatetags.i18n", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "playground.context.page",
            ],
        },
    },
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
TIME_ZONE = COMPANY_TIME_ZONE
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
SERVESTATIC_USE_FINDERS = DEBUG or DEMO
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or DEMO
        else "servestatic.storage.CompressedManifestStaticFilesStorage"
    },
}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- PostgreSQL and Valkey --------------------------------------------------------------------------------------------

DATABASE_POOL_TIMEOUT = env.int("DATABASE_POOL_TIMEOUT", default=10)
DATABASES = {
    "default": env.db("DATABASE_URL", default="postgres://playground:playground@127.0.0.1:5432/playground")
    | {
        "ENGINE": "playground.database",
        "CONN_MAX_AGE": 0,
        # How long somebody waits for a busy pool after the first second, when it is known that the server is there.
        "POOL_PATIENCE": max(DATABASE_POOL_TIMEOUT - 1, 0.1),
        "OPTIONS": {
            # Statements are prepared on the server when they come a fourth time: planning them anew each time was a
            # third of its work. An old connection pooler between us and the server may not be able to.
            "server_side_binding": True,
            "prepare_threshold": 3 if env.bool("DATABASE_PREPARE", default=True) else None,
            "pool": {
                "min_size": env.int("DATABASE_POOL_MIN", default=1),
                "max_size": env.int("DATABASE_POOL_MAX", default=12),
                "timeout": 1,
                # Try no longer by itself: whoever asks next makes it try again at once.
                "reconnect_timeout": 2,
            },
        },
    }
}
# How many requests a web process works on at once; those that only stream are not counted.
WEB_THREADS = env.int("WEB_THREADS", default=12)
# How long a browser may take nothing of an answer before its connection is given up; seconds.
WEB_SEND_SECONDS = env.float("WEB_SEND_SECONDS", default=30.0)

# The broker must never evict (`noeviction`); event streams are bounded and expire, and may have a server of their own.
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
STREAM_REDIS_URL = env.str("STREAM_REDIS_URL", default=REDIS_URL)
# Shared by tests and installations that share one server: every key and channel begins with it.
REDIS_KEY_PREFIX = env.str("REDIS_KEY_PREFIX", default="playground")

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": STREAM_REDIS_URL,
        "KEY_PREFIX": REDIS_KEY_PREFIX,
    }
}

# --- Sign-in ----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.PasswordBackend",
    "accounts.backends.SignInBackend",
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "sign_in"

SOCIALACCOUNT_ONLY = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "accounts.adapter.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# Exactly as the provider's discovery document and its ID tokens spell it.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
OIDC_NAME = env.str("OIDC_NAME", default="Company SSO")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_SCOPES = env.list("OIDC_SCOPES", default=["openid", "profile", "email"])
# Other hosts that the browser passes on its way through sign-in, where a provider hands on to another one.
OIDC_SIGN_IN_HOSTS = env.list("OIDC_SIGN_IN_HOSTS", default=[])
# Which claims carry a person's departments, those she owns, and her role; `accounts/sso.py` reads them.
OIDC_DEPARTMENT_CLAIM = env.str("OIDC_DEPARTMENT_CLAIM", default="departments")
OIDC_OWNER_CLAIM = env.str("OIDC_OWNER_CLAIM", default="owns")
OIDC_ROLE_CLAIM = env.str("OIDC_ROLE_CLAIM", default="role")
# JSON objects from the provider's words (group names or ids) to ours; with the first one, only what it lists counts.
OIDC_DEPARTMENT_NAMES = env.json("OIDC_DEPARTMENT_NAMES", default={})
OIDC_ROLE_NAMES = env.json("OIDC_ROLE_NAMES", default={})

SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": OIDC_NAME,
                "client_id": OIDC_CLIENT_ID,
                "secret": OIDC_CLIENT_SECRET,
                "settings": {"server_url": OIDC_ISSUER.rstrip("/"), "scope": OIDC_SCOPES, "fetch_userinfo": True},
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}

SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=24) * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True

# --- The browser's walls ----------------------------------------------------------------------------------------------

SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=HTTPS)
# Load balancers ask for these over plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *([OIDC_ISSUER] if OIDC_ISSUER else []), *OIDC_SIGN_IN_HOSTS],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("MAX_REQUEST_BYTES", default=2_500_000)
API_MAX_REQUEST_BYTES = env.int("API_MAX_REQUEST_BYTES", default=20_000_000)
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=600)

# --- Celery -----------------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": f"{REDIS_KEY_PREFIX}:",
    # A question must not wait for a broker that is away: its row is queued, and the sweep sends it later.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
    "socket_connect_timeout": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_DEFAULT_QUEUE = "system"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# --- Providers given by the environment (others are added on a page) ------------------------------------------------

OPENAI_API_KEY = env.str("OPENAI_API_KEY", default="")
OPENAI_BASE_URL = env.str("OPENAI_BASE_URL", default="")
ANTHROPIC_API_KEY = env.str("ANTHROPIC_API_KEY", default="")
ANTHROPIC_BASE_URL = env.str("ANTHROPIC_BASE_URL", default="")
DEMO_PROVIDER_URL = env.str("DEMO_PROVIDER_URL", default="")

# --- Runs -------------------------------------------------------------------------------------------------------------

# How long an answer may be when neither the model nor the caller says; tokens.
DEFAULT_MAX_OUTPUT_TOKENS = env.int("DEFAULT_MAX_OUTPUT_TOKENS", default=4096)
# A run's time limits: seconds to the first byte, between two events, and in all.
RUN_FIRST_BYTE_SECONDS = env.float("RUN_FIRST_BYTE_SECONDS", default=60.0)
RUN_IDLE_SECONDS = env.float("RUN_IDLE_SECONDS", default=90.0)
RUN_TOTAL_SECONDS = env.float("RUN_TOTAL_SECONDS", default=1800.0)
# How long a run waits in line when every place is at its limit or rests.
RUN_LINE_SECONDS = env.float("RUN_LINE_SECONDS", default=60.0)
# Another model may answer from another region only where this is off.
FALLBACK_STAYS_IN_REGION = env.bool("FALLBACK_STAYS_IN_REGION", default=True)
# A running run is its worker's while the lease lasts; a worker renews it every two seconds.
RUN_LEASE_SECONDS = env.float("RUN_LEASE_SECONDS", default=30.0)
# A queued run that no worker took for this long is sent again; its message may be lost.
RUN_REQUEUE_SECONDS = env.float("RUN_REQUEUE_SECONDS", default=15.0)
# On a deploy, answers that are still being written get this long to end by themselves.
RUN_DRAIN_SECONDS = env.float("RUN_DRAIN_SECONDS", default=600.0)

# --- Chats ------------------------------------------------------------------------------------------------------------

# A deleted chat is kept for so many days, in case it is wanted back, then it is gone.
DELETED_CHAT_DAYS = env.int("DELETED_CHAT_DAYS", default=30)

# --- Seen from outside ------------------------------------------------------------------------------------------------

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
# "json" writes one object a line, and a line for every request.
LOG_FORMAT = env.str("LOG_FORMAT", default="plain")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        "json": {"()": "playground.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # One line a provider call is too many.
        "httpx2": {"level": "WARNING"},
        "playground.following": {"level": LOG_LEVEL if LOG_FORMAT == "json" else "WARNING"},
    },
}

# What Prometheus sends as its bearer token to /metrics; without one there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# Where traces are sent, by OTLP over HTTP. The exporter reads the other OTEL_ variables of the environment itself.
OTEL_EXPORTER_OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
