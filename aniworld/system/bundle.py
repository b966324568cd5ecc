"""The support bundle: what somebody who helps needs to know, without secrets and personal paths."""

from __future__ import annotations

import getpass
import io
import json
import platform
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F

from aniworld.config import codec, store
from aniworld.config.errors import ConfigError
from aniworld.config.masking import masked
from aniworld.console.secrets import scrubbed
from aniworld.database import troubles
from aniworld.system import logs, watch
from aniworld.system.facts import system
from aniworld.system.repairs import diagnosis
from aniworld.web.errors import DatabaseUnusable
from downloads.models import DownloadQueueItem
from library.models import AnimeSeries, ScanOperation

LOG_BYTES = 500_000
ERRORS = 50
_SHORTEST_PATH = 4  # "/" and the like stand everywhere


def parts() -> dict[str, str]:
    """The files of the bundle by name, as they may be shown to anybody who helps.

    What cannot be found out says why instead.
    """
    made = {
        "doctor.json": _json(diagnosis(watch.look())),
        "system.json": _system(),
        "config.json": _config(),
        "errors.json": _errors(),
        **{f"{name}.log": logs.end_of(name, most_bytes=LOG_BYTES) for name in logs.FILES},
    }
    hidden = _personal()
    return {name: impersonal(text, hidden) for name, text in made.items()}


def zipped(files: Mapping[str, str]) -> bytes:
    """The files as one zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"aniworld-support/{name}", text)
    return buffer.getvalue()


def impersonal(text: str, hidden: Mapping[str, str]) -> str:
    """The text without secrets, and with a word in place of each of these."""
    for value in sorted(hidden, key=len, reverse=True):
        text = text.replace(value, hidden[value])
    return scrubbed(text)


def _personal() -> dict[str, str]:
    """Paths and names that say who somebody is, with what stands for each. JSON writes them in its
    own way."""
    found = {str(Path.home()): "<home>", str(settings.DATA_DIR): "<data>"}
    found[str(settings.PROJECT_DIR)] = "<program>"
    found[platform.node()] = "<machine>"
    try:
        config = store.load()
    except ConfigError:
        config = None
    if config is not None:
        for number, path in enumerate(config.library.directories, 1):
            found[path] = f"<library {number}>"
        for number, path in enumerate(config.library.link_targets, 1):
            found[path] = f"<link target {number}>"
    if settings.ANIME_DIRECTORY:
        found.setdefault(str(Path(settings.ANIME_DIRECTORY).absolute()), "<library 1>")
    if file := troubles.database_file():
        found.setdefault(str(file.parent), "<database>")
    found[f"/home/{_user()}"] = "<home>"
    found |= {json.dumps(value)[1:-1]: word for value, word in found.items()}
    return {value: word for value, word in found.items() if len(value) >= _SHORTEST_PATH}


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number that has no name
        return ""


def _system() -> str:
    try:
        return _json(system())
    except (*troubles.DATABASE_ERRORS, DatabaseUnusable, ConfigError) as error:
        return _json({"error": str(error)})


def _config() -> str:
    try:
        return _json(masked(codec.plain(store.load())))
    except ConfigError as error:
        return _json({"error": str(error)})


def _errors() -> str:
    """The last errors of items, series and scans, as codes with their parameters."""
    try:
        return _json(
            {
                "items": _coded(DownloadQueueItem.objects.all(), "updated_at"),
                "series": _coded(AnimeSeries.objects.all(), "asked_at"),
                "scans": _coded(ScanOperation.objects.all(), "started_at"),
            }
        )
    except troubles.DATABASE_ERRORS as error:
        return _json({"error": str(error)})


def _coded(rows: Any, moment: str) -> list[dict[str, Any]]:
    wanted = rows.exclude(error_code="").order_by(F(moment).desc(nulls_last=True))
    return list(wanted.values(moment, "error_code", "error_params")[:ERRORS])


def _json(said: object) -> str:
    return json.dumps(said, indent=2, ensure_ascii=False, default=str) + "\n"
