"""What the API of the configuration answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, TypedDict

from django.utils.translation import gettext

from aniworld.config import services
from aniworld.config.changes import FieldChange, changes_between, changes_in
from aniworld.config.codec import plain
from aniworld.config.description import explained
from aniworld.config.folders import Folder as FoundFolder
from aniworld.config.folders import Listing as FoundListing
from aniworld.config.json_schema import config_schema, exported_schema, section_schemas
from aniworld.config.listing import Listed
from aniworld.config.masking import masked
from aniworld.config.schema import Config
from aniworld.config.sections import labels_of
from aniworld.config.surroundings import Fixed
from aniworld.journal.models import Entry
from aniworld.web.errors import FieldError
from aniworld.web.shapes import Described, FieldFault
from aniworld.web.texts import Told, told_of

WholeConfig = Annotated[dict[str, Any], Described(config_schema)]
ExportedConfig = Annotated[dict[str, Any], Described(exported_schema)]
SectionValues = Annotated[dict[str, Any], Described(section_schemas)]


class ChangedField(TypedDict):
    """A setting that differs; null where it is not there at all."""

    field: Annotated[str, "With dots: `downloads.overwrite`."]
    label: str
    before: Annotated[Any, "Secrets are masked."]
    after: Annotated[Any, "Secrets are masked."]


class ConfigChange(TypedDict):
    """What a change came to, or would come to."""

    applied: Annotated[bool, "False after `dry_run`, and where nothing differs."]
    version: int
    changes: list[ChangedField]
    config: Annotated[WholeConfig, "The configuration afterwards, secrets masked."]
    entry: Annotated[
        str | None, "That of the journal: `POST /api/journal/{entry}/undo` takes the change back."
    ]


class ConfigVerdict(TypedDict):
    """Whether a change would be taken."""

    valid: bool
    errors: Annotated[list[FieldFault], "The fields that must be mended."]
    changes: Annotated[list[ChangedField], "What would change; empty where it is not valid."]


class ListedSetting(TypedDict):
    """One setting, with all that a form needs."""

    field: Annotated[str, "With dots: `downloads.overwrite`."]
    section: str
    label: str
    help: str
    unit: str
    value: Annotated[Any, "Secrets are masked."]
    default: Any
    is_default: bool
    locked_by: Annotated[
        str | None, "The variable of the environment whose value counts in place of this one."
    ]
    locked_value: Any


class FixedValue(TypedDict):
    """What the environment fixes, and no request changes."""

    variable: str
    label: str
    value: Annotated[Any, "Secrets are masked."]
    is_set: Annotated[bool, "False: the default."]


class ConfigBackup(TypedDict):
    """A copy of the configuration."""

    name: str
    made_at: datetime
    size: Annotated[int, "In bytes."]
    version: Annotated[int | None, "Of the configuration; null where it cannot be read."]
    problem: Annotated[Told | None, "Why it cannot be read."]


class Folder(TypedDict):
    """A folder of the server."""

    name: str
    path: str
    owner: Annotated[str, "The user it belongs to; empty where nobody can say."]
    readable: Annotated[bool, "By this program."]
    writable: Annotated[bool, "By this program."]
    free_bytes: int | None
    total_bytes: int | None
    file_system: Annotated[str, "As the system calls it; empty where nobody can say."]
    problem: Annotated[Told | None, "Why nothing is known of it."]


class FolderListing(TypedDict):
    """A folder, and those in it that a library may lie in."""

    folder: Folder
    parent: Annotated[str | None, "The path of the folder around it."]
    folders: Annotated[list[Folder], "At most 500, by name."]
    more: Annotated[int, "How many others there are."]
    starts: Annotated[list[str], "Where to begin: the root, and what is mounted."]


def whole(config: Config) -> dict[str, Any]:
    """The configuration as it may be shown to anyone."""
    shown: dict[str, Any] = masked(plain(config))
    return shown


def changed_fields(changes: Sequence[FieldChange]) -> list[ChangedField]:
    return [
        {"field": one.field, "label": label_of(one.field), "before": one.before, "after": one.after}
        for one in changes
    ]


def label_of(field: str) -> str:
    """What a field is called, in the reader's language: ``Downloads › Overwrite``."""
    return " › ".join(gettext(label) for label in labels_of(field))


def config_change(config: Config, noted: Sequence[Entry]) -> ConfigChange:
    """Args: noted: what was written into the journal; nothing where nothing was done."""
    changes = changes_in(noted[-1].before, noted[-1].after) if noted else []
    return _change(config, changes, noted)


def config_outlook(before: Config, after: Config) -> ConfigChange:
    """What a change would come to. Its version would be the next, if anything differs."""
    return _change(after, changes_between(before, after), ())


def _change(config: Config, changes: Sequence[FieldChange], noted: Sequence[Entry]) -> ConfigChange:
    return {
        "applied": bool(noted),
        "version": config.version,
        "changes": changed_fields(changes),
        "config": whole(config),
        "entry": str(noted[-1].pk) if noted else None,
    }


def faults(errors: Sequence[FieldError]) -> list[FieldFault]:
    return [{"field": one.field, **one.as_json(), "detail": one.detail} for one in errors]


def listed_setting(listed: Listed) -> ListedSetting:
    known = listed.member.setting
    return {
        "field": listed.field,
        "section": listed.section.name,
        "label": gettext(known.label),
        "help": explained(known),
        "unit": gettext(known.unit) if known.unit else "",
        "value": listed.value,
        "default": listed.default,
        "is_default": listed.is_default,
        "locked_by": listed.variable or None,
        "locked_value": listed.stands_in,
    }


def fixed_value(one: Fixed) -> FixedValue:
    return {
        "variable": one.variable,
        "label": gettext(one.label),
        "value": one.value,
        "is_set": one.is_set,
    }


def backup(one: services.Backup) -> ConfigBackup:
    return {
        "name": one.name,
        "made_at": one.made_at,
        "size": one.size,
        "version": one.version,
        "problem": told_of(one.problem) if one.problem else None,
    }


def folder(found: FoundFolder) -> Folder:
    return {
        "name": found.name,
        "path": found.path,
        "owner": found.owner,
        "readable": found.readable,
        "writable": found.writable,
        "free_bytes": found.free,
        "total_bytes": found.total,
        "file_system": found.kind,
        "problem": told_of(found.problem) if found.problem else None,
    }


def folder_listing(found: FoundListing, starts: list[str]) -> FolderListing:
    return {
        "folder": folder(found.folder),
        "parent": found.parent,
        "folders": [folder(one) for one in found.inner],
        "more": found.more,
        "starts": starts,
    }
