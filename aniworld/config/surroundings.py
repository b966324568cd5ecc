"""What the environment fixes while the program runs: it is shown here, and changed elsewhere."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import gettext_noop as _

from aniworld.config.hiding import MASK, shown_address


class Fixed(NamedTuple):
    """A variable of the environment. ``is_set`` says whether it is given, or its default holds."""

    variable: str
    label: str
    value: Any
    is_set: bool


# By variable: its words, and the Django setting that has what came of it.
_VARIABLES = {
    "DATA_DIR": (_("Folder of this program's data"), "DATA_DIR"),
    "ANIME_DIRECTORY": (_("First library folder, as long as none is set here"), "ANIME_DIRECTORY"),
    "REDIS_URL": (_("Redis"), "REDIS_URL"),
    "SESSION_TIMEOUT_HOURS": (_("Hours a login lasts"), "SESSION_TIMEOUT_HOURS"),
    "HOST": (_("Address to listen on"), "HOST"),
    "PORT": (_("Port to listen on"), "PORT"),
    "BASE_PATH": (_("Path behind a proxy"), "FORCE_SCRIPT_NAME"),
    "ALLOWED_HOSTS": (_("Further names of this app"), "OWN_HOSTS"),
    "CSRF_TRUSTED_ORIGINS": (_("Further addresses of this app's pages"), "CSRF_TRUSTED_ORIGINS"),
    "TRUSTED_PROXIES": (_("Trusted proxies"), "TRUSTED_PROXIES"),
    "HTTPS_ONLY": (_("Only by HTTPS"), "SECURE_SSL_REDIRECT"),
    "TZ": (_("Time zone"), "TIME_ZONE"),
    "ALLOW_PRIVATE_HOSTS": (
        _("Hosts in your own network that may be asked"),
        "ALLOW_PRIVATE_HOSTS",
    ),
    "MANIFEST_ROOTS": (_("Folders that files of feeds may lie in"), "MANIFEST_ROOTS"),
}
_SECRETS = {
    "SECRET_KEY": _("Key that signs forms"),
    "JWT_SECRET_KEY": _("Key that signs sessions"),
}


def fixed() -> list[Fixed]:
    """Every variable, with what is in effect; no secret is in it."""
    found = [
        Fixed(name, label, _plain(getattr(settings, attribute, "")), is_set(name))
        for name, (label, attribute) in _VARIABLES.items()
    ]
    found.append(Fixed("DATABASE_URL", _("Database"), _database(), is_set("DATABASE_URL")))
    found += [Fixed(name, label, MASK, is_set(name)) for name, label in _SECRETS.items()]
    return found


def is_set(variable: str) -> bool:
    """Whether a variable is given, itself or as a file."""
    return bool(os.environ.get(variable) or os.environ.get(f"{variable}_FILE"))


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple | set | frozenset):
        return sorted(str(entry) for entry in value)
    if value is None:
        return ""
    return value if isinstance(value, bool | int) else shown_address(str(value))


def _database() -> str:
    chosen = settings.DATABASES["default"]
    kind = chosen["ENGINE"].rpartition(".")[2]
    if kind == "sqlite3":
        return f"SQLite: {chosen['NAME']}"
    return f"PostgreSQL: {chosen.get('HOST') or 'localhost'}/{chosen['NAME']}"
