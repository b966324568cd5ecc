"""What this room writes into the journal, and what it says there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from aniworld.journal.choices import Action
from aniworld.journal.services import Subject
from aniworld.web import display
from aniworld.web.texts import Params, Text
from library.choices import NumbersMean
from library.models import AnimeSeries, LibraryRoot, ScanOperation
from library.naming.paths import to_shown


class LibraryAction(Action):
    SERIES_ADDED = "series.added"
    SERIES_REMOVED = "series.removed"
    SERIES_RESTORED = "series.restored"
    SERIES_CHANGED = "series.changed"
    SERIES_RENUMBERED = "series.renumbered"
    NUMBERS_DISMISSED = "series.numbers_dismissed"
    NUMBERS_HEEDED = "series.numbers_heeded"
    CATALOGUE_RENUMBERED = "series.catalogue_renumbered"
    CATALOGUE_HELD = "series.catalogue_held"
    NUMBERS_DECIDED = "series.numbers_decided"
    CATALOGUE_GIVEN = "series.catalogue_given"
    SERIES_RELEASED = "series.released"
    FOLDER_IGNORED = "series.folder_ignored"
    FOLDER_HEEDED = "series.folder_heeded"
    SERIES_MATCHED = "series.matched"
    SERIES_UNMATCHED = "series.unmatched"
    SCAN_STARTED = "scan.started"
    SCAN_CANCELLED = "scan.cancelled"
    SCAN_ENDED = "scan.ended"
    FILES_RENAMED = "series.files_renamed"
    RENAMING_STARTED = "renaming.started"
    RENAMING_CANCELLED = "renaming.cancelled"
    RENAMING_ENDED = "renaming.ended"
    FILES_DELETED = "series.files_deleted"
    FILE_REPLACED = "series.file_replaced"
    FILES_RESTORED = "bin.restored"
    BIN_DELETED = "bin.deleted"
    BIN_EMPTIED = "bin.emptied"
    DESCRIBED = "series.described"
    DESCRIPTIONS_REMOVED = "series.descriptions_removed"
    EPISODES_WANTED = "series.episodes_wanted"
    EPISODES_UNWANTED = "series.episodes_unwanted"
    SERIES_TIED = "series.tied"
    SERIES_UNTIED = "series.untied"
    TIES_MOVED = "series.ties_moved"
    LINK_SET = "series.link_set"
    LINK_REMOVED = "series.link_removed"


def _matched(params: Params) -> str:
    facts = {"name": params["name"], "folder": to_shown(params["folder"])}
    return gettext("The folder “%(folder)s” belongs to %(name)s now.") % facts


def _renumbered(params: Params) -> str:
    if not params["count"]:
        facts = {"name": params["name"]}
        return gettext("The numbers of %(name)s are those of other episodes now.") % facts
    words = ngettext(
        "%(count)d episode of %(name)s has another number in the catalogue. Files and queue "
        "have followed.",
        "%(count)d episodes of %(name)s have other numbers in the catalogue. Files and queue "
        "have followed.",
        params["count"],
    )
    return words % {"count": params["count"], "name": params["name"]}


def _decided(params: Params) -> str:
    words = {
        NumbersMean.SAME_EPISODES.value: gettext(
            "The new numbers of %(name)s were taken over: files and queue follow the episodes."
        ),
        NumbersMean.AS_LISTED.value: gettext(
            "The list of %(name)s was taken over: each number is the episode that it was."
        ),
    }
    return words[params["means"]] % {"name": params["name"]}


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


def _files_deleted(params: Params) -> str:
    facts = {
        "count": params["count"],
        "name": params["name"],
        "size": display.size(params["bytes"]),
    }
    if not params["days"]:
        words = ngettext(
            "%(count)d file of %(name)s was deleted for good (%(size)s).",
            "%(count)d files of %(name)s were deleted for good (%(size)s).",
            params["count"],
        )
        return words % facts
    words = ngettext(
        "%(count)d file of %(name)s goes into the recycle bin (%(size)s).",
        "%(count)d files of %(name)s go into the recycle bin (%(size)s).",
        params["count"],
    )
    return words % facts


def _file_replaced(params: Params) -> str:
    facts = {"file": to_shown(params["file"]).rpartition("/")[2], "name": params["name"]}
    return gettext("“%(file)s” of %(name)s was replaced; the old file is in the bin.") % facts


def _files_restored(params: Params) -> str:
    words = ngettext(
        "%(count)d file comes back from the recycle bin.",
        "%(count)d files come back from the recycle bin.",
        params["count"],
    )
    return words % {"count": params["count"]}


def _bin_deleted(params: Params) -> str:
    words = ngettext(
        "%(count)d file in the recycle bin was deleted for good (%(size)s).",
        "%(count)d files in the recycle bin were deleted for good (%(size)s).",
        params["count"],
    )
    return words % {"count": params["count"], "size": display.size(params["bytes"])}


def _bin_emptied(params: Params) -> str:
    words = ngettext(
        "%(count)d file was long enough in the recycle bin and was deleted (%(size)s).",
        "%(count)d files were long enough in the recycle bin and were deleted (%(size)s).",
        params["count"],
    )
    return words % {"count": params["count"], "size": display.size(params["bytes"])}


def _episodes_wanted(params: Params) -> str:
    words = ngettext(
        "%(count)d deleted episode of %(name)s is wanted again.",
        "%(count)d deleted episodes of %(name)s are wanted again.",
        params["count"],
    )
    return words % {"count": params["count"], "name": params["name"]}


def _episodes_unwanted(params: Params) -> str:
    words = ngettext(
        "%(count)d missing episode of %(name)s is not wanted.",
        "%(count)d missing episodes of %(name)s are not wanted.",
        params["count"],
    )
    return words % {"count": params["count"], "name": params["name"]}


TEXTS: Mapping[str, Text] = {
    LibraryAction.SERIES_ADDED: _("{name} is in the library now."),
    LibraryAction.SERIES_REMOVED: _("{name} was taken out of the library. Its files stay."),
    LibraryAction.SERIES_RESTORED: _("{name} is back in the library."),
    LibraryAction.SERIES_CHANGED: _("{name} was changed."),
    LibraryAction.SERIES_RENUMBERED: _("The numbering of {name} was changed."),
    LibraryAction.NUMBERS_DISMISSED: _("A suggested numbering of {name} was dismissed."),
    LibraryAction.NUMBERS_HEEDED: _("A dismissed numbering of {name} is suggested again."),
    LibraryAction.CATALOGUE_RENUMBERED: _renumbered,
    LibraryAction.CATALOGUE_HELD: _(
        "The catalogue of {name} has other numbers, and waits for its owner's word."
    ),
    LibraryAction.NUMBERS_DECIDED: _decided,
    LibraryAction.CATALOGUE_GIVEN: _("{name} has a catalogue now."),
    LibraryAction.SERIES_RELEASED: _("{name} has no catalogue any more: its files are left."),
    LibraryAction.FOLDER_IGNORED: _("The folder “{name}” is ignored."),
    LibraryAction.FOLDER_HEEDED: _("The folder “{name}” is ignored no more."),
    LibraryAction.SERIES_MATCHED: _matched,
    LibraryAction.SERIES_UNMATCHED: _("{name} left the library: the folder is another series."),
    LibraryAction.SCAN_STARTED: _("A scan was started."),
    LibraryAction.SCAN_CANCELLED: _("The scan was asked to end."),
    LibraryAction.SCAN_ENDED: _ended,
    LibraryAction.FILES_RENAMED: _files_renamed,
    LibraryAction.RENAMING_STARTED: _renaming_started,
    LibraryAction.RENAMING_CANCELLED: _("The renaming was asked to end."),
    LibraryAction.RENAMING_ENDED: _renaming_ended,
    LibraryAction.FILES_DELETED: _files_deleted,
    LibraryAction.FILE_REPLACED: _file_replaced,
    LibraryAction.DESCRIBED: _("Descriptions of {name} were written: {count}."),
    LibraryAction.DESCRIPTIONS_REMOVED: _(
        "Descriptions of {name} that Aniworld had written were taken away: {count}."
    ),
    LibraryAction.FILES_RESTORED: _files_restored,
    LibraryAction.BIN_DELETED: _bin_deleted,
    LibraryAction.BIN_EMPTIED: _bin_emptied,
    LibraryAction.EPISODES_WANTED: _episodes_wanted,
    LibraryAction.EPISODES_UNWANTED: _episodes_unwanted,
    LibraryAction.SERIES_TIED: _("{name} may come from {site} as well now."),
    LibraryAction.SERIES_UNTIED: _("{name} does not come from {site} any more."),
    LibraryAction.LINK_SET: _(
        "Episode {episode} of season {season} of {name} comes from a link of yours ({host})."
    ),
    LibraryAction.LINK_REMOVED: _(
        "Episode {episode} of season {season} of {name} comes from your link no more ({host})."
    ),
    LibraryAction.TIES_MOVED: _("The order of the sites of {name} was changed."),
}


def about(series: AnimeSeries) -> Subject:
    return Subject("series", series.key, series.name)


def about_folder(root: LibraryRoot, folder: str) -> Subject:
    """A folder that has no series. Args: folder: as stored."""
    return Subject("folder", f"{root.pk}/{folder}", to_shown(folder))


def about_bin(names: Collection[str] = ()) -> Subject:
    """The recycle bin. Args: names: of the series that it is about, where it is one."""
    return Subject("bin", name=next(iter(names)) if len(names) == 1 else "")


def about_operation(operation: ScanOperation) -> Subject:
    kind = "renaming" if operation.is_renaming else "scan"
    return Subject(kind, str(operation.operation_id))


def place(series: AnimeSeries) -> dict[str, Any]:
    """Where a series is: its folder as stored, and the root that lies in."""
    return {"root": series.root.path if series.root else None, "folder": series.folder}
