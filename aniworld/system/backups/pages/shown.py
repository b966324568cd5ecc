"""What the pages of the backups show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from aniworld.system.backups import services, shelf, words
from aniworld.system.backups.comparing import Difference
from aniworld.system.backups.errors import BackupError
from aniworld.system.backups.manifest import Manifest
from aniworld.system.backups.shelf import Backup, Kind
from aniworld.system.backups.words import Change
from aniworld.web.display import size
from aniworld.web.texts import text_of


@dataclass(frozen=True, slots=True)
class BackupCard:
    """One backup, for a person."""

    backup: Backup

    @property
    def name(self) -> str:
        return self.backup.name

    @property
    def kind(self) -> str:
        return {
            Kind.MADE: _("Backup"),
            Kind.SAFETY: _("Kept before a restore"),
            Kind.UPLOADED: _("Uploaded"),
        }[self.backup.kind]

    @property
    def made_at(self) -> datetime:
        manifest = self.backup.manifest
        return manifest.made_at if manifest else self.backup.shelved_at

    @property
    def size(self) -> str:
        return size(self.backup.size)

    @property
    def manifest(self) -> Manifest | None:
        return self.backup.manifest

    @property
    def series(self) -> int:
        return self._counted("series")

    @property
    def files(self) -> int:
        return self._counted("files")

    def _counted(self, what: str) -> int:
        """By the backup's own word; another version, or a stranger, may not have counted it."""
        return self.backup.manifest.counts.get(what, 0) if self.backup.manifest else 0

    @property
    def error(self) -> str:
        return text_of(self.backup.error) if self.backup.error else ""


@dataclass(frozen=True, slots=True)
class BackupsPage:
    backups: Sequence[BackupCard]
    directory: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class BackupPage:
    """A backup beside what is here; ``error`` says why it cannot be restored."""

    card: BackupCard
    found: Difference | None
    error: str = ""

    @property
    def amounts(self) -> list[Change]:
        return words.amounts(self.found) if self.found else []

    @property
    def settings(self) -> list[Change]:
        return words.settings(self.found) if self.found else []

    @property
    def notes(self) -> list[str]:
        return words.notes(self.found) if self.found else []

    @property
    def is_of_another(self) -> bool:
        """Whether it is from another installation: its users, and their passwords, come with it."""
        manifest = self.card.manifest
        return manifest is not None and not manifest.is_ours


def backups_page(*, error: str = "") -> BackupsPage:
    return BackupsPage(
        backups=[BackupCard(found) for found in shelf.newest_first()],
        directory=str(shelf.directory()),
        error=error,
    )


def backup_page(name: str) -> BackupPage:
    """Raises ``BackupNotFound``."""
    card = BackupCard(shelf.one(name))
    try:
        return BackupPage(card, services.difference(name))
    except BackupError as error:
        return BackupPage(card, None, text_of(error))
