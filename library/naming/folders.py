"""Names of series folders: made from titles, or given by people."""

from __future__ import annotations

import re
import unicodedata

from library.naming.paths import from_stored, to_stored

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
MAX_BYTES = 255


def folder_name(name: str, year: int | None) -> str:
    """Return ``Name (year)`` as every file system takes it, at most 255 bytes long."""
    suffix = f" ({year})" if year and not name.rstrip().endswith(f"({year})") else ""
    plain = _FORBIDDEN.sub(" ", unicodedata.normalize("NFC", name))
    plain = " ".join(plain.split()).strip(" .")
    if not plain or _RESERVED.match(plain):
        plain = f"_{plain}"
    return _shortened(plain, MAX_BYTES - len(suffix)).rstrip(" .") + suffix


def folder_problem(folder: str) -> str:
    """Say why ``folder`` (stored form) names no directory under a root; empty if it does."""
    reason = _problem(from_stored(folder))
    if not reason and to_stored(from_stored(folder)) != folder:
        reason = "A backslash in the folder's name must be written twice."
    return reason


def _problem(folder: str) -> str:
    if not folder.strip():
        return "The folder's name is empty."
    if "/" in folder or "\0" in folder or folder in {".", ".."}:
        return "The folder must be one directory directly under the library folder."
    if folder.startswith("."):
        return "A scan does not look into folders that begin with a dot."
    if len(folder.encode(errors="surrogateescape")) > MAX_BYTES:
        return f"The folder's name is longer than {MAX_BYTES} bytes."
    return ""


def _shortened(text: str, limit: int) -> str:
    while len(text.encode()) > limit:
        text = text[:-1]
    return text
