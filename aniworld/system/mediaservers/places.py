"""What a folder of ours is called where a media server sees it. No Django."""

from __future__ import annotations

from collections.abc import Sequence

_BACKWARD = "\\"


def there(path: str, pairs: Sequence[str]) -> str:
    """The name that a folder has there.

    Args:
        path: full, as it is here.
        pairs: of the setting, each ``here=there``; the longest that fits counts, and where none
            does the folder is called as here.
    """
    best: tuple[str, str] | None = None
    for pair in pairs:
        here, _, name = pair.partition("=")
        here = here.rstrip("/") or "/"
        if _is_below(path, here) and (best is None or len(here) > len(best[0])):
            best = here, name
    if best is None:
        return path
    here, name = best
    return joined(name, path[len(here) :].strip("/"))


def joined(base: str, rest: str) -> str:
    """A folder there and what lies below it here, in the manner of that system."""
    if not rest:
        return base
    if _is_of_windows(base):
        return base.rstrip(_BACKWARD) + _BACKWARD + rest.replace("/", _BACKWARD)
    return f"{base.rstrip('/')}/{rest}"


def holds(location: str, path: str) -> bool:
    """Whether a folder of a library there is, or holds, ``path``."""
    return _is_below(_plain(path), _plain(location))


def overlap(location: str, path: str) -> bool:
    """Whether one of both holds the other."""
    return holds(location, path) or holds(path, location)


def _plain(path: str) -> str:
    """One spelling for one folder; Windows knows no capitals."""
    if _is_of_windows(path):
        path = path.replace(_BACKWARD, "/").casefold()
    return path.rstrip("/") or "/"


def _is_of_windows(path: str) -> bool:
    return path[1:3] == ":\\" or path.startswith(_BACKWARD * 2)


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder if folder.endswith("/") else f"{folder}/")
