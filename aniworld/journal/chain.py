"""The audit part of the journal, chained so that a line that was removed or changed shows.

Each of its entries has a number without gaps and the hash of what it says together with the hash of
the entry before it. The newest number and hash are kept beside the table too, so that the end shows
as well. What is too old is removed from the beginning by :func:`forget`, which leaves an entry that
says up to which number and hash: that is where the rest can be checked from.

Whoever can write the database can also write the chain anew from a line on. Against that helps a
hash that was noted elsewhere: ``checkjournal --known``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Max

from aniworld.journal.models import AuditMark, Entry

BEGINNING: Final = "0" * 64  # before the first entry of all
AT_ONCE: Final = 2_000
FORGOTTEN: Final = "journal.forgotten"
MOST_FAULTS: Final = 100
LARGEST_EXACT: Final = 2**53  # whole number that is the same as a float
# All that is written once. Which entry undid it, and when, is noted later.
_FIELDS: Final = (
    *("actor_kind", "actor_id", "actor_name", "origin_kind", "origin_id", "origin_name"),
    *("action", "object_type", "object_id", "object_name", "before", "after"),
    *("reason_code", "reason_params", "undo"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a number: ``changed``, ``missing`` (up to ``until``), ``end_missing`` or
    ``known_missing`` (a hash that was noted elsewhere is nowhere)."""

    kind: str
    number: int
    until: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """``first`` and ``newest``: numbers; ``digest``: of the newest entry, to be noted elsewhere."""

    count: int
    first: int
    newest: int
    digest: str
    faults: tuple[Fault, ...]

    @property
    def is_whole(self) -> bool:
        return not self.faults


def link(entry: Entry) -> None:
    """Make an entry that is about to be written the newest of the chain.

    Others who write audit entries wait from here to the end of the transaction.
    """
    mark, _ = AuditMark.objects.select_for_update().get_or_create(
        pk=1, defaults={"number": 0, "digest": BEGINNING}
    )
    entry.number = mark.number + 1
    entry.digest = digest_of(entry, mark.digest)
    AuditMark.objects.filter(pk=1).update(number=entry.number, digest=entry.digest)


def digest_of(entry: Entry, before: str) -> str:
    """The hash of an entry and all before it, as hexadecimal."""
    told = {name: _plain(getattr(entry, name)) for name in _FIELDS}
    told |= {"number": entry.number, "at": entry.at.timestamp().hex()}
    until = entry.undo_until
    told["undo_until"] = until.timestamp().hex() if until else None
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}{text}".encode()).hexdigest()


def check(*, known: str = "") -> Report:
    """Read the whole chain, and say where it is not as it was written.

    Args:
        known: a hash of an entry that was noted elsewhere and must still be there.
    """
    faults: list[Fault] = []
    first = number = count = 0
    digest, is_known = BEGINNING, not known or known == BEGINNING
    for entry in _entries():
        assert entry.number is not None  # noqa: S101 - that is how they were chosen
        if not count:
            first = entry.number
            number, digest = _beginning(first)
        if entry.number != number + 1:
            faults.append(Fault("missing", number + 1, entry.number - 1))
        elif digest_of(entry, digest) != entry.digest:
            faults.append(Fault("changed", entry.number))
        number, digest, count = entry.number, entry.digest, count + 1
        is_known = is_known or digest == known
    mark = AuditMark.objects.filter(pk=1).first()
    newest = mark.number if mark else 0
    if newest > number:
        faults.append(Fault("end_missing", number + 1, newest))
    elif mark is not None and mark.digest != digest:
        faults.append(Fault("changed", number))
    if not is_known:
        faults.append(Fault("known_missing", 0))
    return Report(count, first, number, digest, tuple(faults[:MOST_FAULTS]))


def oldest_to_keep(limit: Any) -> Entry | None:
    """The last entry of those at the beginning that are older than ``limit``; None for none."""
    kept = Entry.objects.filter(number__isnull=False, at__gte=limit).order_by("number").first()
    last = (kept.number or 0) - 1 if kept else _newest() - 1
    return Entry.objects.filter(number=last, at__lt=limit).first()


def remove_up_to(entry: Entry) -> int:
    """Delete the beginning of the chain with this entry; returns how many that were.

    Only for :func:`aniworld.journal.services.forget`, which says so in the chain itself.
    """
    return Entry.objects.filter(number__lte=entry.number).delete()[0]


def _newest() -> int:
    return int(Entry.objects.aggregate(newest=Max("number"))["newest"] or 0)


def _beginning(first: int) -> tuple[int, str]:
    """Number and hash before the first entry there is, as far as the chain itself tells them."""
    if first == 1:
        return 0, BEGINNING
    for told in Entry.objects.filter(action=FORGOTTEN, number__isnull=False).order_by("-number"):
        if told.after.get("number") == first - 1:
            return first - 1, str(told.after.get("digest"))
    return 0, BEGINNING


def _entries() -> Iterator[Entry]:
    """In order, a part at a time: the database may hold many."""
    last = 0
    while part := list(Entry.objects.filter(number__gt=last).order_by("number")[:AT_ONCE]):
        yield from part
        last = part[-1].number or 0


def _plain(value: Any) -> Any:
    """A value as the database gives it back, whichever that is: one makes 1 of 1.0, and all digits
    of 1e300."""
    if isinstance(value, str) or value is None:
        return value
    text = json.dumps(value, cls=DjangoJSONEncoder)
    return json.loads(text, parse_float=_number, parse_int=_number)


def _number(text: str) -> Any:
    number = float(text)
    return int(number) if number.is_integer() and abs(number) <= LARGEST_EXACT else number
