"""Writing into the journal, and taking back what it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from aniworld.journal import chain
from aniworld.journal.actors import Actor, current_actor, demand
from aniworld.journal.choices import Action, Turn
from aniworld.journal.entries import JournalAction
from aniworld.journal.errors import (
    AlreadyUndone,
    ChangedSince,
    EntryNotFound,
    InTheWay,
    NotInTransaction,
    NotUndoable,
    UndoRefused,
    UndoTooLate,
)
from aniworld.journal.models import Entry, EntryQuerySet, is_audited
from aniworld.web.errors import AppError
from aniworld.web.later import Later
from aniworld.web.rights import Right
from providers.coded import Coded

KEEP_FOR = timedelta(days=365)
MOST_ENTRIES = 200_000
TRIM_EVERY = 200
# More than are added between two trims, so that a journal that is too long gets shorter.
TRIM_AT_ONCE = 2 * TRIM_EVERY
NAMED_IDS = 100

UndoFunction = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Subject:
    """What was acted on. ``id`` is what finds it again: a series' key, an item's id."""

    type: str
    id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Undo:
    """How an act is taken back: a function registered under ``name``, and what it is called with.

    ``lasts``: for how long; None = for as long as the entry is kept.
    """

    name: str
    arguments: Mapping[str, Any]
    lasts: timedelta | None = None


@dataclass(frozen=True, slots=True)
class _Registered:
    function: UndoFunction
    takes: Right
    is_dated: bool


_functions: dict[str, _Registered] = {}
undoing = Later()  # the modules that register such functions
_noted: ContextVar[tuple[list[Entry], ...]] = ContextVar("noted", default=())


def record(
    action: Action,
    *,
    on: Subject,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: Coded | None = None,
    undo: Undo | None = None,
) -> Entry:
    """Write what is being done, in the transaction that does it, as done by the current actor.

    Call it before the events of the same change: those make other publishers wait.

    Args:
        action: of the room's ``entries.py``.
        before, after: what differs, as JSON; lists of ids by way of :func:`listed`. No secrets.
        reason: why, with its sentence registered as that of the action.

    Raises:
        NoActor: an edge has not said who acts.
        NotInTransaction: there is no transaction around the change and its entry.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(action=action.value)
    entry = Entry(
        **_actor_columns(current_actor()),
        action=action.value,
        object_type=on.type,
        object_id=on.id[:255],
        object_name=on.name[:500],
        before=dict(before or {}),
        after=dict(after or {}),
        **Entry.reason.values(reason),
        **_undo_columns(undo),
    )
    if is_audited(entry.action):
        chain.link(entry)
    entry.save(force_insert=True)
    if entry.pk % TRIM_EVERY == 0:
        trim()
    for noted in _noted.get():
        noted.append(entry)
    return entry


@contextmanager
def noting() -> Iterator[list[Entry]]:
    """Note what is recorded inside, for whoever must name it: an undo address, an answer."""
    entries: list[Entry] = []
    token = _noted.set((*_noted.get(), entries))
    try:
        yield entries
    finally:
        _noted.reset(token)


def listed(ids: Sequence[object]) -> dict[str, Any]:
    """Many ids as an entry holds them: the first hundred, and how many there are."""
    return {"ids": [str(one) for one in ids[:NAMED_IDS]], "count": len(ids)}


def register_undo(
    name: str, function: UndoFunction, *, takes: Right = Right.OWN, is_dated: bool = False
) -> None:
    """Let ``function`` take back the entries whose handle is called ``name``.

    Called by a module that the app has added to ``undoing``. The function gets the handle's
    arguments by name, runs in a transaction and does its work by way of services, which record it;
    it raises an ``AppError`` where it cannot.

    Args:
        takes: the right it takes: that of doing the same by hand.
        is_dated: the function gets ``since`` as well, the id of the entry that it takes back: for
            whoever must ask the journal what has happened after it.
    """
    _functions[name] = _Registered(function, takes, is_dated)


def may_undo(entry: Entry) -> bool:
    """Whether the one who acts can still take an entry back, as far as the journal knows."""
    undoing.load()
    known = _functions.get(entry.undo["name"]) if entry.undo else None
    return known is not None and entry.can_be_undone and current_actor().right >= known.takes


def undo(*, entry_id: int) -> Entry:
    """Take back what an entry reports. Returns the entry of doing so, which may be undone in turn.

    Raises:
        EntryNotFound: there is none of that id.
        NotAllowed: it is not the right of the one who acts.
        NotUndoable, AlreadyUndone, UndoTooLate, ChangedSince, InTheWay: why it cannot be undone
        (any more, or now).
    """
    with transaction.atomic():
        entry = Entry.objects.filter(pk=entry_id).first()
        if entry is None:
            raise EntryNotFound(entry=entry_id)
        done = _taken_back(entry)
        # At the end: whoever undoes by another way locks its own rows first, the journal's last.
        mark_undone(Entry.objects.filter(pk=entry.pk), by=done[-1])
        if not Entry.objects.filter(pk=entry.pk, undone_by__in=done).exists():
            raise AlreadyUndone
        _turn_all(done)
    return done[-1]


def mark_undone(entries: EntryQuerySet, *, by: Entry) -> int:
    """Note on entries that are not undone yet that ``by`` did it; returns how many they were."""
    left = entries.filter(undone_at=None)
    turn = left.newest_first().values_list("turn", flat=True).first()
    if turn is None:
        return 0
    by.turn = Turn.REDONE if turn == Turn.UNDONE else Turn.UNDONE
    Entry.objects.filter(pk=by.pk).update(turn=by.turn)
    return left.update(undone_at=timezone.now(), undone_by=by)


def trim() -> None:
    """Delete entries that are too old or too many, the oldest first and a few at a time."""
    newest = Entry.objects.newest_first().values_list("pk", flat=True).first() or 0
    others = Entry.objects.filter(number=None)  # of the audit part the oldest go together
    oldest = others.order_by("pk").values_list("pk", "at")[:TRIM_AT_ONCE]
    too_old, beyond = timezone.now() - KEEP_FOR, newest - MOST_ENTRIES
    gone = [pk for pk, at in oldest if pk <= beyond or at < too_old]
    if gone:
        Entry.objects.filter(pk__in=gone).delete()


def forget(*, older_than: timedelta) -> int:
    """Delete what of the audit part is older than that, and say so in it: the rest can still be
    checked. Returns how many entries went."""
    limit = timezone.now() - older_than
    if chain.oldest_to_keep(limit) is None:
        return 0  # nearly always: nobody has to wait for the writers of the database then
    with transaction.atomic():
        last = chain.oldest_to_keep(limit)
        if last is None:
            return 0  # another process was faster
        gone = chain.remove_up_to(last)
        told = {"count": gone, "number": last.number, "digest": last.digest}
        record(JournalAction.FORGOTTEN, on=Subject("journal"), after=told)
    return gone


def _taken_back(entry: Entry) -> list[Entry]:
    """What was recorded by calling the handle of an entry. Raises why it cannot be called."""
    function = _function_of(entry)
    try:
        with noting() as done:
            function()
    except UndoRefused:
        raise
    except AppError as error:
        raise InTheWay(cause=error) from error
    if not done:
        raise ChangedSince
    return done


def _turn_all(done: Sequence[Entry]) -> None:
    """What was recorded by one undo has one turn: none of it is an act of its own."""
    turn = next((one.turn for one in done if one.turn != Turn.DONE), Turn.DONE)
    others = [one for one in done if one.turn != turn]
    for one in others:
        one.turn = turn
    if others:
        Entry.objects.filter(pk__in=[one.pk for one in others]).update(turn=turn)


def _function_of(entry: Entry) -> Callable[[], object]:
    if entry.undone_at is not None:
        raise AlreadyUndone
    undoing.load()
    if entry.undo is None or entry.undo["name"] not in _functions:
        raise NotUndoable
    if not entry.can_be_undone:
        raise UndoTooLate
    registered = _functions[entry.undo["name"]]
    demand(registered.takes)
    dated = {"since": entry.pk} if registered.is_dated else {}
    return partial(registered.function, **entry.undo["arguments"], **dated)


def _actor_columns(actor: Actor) -> dict[str, str]:
    columns = {f"actor_{name}": value for name, value in actor.as_json().items()}
    if actor.origin is not None:
        columns |= {f"origin_{name}": value for name, value in actor.origin.as_json().items()}
    return columns


def _undo_columns(undo: Undo | None) -> dict[str, Any]:
    if undo is None:
        return {}
    until = timezone.now() + undo.lasts if undo.lasts is not None else None
    return {
        "undo": {"name": undo.name, "arguments": dict(undo.arguments)},
        "undo_until": until,
    }
