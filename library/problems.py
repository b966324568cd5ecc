"""What of the disk, or of what lies on it, could not be read. No Django: the processes of a scan
that only read use it too."""

from __future__ import annotations

from typing import Any, NamedTuple


class Problem(NamedTuple):
    """Something of the disk that could not be read as it is: where, a code, and its facts."""

    path: str
    code: str
    params: dict[str, Any] = {}
