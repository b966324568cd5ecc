"""Keeping what the sites list. No site is asked inside a transaction, and only what differs is
written, in small portions."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from aniworld.sites import configured
from library.errors import ListShrank
from library.events import catalogue_read
from library.models import CatalogueEntry, CatalogueList
from library.models.catalogue import LONGEST_LINK, LONGEST_NAME
from providers.base import ListsCatalogue, SearchResult, Site
from providers.errors import ProviderError

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 50  # in one transaction, which stays well below 50 ms
KEYS_AT_ONCE = 500  # in one statement that only reads
WORTH_A_DOUBT = 20  # entries: below that, half of them is no sign
BELIEVED_AFTER = timedelta(days=3)
# So long an entry that has left the list is still shown among those that have, and one that only a
# search has found is kept.
GONE_KEPT = timedelta(days=90)

# What the list says of an entry; what is known of its own page besides stays as it is.
_LISTED = ("name", "alternative_names", "link", "year", "cover_url", "genres", "description")
_INDEXED = ("letter", "sort_name", "search_text", "genre_index")
_COMPARED = (*_LISTED, "listed", "gone_at", "appeared_at")


@dataclass(frozen=True, slots=True)
class Kept:
    """What a reading of a list has brought."""

    listed: int
    new: int = 0
    changed: int = 0
    gone: int = 0


def keep_list(name: str, *, site: Site | None = None, now: datetime | None = None) -> Kept | None:
    """Read the list of a site and keep it; None where the site has none.

    What has left the list stays for a while, as gone. A list that cannot be read, or that has lost
    most of what it held, changes nothing: the reason is kept beside it.

    Args:
        site: whom to ask; the enabled site of that name where not given.
        now: when it is asked; this moment where not given.

    Raises:
        ProviderError: the site failed.
        ListShrank: more than half of what it held is gone, and it has not said so for three days.
    """
    now = now or timezone.now()
    try:
        asked = site or configured.site(name)
        listed = asked.list_series() if isinstance(asked, ListsCatalogue) else None
        if listed is None:
            return None
        entries = {one.key: one for one in listed}
        _doubt(name, entries, now)
    except (ProviderError, ListShrank) as error:
        _keep_error(name, error, now)
        raise
    return _keep(name, entries, now)


def forget_strangers() -> int:
    """Delete what is kept of sites that are no more, and what left its list long ago; returns how
    many entries went."""
    known = configured.known_names()
    CatalogueList.objects.exclude(site__in=known).delete()
    before = timezone.now() - GONE_KEPT
    old = Q(gone_at__lt=before) | Q(listed=False, details_at__lt=before)
    rows = CatalogueEntry.objects.filter(old | ~Q(site__in=known))
    return _deleted(rows.values_list("pk", flat=True))


def genres_of(lists: Iterable[CatalogueList]) -> list[str]:
    """Every genre of what is on these lists."""
    return sorted({genre for row in lists for genre in row.genres}, key=str.casefold)


def note_genres(name: str) -> None:
    """Note which genres the entries of a site have: a page would look through all of them."""
    found = CatalogueEntry.objects.there().filter(site=name).order_by()
    rows = found.exclude(genre_index="|").values_list("genres", flat=True).distinct()
    genres = sorted({genre for entry in rows for genre in entry})
    CatalogueList.objects.filter(site=name).exclude(genres=genres).update(genres=genres)


def _doubt(name: str, listed: dict[str, SearchResult], now: datetime) -> None:
    """Raises ``ListShrank``. A half-drawn page must not make half of the catalogue new again."""
    known = CatalogueEntry.objects.there().filter(site=name).values_list("key", flat=True)
    keys = list(known.iterator())
    left = sum(key in listed for key in keys)
    if len(keys) < WORTH_A_DOUBT or 2 * left >= len(keys):
        return
    state = CatalogueList.objects.filter(site=name).first()
    since = state.doubted_at if state and state.doubted_at and state.doubted_at <= now else None
    if since is None or now - since < BELIEVED_AFTER:
        raise ListShrank(site=name, known=len(keys), left=left)
    log.warning("site=%s list believed: %d of %d entries left", name, left, len(keys))


def _keep_error(name: str, error: ProviderError | ListShrank, now: datetime) -> None:
    log.warning("site=%s its list was not kept code=%s: %s", name, error.code, error)
    values: dict[str, Any] = {"asked_at": now, **CatalogueList.error.values(error.as_json())}
    with transaction.atomic():
        state = CatalogueList.objects.get_or_create(site=name)[0]
        if isinstance(error, ListShrank) and (state.doubted_at is None or state.doubted_at > now):
            values["doubted_at"] = now
        CatalogueList.objects.filter(pk=state.pk).update(**values)
        catalogue_read(name)


def _keep(name: str, listed: dict[str, SearchResult], now: datetime) -> Kept:
    read = CatalogueList.objects.filter(site=name, first_read_at__isnull=False).exists()
    appeared = now if read else None
    new = changed = 0
    for portion in _portions(list(listed.values()), KEYS_AT_ONCE):
        differing = _differing(name, portion, appeared)
        for batch in _portions(differing, ROWS_AT_ONCE):
            with transaction.atomic():
                # As they are now: a page may have been read for one of them meanwhile.
                rows = _differing(name, [listed[row.key] for row in batch], appeared)
                known = _known(name, [row.key for row in rows])
                _write(rows)
            new += len(rows) - len(known)
            changed += len(known)
    gone = _let_go(name, listed, now)
    _keep_state(name, len(listed), now)
    log.info("site=%s list kept: %d, new %d, changed %d", name, len(listed), new, changed)
    return Kept(len(listed), new, changed, gone)


def _keep_state(name: str, count: int, now: datetime) -> None:
    with transaction.atomic():
        state = CatalogueList.objects.get_or_create(site=name)[0]
        state.first_read_at = state.first_read_at or now
        state.read_at = state.asked_at = now
        state.doubted_at = state.error = None
        state.entries = count
        state.save()
        catalogue_read(name)
    note_genres(name)


def _differing(
    name: str, listed: Sequence[SearchResult], appeared: datetime | None
) -> list[CatalogueEntry]:
    """The rows to be written: of what is new, and of what is not as it is listed now."""
    known = _known(name, [one.key for one in listed])
    rows = (_row(name, one, known.get(one.key), appeared) for one in listed)
    return [row for row in rows if not _is_same(known.get(row.key), row)]


def _known(name: str, keys: Sequence[str]) -> dict[str, CatalogueEntry]:
    rows = CatalogueEntry.objects.filter(site=name, key__in=keys)
    return {row.key: row for row in rows}


def _is_same(known: CatalogueEntry | None, row: CatalogueEntry) -> bool:
    return known is not None and all(
        getattr(known, field) == getattr(row, field) for field in _COMPARED
    )


def _row(
    name: str, listed: SearchResult, known: CatalogueEntry | None, appeared: datetime | None
) -> CatalogueEntry:
    """The row as it is to be; what the list does not say is as its own page has said."""
    row = CatalogueEntry(
        site=name,
        key=listed.key,
        name=listed.name[:LONGEST_NAME],
        alternative_names=list(listed.alternative_names),
        link=web_address(listed.link),
        year=listed.year,
        cover_url=web_address(listed.cover_url),
        genres=list(listed.genres),
        description=listed.description,
        appeared_at=known.appeared_at if known is not None and known.listed else appeared,
    )
    for field in _LISTED if known is not None else ():
        setattr(row, field, getattr(row, field) or getattr(known, field))
    return row


def web_address(link: str) -> str:
    """An address that a browser may be led to; anything else is none."""
    return link[:LONGEST_LINK] if link.startswith(("http://", "https://")) else ""


def _write(rows: Sequence[CatalogueEntry]) -> None:
    """Call inside ``atomic()``."""
    for row in rows:
        row.index_words()  # which takes longer than comparing
    CatalogueEntry.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["site", "key"],
        update_fields=[*_COMPARED, *_INDEXED],
    )


def _let_go(name: str, listed: Collection[str], now: datetime) -> int:
    """Note what the list does not hold any more."""
    rows = CatalogueEntry.objects.there().filter(site=name).values_list("pk", "key")
    gone = [pk for pk, key in rows.iterator() if key not in listed]
    for ids in _portions(gone, KEYS_AT_ONCE):
        CatalogueEntry.objects.filter(pk__in=ids).update(gone_at=now)
    return len(gone)


def _deleted(ids: Iterable[int]) -> int:
    found = list(ids)
    for portion in _portions(found, KEYS_AT_ONCE):
        CatalogueEntry.objects.filter(pk__in=portion).delete()
    return len(found)


def _portions(rows: Sequence[Any], most: int) -> Iterator[Sequence[Any]]:
    return (rows[start : start + most] for start in range(0, len(rows), most))
