"""Checks of single values: each returns what is wrong with a value, or None."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from itertools import pairwise
from os.path import normpath
from pathlib import PurePath, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

Check = Callable[[Any], str | None]

NAMING_TOKENS = frozenset({"name", "year", "season", "episode", "title", "language", "key"})


def between(low: float, high: float) -> Check:
    """Pass numbers from ``low`` to ``high``, both included."""

    def check(value: Any) -> str | None:
        return None if low <= value <= high else f"Must lie between {low} and {high}."

    return check


def each(check: Check) -> Check:
    """Apply ``check`` to every entry of a list; entries must differ."""

    def check_all(values: Any) -> str | None:
        problems = [f"{value}: {problem}" for value in values if (problem := check(value))]
        if not problems and len(set(values)) != len(values):
            problems = ["Lists the same entry twice."]
        return " ".join(problems) or None

    return check_all


def folders(values: Any) -> str | None:
    """Pass full paths of which none is, or lies in, another: their files would count twice."""
    if problem := each(absolute_path)(values):
        return problem
    paths = sorted(PurePath(normpath(value)) for value in values)
    for outer, inner in pairwise(paths):
        if inner == outer:
            return f"Lists {inner} twice."
        if inner.is_relative_to(outer):
            return f"{inner} lies in {outer}, which is a library folder already."
    return None


def keys(check: Check) -> Check:
    """Apply ``check`` to the keys of a mapping."""
    return lambda values: each(check)(list(values))


def optional(check: Check) -> Check:
    """Pass the empty string, apply ``check`` to anything else."""
    return lambda value: check(value) if value else None


def filled(value: Any) -> str | None:
    return None if value.strip() else "Must not be empty."


def name(value: Any) -> str | None:
    good = re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,49}", value)
    return None if good else "Must be a name of lower-case letters, digits, - and _."


def absolute_path(value: Any) -> str | None:
    if "\0" in value or not PurePath(value).is_absolute():
        return "Must be a full path, beginning with /."
    return None


def web_address(value: Any) -> str | None:
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bad port or a bad IPv6 address
        good = False
    return None if good else "Must be an address that begins with http:// or https://."


def naming_template(value: Any) -> str | None:
    try:
        parts = [part[1:] for part in string.Formatter().parse(value) if part[1] is not None]
    except ValueError as error:
        return f"Cannot be read: {error}."
    tokens = {str(token) for token, _, _ in parts}
    if unknown := tokens - NAMING_TOKENS:
        return f"Knows no {{{min(unknown)}}}; there are {', '.join(sorted(NAMING_TOKENS))}."
    if not {"season", "episode"} <= tokens:
        return "Must contain {season} and {episode}, or files would overwrite each other."
    if any(conversion or not re.fullmatch(r"0?\d?", width or "") for _, width, conversion in parts):
        return "After the name of a token only a width may stand, as in {season:02}."
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts:
        return "Must stay inside the library: no leading / and no '..'."
    return None
