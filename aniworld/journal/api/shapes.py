"""The JSON of the journal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, TypedDict

from aniworld.journal.chain import Report
from aniworld.journal.choices import ActorKind, Turn
from aniworld.journal.models import Entry
from aniworld.journal.report import fault_text
from aniworld.journal.services import may_undo
from aniworld.web import texts
from aniworld.web.shapes import OneOf
from aniworld.web.texts import Told


class Person(TypedDict):
    """Somebody who can act. Before the login a person has no id, and the address as name."""

    kind: Annotated[str, OneOf(ActorKind)]
    id: str
    name: str


class EntryActor(Person):
    """Who wrote."""

    origin: Annotated[Person | None, "Who set it going: the person who started a scan."]


class EntryObject(TypedDict):
    """What was acted on."""

    type: str
    id: Annotated[str, "What finds it again: the key of a series; empty where there is but one."]
    name: str


class JournalEntry(TypedDict):
    """One act."""

    id: str
    at: datetime
    actor: EntryActor
    action: Annotated[str, "A stable code: `series.removed`."]
    text: Annotated[str, "The action in words."]
    object: EntryObject
    before: Annotated[dict[str, Any], "What differs, as it was."]
    after: Annotated[dict[str, Any], "The same, as it is since."]
    reason: Told | None
    turn: Annotated[
        str,
        OneOf(Turn),
        "`UNDONE`: it took back another act. `REDONE`: it took back such an undo.",
    ]
    can_be_undone: Annotated[bool, "By whoever asks."]
    undo_until: Annotated[datetime | None, "Null: for as long as the entry is kept."]
    undone_at: datetime | None
    undone_by: Annotated[str | None, "The entry of undoing it."]


class AuditFault(TypedDict):
    """Where the audit part is not as it was written."""

    kind: Annotated[str, OneOf(["changed", "missing", "end_missing"])]
    number: Annotated[int, "Of the line, or of the first of them."]
    until: Annotated[int, "Of the last of them; 0 where it is one."]
    text: str


class Audit(TypedDict):
    """The audit part of the journal: logins, keys, settings, removals."""

    is_whole: Annotated[bool, "Whether no line was removed or changed."]
    count: int
    first: Annotated[int, "The number of the first line that is kept; 0 where there is none."]
    newest: int
    digest: Annotated[str, "Of the newest line. Note it elsewhere."]
    faults: list[AuditFault]


def audit(report: Report) -> Audit:
    faults: list[AuditFault] = [
        {"kind": f.kind, "number": f.number, "until": f.until, "text": fault_text(f)}
        for f in report.faults
    ]
    return {
        "is_whole": report.is_whole,
        "count": report.count,
        "first": report.first,
        "newest": report.newest,
        "digest": report.digest,
        "faults": faults,
    }


def entries(page: Sequence[Entry]) -> list[JournalEntry]:
    return [journal_entry(entry) for entry in page]


def journal_entry(entry: Entry) -> JournalEntry:
    return {
        "id": str(entry.pk),
        "at": entry.at,
        "actor": _actor(entry),
        "action": entry.action,
        "text": texts.text(entry.action, entry.params),
        "object": {"type": entry.object_type, "id": entry.object_id, "name": entry.object_name},
        "before": entry.before,
        "after": entry.after,
        "reason": entry.reason,
        "turn": entry.turn,
        "can_be_undone": may_undo(entry),
        "undo_until": entry.undo_until,
        "undone_at": entry.undone_at,
        "undone_by": None if entry.undone_by_id is None else str(entry.undone_by_id),
    }


def _actor(entry: Entry) -> EntryActor:
    origin: Person | None = None
    if entry.origin_kind:
        origin = {
            "kind": entry.origin_kind,
            "id": entry.origin_id,
            "name": entry.origin_name,
        }
    return {
        "kind": entry.actor_kind,
        "id": entry.actor_id,
        "name": entry.actor_name,
        "origin": origin,
    }
