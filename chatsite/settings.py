"""Settings. Every value an operator may change comes from the environment (`.env.example` lists them all)."""

import sys
from hashlib import sha256
from pathlib import Path

from csp.constants import NONE, SELF

from chatsite import env, logging, outward

BASE_DIR = Path(__file__).resolve().parent.parent
env.load(BASE_DIR / ".env")
VAR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.secret("SECRET_KEY", VAR / "secret_key")
# Newest first: the first encrypts, all decrypt. Kept apart from SECRET_KEY so that each can be changed alone.
FIELD_ENCRYPTION_KEYS = env.secret("FIELD_ENCRYPTION_KEYS", VAR / "field_encryption_keys").split(",")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    *(["daphne"] if "runserver" in sys.argv else []),  # its runserver speaks WebSocket; else it only costs memory
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "django_htmx",
    "django_structlog",
    "ninja",
    "chatsite.apps.ChatsiteConfig",
    "accounts.apps.AccountsConfig",
    "providers.apps.ProvidersConfig",
    "threads.apps.ThreadsConfig",
    "metrics.apps.MetricsConfig",
    "metrics.alerts.apps.AlertsConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "chatsite.static.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.first_run",
]
ROOT_URLCONF = "chatsite.urls"
ASGI_APPLICATION = "chatsite.asgi.application"
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
            ]
        },
    }
]

# --- storage ---------------------------------------------------------------------------------------------------
DATABASES = {"default": env.database(f"sqlite:///{VAR / 'db.sqlite3'}")}
_database = DATABASES["default"]
# A request leaves its connection behind at its end: to the next one (PostgreSQL, see `threads.postgresql`), or closed.
_database["CONN_MAX_AGE"] = 0
DATABASE_CONNECTIONS = env.integer("DATABASE_CONNECTIONS", 20, least=12, most=1000)
if _database["ENGINE"].endswith("sqlite3"):
    Path(_database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a write lock taken late cannot wait: SQLite answers "locked" at once
        "timeout": 5,  # seconds, for another process's write lock
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;"
            "PRAGMA cache_size=-16000; PRAGMA journal_size_limit=67108864;"
        ),
    }
    _database["TEST"] = {"NAME": str(VAR / "test.sqlite3")}  # threads of the engine must reach it: not in memory
else:
    # Nothing may wait for a server that has gone: neither here, nor there for a process of ours that has gone. What
    # DATABASE_URL says after its question mark wins.
    _database["OPTIONS"] = {
        "application_name": "chatsite",
        "connections": DATABASE_CONNECTIONS,
        "connect_timeout": 2,  # seconds, until the server has let us in
        # A connection through which nothing comes any more is found dead within 6 s.
        "keepalives_idle": 3,
        "keepalives_interval": 1,
        "keepalives_count": 3,
        "tcp_user_timeout": 6000,
        "options": (
            # A table that is locked for longer counts as away. Longer than the server takes to find a deadlock (1 s).
            "-c lock_timeout=2500 "
            # A process that was frozen in a transaction holds its rows' locks: nobody could take its answers over.
            "-c idle_in_transaction_session_timeout=5000 "
            "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
        ),
        **_database.get("OPTIONS", {}),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.redis_url()
# Redis keeps its channels for all its databases alike: a name of this site's own keeps two sites apart.
REDIS_PREFIX = f"chatsite-{sha256(SECRET_KEY.encode()).hexdigest()[:12]}"
CHANNEL_LAYERS = (
    {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": REDIS_PREFIX},
        }
    }
    if REDIS_URL
    else {}
)

# --- people ----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "threads:home"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# --- answers ---------------------------------------------------------------------------------------------------
GENERATION_WORKER = env.choice("GENERATION_WORKER", "embedded", ["embedded", "external"])
MAX_GENERATIONS = env.integer("MAX_GENERATIONS", 500, least=1, most=100_000)
MAX_MESSAGE_CHARS = env.integer("MAX_MESSAGE_CHARS", 100_000, least=1, most=10_000_000)
MAX_REQUEST_BYTES = env.integer("MAX_REQUEST_BYTES", 20_000_000, least=1_000, most=200_000_000)
STREAMING = env.flag("STREAMING", default=True)
HEDGE_SHARE = env.number("HEDGE_SHARE", 0.02, least=0, most=1)
DRAIN_SECONDS = env.number("DRAIN_SECONDS", 0, least=0, most=600)
PRIVATE_PROVIDER_HOSTS = env.words("PRIVATE_PROVIDER_HOSTS", ["127.0.0.0/8", "::1", "localhost"])

# --- limits: for one person, for one address; 0 is none ----------------------------------------------------------
LIMIT_QUESTIONS = env.pair("LIMIT_QUESTIONS", (1200, 24_000), most=10_000_000)  # a minute
LIMIT_CONNECTS = env.pair("LIMIT_CONNECTS", (600, 12_000), most=10_000_000)  # new sockets a minute
LIMIT_SOCKETS = env.pair("LIMIT_SOCKETS", (300, 6000), most=10_000_000)  # at once, in each process
LIMIT_STREAMS = env.pair("LIMIT_STREAMS", (300, 6000), most=10_000_000)  # at once, in each process

# --- mail, and links in it -------------------------------------------------------------------------------------
SITE_URL = outward.site_url(env.text("SITE_URL", next((one for one in CSRF_TRUSTED_ORIGINS if "*" not in one), "")))
_mail = outward.mail_server(env.text("EMAIL_URL"))
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = _mail.backend, _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL, EMAIL_TIMEOUT = _mail.starttls, _mail.tls, 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("EMAIL_FROM", _mail.sender)

# --- pages -----------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "chatsite.static.HashedStorage"
    },
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Behind TLS (an https origin is trusted) cookies travel only over TLS.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = any(o.startswith("https://") for o in CSRF_TRUSTED_ORIGINS)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SESSION_COOKIE_SECURE else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

METRICS_TOKEN = env.text("METRICS_TOKEN")
METRICS_ALLOW = env.words("METRICS_ALLOW")
OTEL_EXPORTER_OTLP_ENDPOINT = env.text("OTEL_EXPORTER_OTLP_ENDPOINT")
OTEL_EXPORTER_OTLP_HEADERS = env.text("OTEL_EXPORTER_OTLP_HEADERS")
LOG_LEVEL = env.choice("LOG_LEVEL", "info", ["debug", "info", "warning", "error"]).upper()
LOGGING = logging.configuration(LOG_LEVEL)
# Its middleware would look for the person on each request's own thread, and so keep a connection to the database for as
# long as an answer streams. The doors name the person, once they know.
DJANGO_STRUCTLOG_USER_ID_FIELD = ""
