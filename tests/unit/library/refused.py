"""What a scan that is refused leaves: everything as it was."""

from __future__ import annotations

from aniworld.web.texts import text_of
from library.models import AnimeSeries, Episode, LibraryRoot, MediaFile
from tests.unit.library.conftest import rescan


def snapshot() -> tuple[object, ...]:
    """Everything a stopped scan must leave as it is."""
    return (
        list(MediaFile.objects.order_by("pk").values()),
        list(Episode.objects.order_by("pk").values()),
        list(AnimeSeries.objects.order_by("pk").values()),
        list(LibraryRoot.objects.values("path", "identity", "file_count", "last_scanned_at")),
    )


def refuses(code: str, *, frozen: str = "") -> str:
    """A scan fails with ``code`` and changes nothing. Returns what it says."""
    before = snapshot()
    operation = rescan()
    assert (operation.state, operation.error_code) == ("FAILED", code)
    assert snapshot() == before
    root = LibraryRoot.objects.get()
    assert (root.frozen_reason, root.error) == (frozen or code, operation.error)
    return text_of(operation.error)
