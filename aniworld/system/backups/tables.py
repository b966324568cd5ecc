"""Which tables a backup holds, and what their columns may hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Field, ForeignKey, Model

from accounts.models import LoginTries, UserSession
from aniworld.events.models import OutboxCursor, OutboxEvent, OutboxMark
from aniworld.sites.models import ServiceDay
from library.models import CatalogueEntry, CatalogueList

# What is of this moment and this machine: who is logged in, who tried, what browsers are told just
# now, when a host may be asked and how it answers, when a job comes next, what a media server is
# still to be told, what was sent, and what sites list, which is read anew. In no backup, and no
# restore brings it. How a host answered on the days before is history, and is kept.
MOMENTARY: tuple[type[Model], ...] = (
    *(UserSession, LoginTries, OutboxEvent, OutboxMark, OutboxCursor),
    *(CatalogueEntry, CatalogueList),
    *(model for model in apps.get_app_config("sites").get_models() if model is not ServiceDay),
    *apps.get_app_config("schedule").get_models(),
    *apps.get_app_config("mediaservers").get_models(),
    *apps.get_app_config("notifications").get_models(),
)
# What the tables themselves are made with: in a backup, so that it can be brought up to date, and
# the database's own in a restore.
STRUCTURE: tuple[type[Model], ...] = (ContentType, Permission)
MIGRATIONS = MigrationRecorder.Migration._meta.db_table
_KINDS = {
    "IntegerField": "integer",
    "BooleanField": "boolean",
    "DateTimeField": "moment",
    "FloatField": "number",
    "JSONField": "json",
}
_WHOLE = ("AutoField", "IntegerField", "DurationField")


@dataclass(frozen=True, slots=True)
class Column:
    """A column and what it holds: ``integer``, ``boolean``, ``moment``, ``number``, ``json`` or
    ``text``."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    key: str

    @property
    def names(self) -> str:
        """Its columns for a statement."""
        return ", ".join(f'"{column.name}"' for column in self.columns)


def restored() -> list[Table]:
    """What a restore puts in place of what is there."""
    left_out = {*MOMENTARY, *STRUCTURE}
    return [table_of(model) for model in _models() if model not in left_out]


def kept() -> list[Table]:
    """What is in a backup beside the migrations that were done."""
    return [table_of(model) for model in _models() if model not in MOMENTARY]


def momentary() -> list[str]:
    return [model._meta.db_table for model in MOMENTARY]


def all_names() -> list[str]:
    return [model._meta.db_table for model in _models()]


def table_of(model: type[Model]) -> Table:
    meta = model._meta
    columns = tuple(Column(str(field.column), _kind(field)) for field in meta.concrete_fields)
    return Table(meta.db_table, columns, str(meta.pk.column) if meta.pk else "id")


def _models() -> Iterator[type[Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model


def _kind(field: Field[object, object]) -> str:
    while isinstance(field, ForeignKey):
        field = field.target_field
    name = field.get_internal_type()
    return "integer" if name.endswith(_WHOLE) else _KINDS.get(name, "text")
