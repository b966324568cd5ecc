"""The base of every error the product raises on purpose.

``aniworld.web.api`` is the only place that turns these into HTTP answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, ClassVar

from aniworld.web import texts
from providers.coded import Coded, CodedError, gettext_noop


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field a caller must mend: what is wrong with it as a code with parameters."""

    field: str
    code: str
    params: Mapping[str, Any] = dataclass_field(default_factory=dict)

    @property
    def detail(self) -> str:
        """The sentence, in the reader's language."""
        return texts.text(self.code, self.params)

    def as_json(self) -> Coded:
        """What is wrong, without the field."""
        return {"code": self.code, "params": dict(self.params)}


class AppError(CodedError):
    """An error that is told to the owner.

    ``status`` is the HTTP status it maps to, ``permanent`` says that trying again unchanged cannot
    help. ``errors`` names the fields that must be mended.
    """

    status = 400
    permanent = True

    def __init__(self, *, errors: Sequence[FieldError] = (), **params: Any) -> None:
        super().__init__(**params)
        self.errors = tuple(errors)


class DatabaseUnusable(AppError):
    """The database is away, locked, full, damaged or lost; nothing was changed."""

    code = "database_unusable"
    status = 503
    permanent = False
    retry_after = 5.0  # seconds
    texts: ClassVar = {
        "unprepared": gettext_noop(
            "The database has no tables yet. Start the product once (make run), or run: "
            "manage.py migrate"
        ),
        "older": gettext_noop(
            "The tables of the database are those of an earlier version. Start the product anew "
            "(make run), or run: manage.py migrate"
        ),
        "later": gettext_noop(
            "The database was written by a later version of Aniworld. Update Aniworld, or restore "
            "a backup from before."
        ),
        "others": gettext_noop(
            "The tables of the database are not those that Aniworld has made: some are missing, or "
            "are another program's. Restore a backup, or mend DATABASE_URL."
        ),
        "locked": gettext_noop(
            "Another process holds the database. End that, or wait until it is done."
        ),
        "readonly": gettext_noop(
            "The database cannot be written. Let this user write the file and the folder it lies "
            "in."
        ),
        "closed": gettext_noop(
            "The database cannot be opened. Is its folder there, and may this user write in it?"
        ),
        "damaged": gettext_noop(
            "The database is damaged, or is none. Stop Aniworld and restore a backup; "
            "docs/backups.md says how."
        ),
        "lost": gettext_noop(
            "The database is empty, though this installation was set up before: it is lost, or "
            "another one. Restore a backup, or mend DATABASE_URL. To begin anew without it, delete "
            "the file set_up in DATA_DIR."
        ),
        "full": gettext_noop(
            "The disk of the database is full. Make room on it; nothing else needs to be done."
        ),
        "disk": gettext_noop("The disk of the database answers with an error. Is it all right?"),
        "password": gettext_noop(
            "The database lets nobody in. Check user and password in DATABASE_URL."
        ),
        "crowded": gettext_noop(
            "The database has no connection left. End other programs that use it, or raise "
            "max_connections of PostgreSQL."
        ),
        "unreached": gettext_noop(
            "The database cannot be reached. Is its server running, and DATABASE_URL right?"
        ),
    }
