"""The library folders: what is known of each, and how scans tell that nothing has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aniworld.config import store
from aniworld.web.texts import text_of
from library.models import LibraryRoot
from library.models.files import StoredMount
from library.services.roots import shown_roots


@dataclass(frozen=True, slots=True)
class MountFacts:
    """A file system that a part of a library folder lies on."""

    mount: StoredMount

    @property
    def is_trusted(self) -> bool:
        return self.mount["trusted"]

    @property
    def reason(self) -> str:
        return text_of(self.mount["reason"])


@dataclass(frozen=True, slots=True)
class PassedFacts:
    """What is passed over by its name, for one reason; the first of it."""

    reason: str
    first: list[str]


@dataclass(frozen=True, slots=True)
class FolderCard:
    """One library folder."""

    root: LibraryRoot
    full_look_days: int

    @property
    def mounts(self) -> list[MountFacts]:
        return [MountFacts(mount) for mount in self.root.mounts]

    @property
    def passed(self) -> list[PassedFacts]:
        return [PassedFacts(text_of(one["reason"]), one["first"]) for one in self.root.passed]

    @property
    def full_look_due(self) -> datetime | None:
        """From when on a scan looks at every folder and file by itself."""
        looked = self.root.full_look_at
        return looked + timedelta(days=self.full_look_days) if looked else None


@dataclass(frozen=True, slots=True)
class FoldersPage:
    folders: Sequence[FolderCard]


def folders_page() -> FoldersPage:
    days = store.load().library.full_look_days
    return FoldersPage([FolderCard(root, days) for root in shown_roots()])
