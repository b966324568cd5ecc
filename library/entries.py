"""What this room writes into the journal, and what it says there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from aniworld.journal.choices import Action
from aniworld.journal.services import Subject
from aniworld.web.texts import Params, Text
from library.models import AnimeSeries, ScanOperation
from library.naming.paths import to_shown


class LibraryAction(Action):
    SERIES_ADDED = "series.added"
    SERIES_REMOVED = "series.removed"
    SERIES_RESTORED = "series.restored"
    SERIES_CHANGED = "series.changed"
    SERIES_RENUMBERED = "series.renumbered"
    SERIES_MATCHED = "series.matched"
    SERIES_UNMATCHED = "series.unmatched"
    SCAN_STARTED = "scan.started"
    SCAN_CANCELLED = "scan.cancelled"
    SCAN_ENDED = "scan.ended"
    FILES_RENAMED = "series.files_renamed"
    RENAMING_STARTED = "renaming.started"
    RENAMING_CANCELLED = "renaming.cancelled"
    RENAMING_ENDED = "renaming.ended"


def _matched(params: Params) -> str:
    facts = {"name": params["name"], "folder": to_shown(params["folder"])}
    return gettext("The folder “%(folder)s” belongs to %(name)s now.") % facts


def _ended(params: Params) -> str:
    return gettext(_ENDS.get(params["state"], _("The scan has ended.")))


_ENDS = {
    "COMPLETED": _("The scan is done."),
    "CANCELLED": _("The scan was cancelled."),
    "FAILED": _("The scan has failed."),
}


def _files_renamed(params: Params) -> str:
    words = ngettext(
        "%(count)d file of %(name)s gets the name that it is to have.",
        "%(count)d files of %(name)s get the names that they are to have.",
        params["count"],
    )
    return words % {"count": params["count"], "name": params["name"]}


def _renaming_started(params: Params) -> str:
    if params["back"]:
        return gettext("Renamed files get their former names back.")
    return gettext("Renaming files to the naming template was started.")


def _renaming_ended(params: Params) -> str:
    words = gettext(_RENAMING_ENDS.get(params["state"], _("The renaming has ended.")))
    renamed = (params["result"] or {}).get("renamed")
    if renamed is None:
        return words
    count = ngettext("%d file has another name.", "%d files have another name.", renamed) % renamed
    return f"{words} {count}"


_RENAMING_ENDS = {
    "COMPLETED": _("The renaming is done."),
    "CANCELLED": _("The renaming was cancelled."),
    "FAILED": _("The renaming has failed."),
}

TEXTS: Mapping[str, Text] = {
    LibraryAction.SERIES_ADDED: _("{name} is in the library now."),
    LibraryAction.SERIES_REMOVED: _("{name} was taken out of the library. Its files stay."),
    LibraryAction.SERIES_RESTORED: _("{name} is back in the library."),
    LibraryAction.SERIES_CHANGED: _("{name} was changed."),
    LibraryAction.SERIES_RENUMBERED: _("The numbering of {name} was changed."),
    LibraryAction.SERIES_MATCHED: _matched,
    LibraryAction.SERIES_UNMATCHED: _("{name} left the library: the folder is another series."),
    LibraryAction.SCAN_STARTED: _("A scan was started."),
    LibraryAction.SCAN_CANCELLED: _("The scan was asked to end."),
    LibraryAction.SCAN_ENDED: _ended,
    LibraryAction.FILES_RENAMED: _files_renamed,
    LibraryAction.RENAMING_STARTED: _renaming_started,
    LibraryAction.RENAMING_CANCELLED: _("The renaming was asked to end."),
    LibraryAction.RENAMING_ENDED: _renaming_ended,
}


def about(series: AnimeSeries) -> Subject:
    return Subject("series", series.key, series.name)


def about_operation(operation: ScanOperation) -> Subject:
    kind = "renaming" if operation.is_renaming else "scan"
    return Subject(kind, str(operation.operation_id))


def place(series: AnimeSeries) -> dict[str, Any]:
    """Where a series is: its folder as stored, and the root that lies in."""
    return {"root": series.root.path if series.root else None, "folder": series.folder}
