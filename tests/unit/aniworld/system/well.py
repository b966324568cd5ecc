"""An installation to which nothing is the matter."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from aniworld.config import store
from aniworld.database import mark
from aniworld.system import backed_up
from aniworld.system.examinations import Report, examine
from downloads.models import QueueState
from library.models import LibraryRoot
from tests.factories import make_series


@dataclass
class Installation:
    """Its root is ``library``; ``patch`` makes a disk say what no disk here would."""

    library: Path
    root: LibraryRoot
    patch: pytest.MonkeyPatch

    @property
    def data(self) -> Path:
        return Path(settings.DATA_DIR)

    def configure(self, **sections: dict[str, Any]) -> None:
        def change(data: dict[str, Any]) -> None:
            for name, values in sections.items():
                data[name].update(values)

        store.update(change)

    def beat(self, **ago: float) -> None:
        """The worker gives a sign of life."""
        moment = timezone.now() - timedelta(**ago)
        QueueState.objects.update_or_create(pk=1, defaults={"heartbeat_at": moment})

    @contextmanager
    def says(self, question: str, answer: Any) -> Iterator[None]:
        """A disk answers ``os.<question>`` about the library folder with what ``answer`` makes of
        the true answer."""
        true = getattr(os, question)

        def asked(path: Any, *rest: Any, **more: Any) -> Any:
            told = true(path, *rest, **more)
            return answer(told) if str(path) == str(self.library) else told

        with self.patch.context() as patch:
            patch.setattr(os, question, asked)
            yield


def codes(report: Report) -> list[str]:
    return [finding.kind.code for finding in report.findings]


def found() -> list[str]:
    """What is the matter now."""
    return codes(examine())


def furnish(library: LibraryRoot, patch: pytest.MonkeyPatch) -> Installation:
    """Set everything up."""
    User.objects.get_or_create(username="admin", defaults={"is_staff": True, "is_superuser": True})
    here = Installation(Path(library.path), library, patch)
    here.data.chmod(0o700)
    sites = {"aniworld": {"enabled": True}}
    here.configure(providers={"sites": sites}, downloads={"min_free_mb": 0})
    mark.make()
    copy = here.data / "copy.db"
    copy.write_bytes(b"x")
    backed_up.made(copy)
    make_series("Show", present=1)
    # However slow the machine is that the test runs on.
    patch.setattr("downloads.models.LEASE", timedelta(hours=1))
    here.beat()
    # The transaction of a test holds the database itself.
    patch.setattr("aniworld.database.examination.writing_trouble", lambda: None)
    return here
