"""When the database was backed up last: kept in DATA_DIR, as it must outlive the database."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Min
from django.utils import timezone

from aniworld.config.files import write_atomically

log = logging.getLogger(__name__)

NAME = "last_backup.json"
_MOST_BYTES = 10_000


@dataclass(frozen=True, slots=True)
class Backups:
    """``made_at`` is the last good one (ISO 8601), ``failure`` what the last try failed with;
    empty where there was none."""

    made_at: str = ""
    path: str = ""
    size: int = 0
    failure: str = ""

    @property
    def made(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self.made_at) if self.made_at else None
        except ValueError:
            return None


def known() -> Backups:
    """What is known. A file that cannot be read knows nothing."""
    try:
        with _path().open("rb") as file:
            told = json.loads(file.read(_MOST_BYTES))
        return Backups(**{name: told[name] for name in Backups.__dataclass_fields__})
    except (OSError, ValueError, TypeError, KeyError):
        return Backups()


def set_up_at() -> datetime | None:
    """When there was something to be backed up first: the first user."""
    first: datetime | None = User.objects.aggregate(first=Min("date_joined"))["first"]
    return first


def note() -> Path:
    """The file that is there while a backup is made or restored, and longer where that was
    interrupted."""
    return Path(settings.DATA_DIR) / "backups" / ".under-way.json"


def drafts() -> Iterator[Path]:
    """What is left of writing such files where the process was ended within; for whoever is alone
    with the backups."""
    for file in (_path(), note()):
        yield from file.parent.glob(f".{file.name}.*")


def made(path: Path) -> None:
    """Keep that a good backup lies there now."""
    now = timezone.now().isoformat()
    _keep(Backups(made_at=now, path=str(path), size=path.stat().st_size))


def failed(reason: str) -> None:
    """Keep that the last try has failed; the last good one stays known."""
    before = known()
    _keep(Backups(before.made_at, before.path, before.size, failure=reason))


def _keep(backups: Backups) -> None:
    content: dict[str, Any] = asdict(backups)
    try:
        write_atomically(_path(), (json.dumps(content) + "\n").encode())
    except OSError as error:  # the backup is as good without it
        log.warning("%s cannot be written: %s", _path(), error.strerror)


def _path() -> Path:
    return Path(settings.DATA_DIR) / NAME
