"""The library roots: the configuration names them, the database remembers them."""

from __future__ import annotations

from django.db import transaction

from aniworld.config import store
from aniworld.config.directories import library_directories
from library.errors import NoLibraryRoot
from library.models import LibraryRoot


def synced_roots() -> list[LibraryRoot]:
    """Return the configured roots in order, after bringing their rows up to date.

    A root that left the configuration keeps its row and its files, inactive: putting it back
    brings everything back.
    """
    wanted = library_directories(store.load())
    known = list(LibraryRoot.objects.active())
    if [root.path for root in known] != list(wanted):
        known = _write(wanted)
    return known


def first_root() -> LibraryRoot:
    """Return the root that takes new series. Raises ``NoLibraryRoot`` where none is set."""
    roots = synced_roots()
    if not roots:
        raise NoLibraryRoot
    return roots[0]


def _write(wanted: tuple[str, ...]) -> list[LibraryRoot]:
    with transaction.atomic():
        LibraryRoot.objects.exclude(path__in=wanted).update(is_active=False)
        for position, path in enumerate(wanted):
            LibraryRoot.objects.update_or_create(
                path=path, defaults={"position": position, "is_active": True}
            )
    return list(LibraryRoot.objects.active())
