"""Sources whose file was refused for a fault of its own: an item asks none of them a second time.

They are kept in the item's work folder, over its tries and restarts, and go with it: once the item
has failed, whoever tries it again asks them anew.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from downloads.transfer.places import own_file

NAME = "refused.json"
MOST = 100  # sources; no episode has as many
LARGEST = 200_000  # bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """One source, and what is wrong with what it delivered.

    Attributes:
        source: its identity.
        code: of the error, as ``params`` are its facts.
    """

    source: str
    hoster: str
    language: str
    code: str
    params: Mapping[str, Any]

    def tried(self) -> dict[str, Any]:
        """As ``AllSourcesFailed`` names what happened to a source."""
        return {
            "hoster": self.hoster,
            "language": self.language,
            "stage": "check",
            "code": self.code,
            "params": self.params,
        }


def read(work_dir: Path) -> tuple[Refused, ...]:
    """Those that are kept in a work folder. What cannot be read of them is asked anew.

    Raises:
        OSError: the disk does not answer as it should.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(own_file(work_dir / NAME), flags)
    except FileNotFoundError:
        return ()
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return ()
        return _parsed(file.read(LARGEST + 1))


def add(work_dir: Path, refused: Refused) -> None:
    """Keep one more, in one step: a crash leaves the old ones or all of them.

    Raises:
        OSError: the disk does not take it.
    """
    kept = [one for one in read(work_dir) if one.source != refused.source]
    content = json.dumps([asdict(one) for one in (*kept, refused)][-MOST:])
    draft = own_file(work_dir / f"{NAME}.new")
    with draft.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(work_dir / NAME)


def _parsed(content: bytes) -> tuple[Refused, ...]:
    """The disk is shared with others: what is no list of ours says nothing."""
    if len(content) > LARGEST:
        return ()
    try:
        return tuple(_checked(**entry) for entry in json.loads(content)[:MOST])
    except (ValueError, TypeError, LookupError, RecursionError):
        return ()


def _checked(source: str, hoster: str, language: str, code: str, params: Any) -> Refused:
    if not all(isinstance(text, str) for text in (source, hoster, language, code)):
        raise TypeError(source)
    return Refused(source, hoster, language, code, dict(params))
