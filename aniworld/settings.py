"""Django settings. Everything an owner may set comes from the environment; see
docs/configuration.md, which a test holds to ``ENV_SCHEMA``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from aniworld import installation
from aniworld.console.files import DOWNLOADS
from aniworld.console.levels import EVERYTHING, LEVELS, levels_of
from aniworld.console.logs import FORMATS, LINE, TEXT
from aniworld.console.secrets import keep_secret
from aniworld.environment import (
    address,
    base_path,
    directory,
    flag,
    folders,
    generated_secret,
    header_name,
    host_names,
    hosts,
    listening,
    log_levels,
    make_private,
    mapping,
    networks,
    origins,
    passwords_in,
    private_directory,
    stop,
    time_zone,
)
from aniworld.installation import SHIPPED, data_dir, env_file

# What this process begins is begun there, so that it finds the same rooms.
PROJECT_DIR = installation.PROJECT_DIR

ENV_SCHEMA: dict[str, tuple[Any, Any]] = {
    "DATA_DIR": (str, ""),
    "STATIC_DIR": (str, ""),
    "ANIME_DIRECTORY": (str, ""),
    "DATABASE_URL": (str, ""),
    "REDIS_URL": (str, ""),
    "SECRET_KEY": (str, ""),
    "JWT_SECRET_KEY": (str, ""),
    "SESSION_TIMEOUT_HOURS": (int, 24),
    "HOST": (str, "127.0.0.1"),
    "PORT": (int, 8000),
    "BASE_PATH": (str, ""),
    "ALLOWED_HOSTS": (list, []),
    "CSRF_TRUSTED_ORIGINS": (list, []),
    "TRUSTED_PROXIES": (list, []),
    "PROXY_LOGIN_HEADER": (str, ""),
    "PROXY_LOGIN_USERS": (list, []),
    "HTTPS_ONLY": (str, "false"),
    "LOG_LEVEL": (str, "INFO"),
    "LOG_LEVELS": (list, []),
    "LOG_FORMAT": (str, "text"),
    "TZ": (str, ""),
    "ALLOW_PRIVATE_HOSTS": (list, []),
    "MANIFEST_ROOTS": (list, []),
}
# Read by the container's entry point, not by Django: PUID, PGID, UMASK.

try:
    environ.FileAwareEnv.read_env(env_file())
except (OSError, UnicodeDecodeError) as error:
    stop(".env", f"cannot be read: {error}")
env = environ.FileAwareEnv(**ENV_SCHEMA)


def _read(name: str) -> Any:
    """The value of a variable or of its file, without the line end files have."""
    try:
        value = env(name)
        if isinstance(value, list):
            return [entry.strip() for entry in value if entry.strip()]
        return value.strip() if isinstance(value, str) else value
    except (ImproperlyConfigured, ValueError, OSError) as error:
        is_number = ENV_SCHEMA[name][0] is int and isinstance(error, ValueError)
        stop(name, "must be a whole number" if is_number else str(error))


DATA_DIR = Path(_read("DATA_DIR") or data_dir()).expanduser().resolve()
os.environ["DATA_DIR"] = str(DATA_DIR)  # what we start looks from another folder
try:
    private_directory(DATA_DIR, library=_read("ANIME_DIRECTORY"))
except OSError as error:
    stop("DATA_DIR", f"{DATA_DIR} cannot be used: {error.strerror}")
if not os.access(DATA_DIR, os.R_OK | os.W_OK | os.X_OK):
    stop("DATA_DIR", f"{DATA_DIR} cannot be read and written by this user")
RUN_DIR = DATA_DIR / "run"
LOG_DIR = DATA_DIR / "logs"

ANIME_DIRECTORY = directory("ANIME_DIRECTORY", _read("ANIME_DIRECTORY"))
REDIS_URL = address("REDIS_URL", _read("REDIS_URL"), ["redis", "rediss", "unix"])
HOST = listening("HOST", _read("HOST"))
PORT = _read("PORT")
if not 0 < PORT < 65536:
    stop("PORT", f"{PORT} is not a port number between 1 and 65535")
SESSION_TIMEOUT_HOURS = _read("SESSION_TIMEOUT_HOURS")
if not 1 <= SESSION_TIMEOUT_HOURS <= 87_600:
    stop("SESSION_TIMEOUT_HOURS", "must be at least 1, and at most 87600 (ten years)")
LOG_LEVEL = _read("LOG_LEVEL").upper()
if LOG_LEVEL not in LEVELS:
    stop("LOG_LEVEL", f"{LOG_LEVEL!r} is not DEBUG, INFO, WARNING, ERROR or CRITICAL")
LOG_LEVELS = log_levels("LOG_LEVELS", _read("LOG_LEVELS"))
LOG_FORMAT = _read("LOG_FORMAT").lower()
if LOG_FORMAT not in FORMATS:
    stop("LOG_FORMAT", f"{LOG_FORMAT!r} is not text or json")
ALLOW_PRIVATE_HOSTS = hosts("ALLOW_PRIVATE_HOSTS", _read("ALLOW_PRIVATE_HOSTS"))
MANIFEST_ROOTS = folders("MANIFEST_ROOTS", _read("MANIFEST_ROOTS")) or [str(DATA_DIR / "manifests")]
TRUSTED_PROXIES = networks("TRUSTED_PROXIES", _read("TRUSTED_PROXIES"))
PROXY_LOGIN_HEADER = header_name("PROXY_LOGIN_HEADER", _read("PROXY_LOGIN_HEADER"))
if PROXY_LOGIN_HEADER and not TRUSTED_PROXIES:
    stop("PROXY_LOGIN_HEADER", "counts only from TRUSTED_PROXIES, and there are none")
PROXY_LOGIN_USERS = mapping("PROXY_LOGIN_USERS", _read("PROXY_LOGIN_USERS"))

try:
    SECRET_KEY = _read("SECRET_KEY") or generated_secret(DATA_DIR, "secret_key")
    JWT_SECRET_KEY = _read("JWT_SECRET_KEY") or generated_secret(DATA_DIR, "jwt_secret_key")
except (OSError, UnicodeDecodeError) as error:
    stop("DATA_DIR", f"{DATA_DIR} cannot be used: {error}")
if len(JWT_SECRET_KEY) < 32:
    stop("JWT_SECRET_KEY", "must be at least 32 characters long")

DEBUG = False
# Names beside those that are ours by themselves: accounts.hosts, which looks before Django does.
OWN_HOSTS = host_names("ALLOWED_HOSTS", _read("ALLOWED_HOSTS"))
ALLOWED_HOSTS = ["*"]
CSRF_TRUSTED_ORIGINS = origins("CSRF_TRUSTED_ORIGINS", _read("CSRF_TRUSTED_ORIGINS"))
HTTPS_ONLY = flag("HTTPS_ONLY", _read("HTTPS_ONLY"))

BASE_PATH = base_path("BASE_PATH", _read("BASE_PATH"))
FORCE_SCRIPT_NAME = BASE_PATH or None

INSTALLED_APPS = [
    "aniworld.journal",
    "aniworld.config",
    "aniworld.events",
    "aniworld.sites",
    "accounts",
    "library",
    "downloads",
    "aniworld.system",
    "aniworld.system.schedule",
    "aniworld.system.mediaservers",
    "aniworld.system.notifications",
    "django.contrib.admin.apps.SimpleAdminConfig",  # found by urls.py: the worker needs no admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "django_htmx",
]
if "runserver" in sys.argv[1:2]:  # Daphne's runserver serves the WebSocket too
    INSTALLED_APPS.insert(0, "daphne")

MIDDLEWARE = [
    "aniworld.system.requests.RequestIdMiddleware",
    "accounts.clients.ProxyHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "aniworld.web.assets.middleware.AssetsMiddleware",
    "aniworld.web.compression.CompressionMiddleware",
    # Before whoever may answer in place of a view: refusals carry the policy too.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.middleware.PagePolicyMiddleware",
    "aniworld.pages.hosts.HostMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.TokenSessionMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "accounts.middleware.GateMiddleware",
    "accounts.middleware.RightsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "aniworld.pages.errors.AppErrorMiddleware",
]

ROOT_URLCONF = "aniworld.urls"
CSRF_FAILURE_VIEW = "aniworld.pages.errors.csrf_failure"
ASGI_APPLICATION = "aniworld.asgi.application"
APPEND_SLASH = False  # slashes at the end are optional everywhere

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SHIPPED / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "csp.context_processors.nonce",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "aniworld.pages.frame.shell",
                "aniworld.pages.keyboard.frame.keyboard",
                "aniworld.web.permissions.may",
                "aniworld.system.frame.repairs",
                "aniworld.system.notifications.frame.inbox",
            ],
            "libraries": {"assets": "aniworld.web.assets.tags"},
        },
    },
]

# SQLite: WAL without IMMEDIATE is a trap: a transaction that reads first and writes later fails at
# once when another one wrote in between, whatever the time-out.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        "PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728;"
    ),
}
_database = address("DATABASE_URL", _read("DATABASE_URL"), ["sqlite", "postgres", "postgresql"])
try:
    DATABASES = {"default": env.db_url_config(_database or f"sqlite:///{DATA_DIR / 'aniworld.db'}")}
except (ImproperlyConfigured, ValueError, KeyError) as error:
    stop("DATABASE_URL", str(error))
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    for _suffix in ("", "-wal", "-shm"):  # it may lie elsewhere than in DATA_DIR
        make_private(Path(f"{DATABASES['default']['NAME']}{_suffix}"), 0o600)
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test_aniworld.db")}
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.MaximumLengthValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.BCryptSHA256PasswordHasher"]
LOGIN_URL = "/login"

LANGUAGE_CODE = "en"
# Only what our own texts exist in: Django's would come in the browser's language, ours would not.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [SHIPPED / "locale"]
FORMAT_MODULE_PATH = "aniworld.formats"
USE_TZ = True
TIME_ZONE = time_zone("TZ", _read("TZ"))

STATIC_URL = f"{BASE_PATH}/static/"
STATICFILES_DIRS = [SHIPPED / "static"]
# In it a folder for each version, made by whoever needs it first: aniworld.web.assets.shelf.
STATIC_DIR = Path(_read("STATIC_DIR") or DATA_DIR / "static").expanduser().resolve()
os.environ["STATIC_DIR"] = str(STATIC_DIR)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "aniworld.web.assets.storage.AssetsStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Only trusted proxies get this header through to here: accounts.clients.ProxyHeadersMiddleware.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_REDIRECT_EXEMPT = [r"^ping/?$", r"^health(/ready)?/?$"]  # asked from inside the container
SECURE_HSTS_SECONDS = 31536000 if HTTPS_ONLY else 0
# Nothing but messages that find no place in their own cookie: to show them must write nothing.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS_ONLY
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = BASE_PATH or "/"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.SessionTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["aniworld.web.permissions.HasRight"],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "rest_framework.renderers.BrowsableAPIRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": ["aniworld.web.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "aniworld.web.pagination.Pages",
    "DEFAULT_SCHEMA_CLASS": "aniworld.web.schema.AnswerSchema",
    "EXCEPTION_HANDLER": "aniworld.web.api.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Aniworld",
    "DESCRIPTION": (
        "Library, queue and live view of an anime collection. "
        "Slashes at the end of an address are optional."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_PERMISSIONS": ["aniworld.web.permissions.HasRight"],
    "POSTPROCESSING_HOOKS": [],  # enumerations stand where they are used
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": f"{BASE_PATH}/favicon.ico",
    "SCHEMA_PATH_PREFIX": r"/api(/v1)?",  # what follows is the name of a group
    "REDOC_DIST": "SIDECAR",
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],  # the nonce is for the import map alone
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

keep_secret([SECRET_KEY, JWT_SECRET_KEY, *passwords_in(_database, REDIS_URL)])


def _file(name: str, **more: Any) -> dict[str, Any]:
    return {
        "class": "aniworld.console.files.SharedFile",
        "filename": str(LOG_DIR / name),
        "locks": str(RUN_DIR),
        "formatter": LOG_FORMAT,
        "filters": ["database"],
        **more,
    }


_levels = levels_of(LOG_LEVEL, LOG_LEVELS)
# Until the configuration is first read; then as it says (aniworld.config.logs).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "aniworld.console.logs.LineFormatter",
            "format": LINE,
        },
        "text": {
            "()": "aniworld.console.logs.LineFormatter",
            "format": TEXT,
        },
        "json": {"()": "aniworld.console.logs.JsonFormatter"},
    },
    "filters": {"database": {"()": "aniworld.database.troubles.OneLine"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["database"],
        },
        "app.log": _file("app.log"),
        "download.log": _file("download.log", rooms=DOWNLOADS),
        "error.log": _file("error.log", level="WARNING"),
    },
    "root": {
        "handlers": ["stderr", "app.log", "download.log", "error.log"],
        "level": _levels.pop(EVERYTHING),
    },
    "loggers": {room: {"level": level} for room, level in _levels.items()},
}
