"""What the library refuses, and why a scan ends without its result."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from aniworld.web.errors import AppError


class LibraryError(AppError):
    """Base of the errors of this room."""

    code = "library_error"


class SeriesNotFound(LibraryError):
    code = "series_not_found"
    status = 404
    texts = {"": _("There is no series “{key}” in the library.")}


class EpisodeNotFound(LibraryError):
    code = "episode_not_found"
    status = 404
    texts = {"": _("{name} has no episode {episode} in season {season}.")}


class SeriesKnown(LibraryError):
    """The series is in the library already."""

    code = "series_known"
    status = 409
    texts = {
        "": _("{name} is in the library already."),
        "as_key": _("{name} is in the library already, as {key}."),
        "removed": _(
            "{name} was taken out of the library, as {key}. Restore it, or say under “Unmatched” "
            "that the folder is that series."
        ),
        "in_folder": _(
            "{name} has its files in the folder {folder} already. "
            "A series has one folder: move the files there, then scan again."
        ),
    }


class FolderTaken(LibraryError):
    """Another series holds this folder."""

    code = "folder_taken"
    status = 409
    texts = {"": _("The folder “{folder}” belongs to {name} already.")}


class InvalidFolder(LibraryError):
    """Not the name of one directory under a library root."""

    code = "invalid_folder"
    texts = {
        "outside": _("{path} is not under {root}."),
        "empty": _("The folder's name is empty."),
        "no_directory": _("The folder must be one directory directly under the library folder."),
        "skipped": _("A scan does not look into folders of that name."),
        "unseen": _("The folder's name holds line breaks, or marks that nobody sees."),
        "reserved": _("Windows keeps that name for a device: no share could show the folder."),
        "too_long": _("The folder's name is longer than 255 bytes."),
        "backslash": _("A backslash in the folder's name must be written twice."),
    }


class InvalidLink(LibraryError):
    """No enabled provider knows this address."""

    code = "invalid_link"
    status = 404
    texts = {
        "": _("“{link}” is not the address of a series at {site}."),
        "any_site": _("This is not the address of a series at one of the enabled sites."),
    }


class InvalidKey(LibraryError):
    """The provider's key cannot stand in an address."""

    code = "invalid_key"
    texts = {"": _("“{key}” is not a key: letters, digits and . _ ~ - only.")}


class InvalidMapping(LibraryError):
    """Something is no list of ranges."""

    code = "invalid_mapping"
    texts = {
        "no_list": _("A mapping is a list of at most {most} ranges."),
        "names": _("Range {place} must have exactly {names}."),
        "number": _("Range {place}: {name} must be a number from 0 to {most}."),
    }


class MappingContradicts(InvalidMapping):
    """The ranges of a numbering contradict themselves."""

    status = 409
    texts = {
        "order": _("Range {place}: library_last must not be below library_first."),
        "season": _("Range {place} must name a season on both sides."),
        "library_twice": _(
            "Two ranges hold the same episodes of the library: “{one}” and “{other}”. "
            "Remove or shorten one of them."
        ),
        "provider_twice": _(
            "Two ranges lead to the same episodes of the catalogue: “{one}” and “{other}”. "
            "Remove or shorten one of them."
        ),
    }


class SuggestionGone(LibraryError):
    """A numbering that was suggested is so no more."""

    code = "suggestion_gone"
    status = 409
    texts = {
        "": _("This numbering of {name} is suggested no more: its files or its catalogue changed.")
    }


class MappingFileInvalid(LibraryError):
    """Nothing of a file of numberings can be read."""

    code = "mapping_file_invalid"
    texts = {
        "unreadable": _("{path} cannot be read: {error}"),
        "too_large": _("The file is larger than {most} MB."),
        "no_json": _("The file is neither JSON nor XML that can be read."),
        "no_list": _("The file is no list of numberings, and holds none as “numberings”."),
        "too_many": _("The file has more than {most} entries."),
        "no_xml": _("The file is XML that cannot be read."),
        "entities": _("The file declares entities of its own, and is not read."),
        "other_xml": _("The file is XML, but no “anime-list”."),
    }


class EntryNotImported(LibraryError):
    """Why one entry of a file of numberings is not taken over."""

    code = "entry_not_imported"
    status = 409
    texts = {
        "shape": _("Entry {place} is of another shape."),
        "no_seasons": _("Entry {place} is about what is in no season."),
        "several": _("Entry {place} may be about several series: {names}."),
        "twice": _("Entry {place} is one more about {name}; the first one counts."),
        "not_listed": _("Entry {place} leads to what the catalogue does not list: {range}."),
        "own": _("{name} has ranges of its own, which stay."),
    }


class OwnLinkNotFound(LibraryError):
    """No link of the owner's own was given to the episode."""

    code = "own_link_not_found"
    status = 404
    texts = {"": _("You have given no link to episode {episode} of season {season} of {name}.")}


class TieKnown(LibraryError):
    """The series is tied to that one already, or is it itself."""

    code = "tie_known"
    status = 409
    texts = {
        "": _("{name} is tied to this series of {site} already."),
        "own": _("This is where the episodes of {name} are listed anyway."),
    }


class TooManyTies(LibraryError):
    """No more sites for one series."""

    code = "too_many_ties"
    status = 409
    texts = {"": _("{name} is tied to {most} series of other sites already: take one out first.")}


class TieNotFound(LibraryError):
    code = "tie_not_found"
    status = 404
    texts = {"": _("{name} has no such tie any more.")}


class NotLocal(LibraryError):
    """What is asked for is for series without a catalogue alone, or for those that have one."""

    code = "not_local"
    status = 409
    texts = {
        "": _("{name} has a catalogue: that of {site}."),
        "already": _("{name} has no catalogue."),
        "asked": _("{name} has no catalogue that could be read. Tie it to one first."),
    }


class NothingHeld(LibraryError):
    """No list of the series' catalogue waits for the owner's word."""

    code = "nothing_held"
    status = 409
    texts = {"": _("The catalogue of {name} waits for no word of yours.")}


class InvalidPreferences(LibraryError):
    """A language or a hoster that there is not: the first one; ``errors`` names each."""

    code = "invalid_preferences"
    texts = {
        "unknown_language": _("There is no language “{entry}”; known are {known}."),
        "unknown_hoster": _("There is no hoster “{entry}”; known are {known}."),
    }


class InvalidFollowing(LibraryError):
    """What is to be fetched by itself cannot be so; ``errors`` names each fault."""

    code = "invalid_following"
    texts = {
        "season": _("To follow from a season on, name that season: a number from 1 on."),
        "no_season": _("A season is named only where it is followed from that season on."),
        "follow": _("“{entry}” is none of {known}."),
        "keep": _("“{entry}” is none of {known}."),
        "hours": _("A catalogue is asked every {known} hours, not every {entry}."),
        "ranks": _("The languages cannot be read: {fault}"),
    }


class NoLibraryRoot(LibraryError):
    """No library folder is configured."""

    code = "no_library_root"
    status = 503
    texts = {"": _("No library folder is set. Name one on the library page.")}


class NoSiteChosen(LibraryError):
    """No catalogue site is enabled, so nobody can be asked."""

    code = "no_site_chosen"
    status = 503
    texts = {
        "": _("No catalogue site is chosen, so none was asked. Choose one under “Add a series”.")
    }


class ListShrank(LibraryError):
    """Most of what a site's list held is not on it any more: it is not believed at once."""

    code = "list_shrank"
    status = 503
    permanent = False
    texts = {
        "": _(
            "The list of {site} holds {left} of the {known} series that were on it. It is not "
            "believed yet, and nothing was changed."
        )
    }


class NotInCatalogue(LibraryError):
    """No list has the series, and its site does not find it."""

    code = "not_in_catalogue"
    status = 404
    texts = {"": _("{site} lists no series with the key “{key}”.")}


class UnmatchedNotFound(LibraryError):
    code = "unmatched_not_found"
    status = 404
    texts = {
        "": _("That folder is no longer waiting for a series."),
        "loose": _(
            "These files lie beside the series folders. Move each into the folder of its series."
        ),
    }


class NothingToUnmatch(LibraryError):
    """The series has no folder with files in it that could be another series'."""

    code = "nothing_to_unmatch"
    status = 409
    texts = {"": _("No folder with files belongs to {name}: remove it instead.")}


class ScanRunning(LibraryError):
    """Another scan is running; there is one at a time."""

    code = "scan_running"
    status = 409
    permanent = False
    texts = {"": _("A scan is running already; there is one at a time.")}


class NoScanRunning(LibraryError):
    code = "no_scan_running"
    status = 409
    texts = {
        "": _("No scan is running."),
        "not_waiting": _("No such scan is waiting to be run."),
    }


class ScanStopped(LibraryError):
    """Base of what ends a scan as FAILED; by itself what nobody expected."""

    code = "scan_failed"
    permanent = False
    texts = {"": _("The scan failed: {error}")}


class RootUnavailable(ScanStopped):
    """A library folder cannot be trusted to be the right, readable disk.

    ``frozen_reason`` is what is kept on its root.
    """

    code = "root_unavailable"
    frozen_reason = code
    texts = {
        "unusable": _("The library folder cannot be used: {problem}"),
        "unreadable": _("{path} cannot be read: {errno}."),
        "silent": _(
            "The library folder {path} does not answer: its disk hangs, or the server it lies on "
            "is away. Nothing was changed that is known of it."
        ),
        "not_configured": _("The library folder of {name} is no longer configured."),
    }


class RootChanged(RootUnavailable):
    """It can be read, but what is known in it is not there: only the owner can say whether that is
    meant. To callers the same ``code``; the root keeps the difference."""

    frozen_reason = "root_changed"
    texts = {
        "empty": _(
            "The library folder {path} is empty, but {known} files are known in it. Is its disk "
            'mounted? If it was emptied on purpose, confirm the removal: press "They were removed '
            'on purpose" on the library page, or run manage.py rescan --accept-removals.'
        )
    }


class MassRemoval(ScanStopped):
    """More files have gone than a scan may take for removed without the owner's word.

    ``other_disk`` is kept on a root that is another directory than before; else the code. What is
    lost in which root and of which series is told by ``library.texts``.
    """

    code = "mass_removal"
    other_disk = "other_disk"
    texts = {"": _("{gone} of {known} known files have gone.")}


class ScanProcessDied(ScanStopped):
    """The process of the scan ended without saying how it went."""

    code = "scan_process_died"
    texts = {
        "": _("The scan's process ended unexpectedly. Start the scan again."),
        "not_started": _("The scan could not be started: {errno}."),
    }


class RenamingRunning(LibraryError):
    """Files are being renamed: nothing else goes through the library meanwhile."""

    code = "renaming_running"
    status = 409
    permanent = False
    texts = {"": _("Files are being renamed. Wait until that is done, or cancel it.")}


class NoRenamingRunning(LibraryError):
    code = "no_renaming_running"
    status = 409
    texts = {
        "": _("No files are being renamed."),
        "not_waiting": _("No such renaming is waiting to be run."),
    }


class RenamingStopped(LibraryError):
    """Base of what ends a renaming as FAILED; by itself what nobody expected."""

    code = "renaming_failed"
    permanent = False
    texts = {"": _("The renaming failed: {error}")}


class RenamingDied(RenamingStopped):
    """The process of the renaming ended without saying how it went."""

    code = "renaming_died"
    texts = {
        "": _(
            "The process that renamed files ended unexpectedly. No file is lost: the next scan, "
            "or renaming, completes what it had begun."
        ),
        "not_started": _("The renaming could not be started: {errno}."),
    }


class NotRenamed(LibraryError):
    """Why one file keeps its name when its turn comes."""

    code = "not_renamed"
    status = 409
    texts = {
        "gone": _("It is not where it was at the last scan. Scan again."),
        "changed": _("It has changed since the last scan. Scan again."),
        "being_written": _("It was written to a moment ago. Rename it when it is complete."),
        "no_file": _("Something that is no file has its name."),
        "outside": _("A link leads out of the library, to {target}; nothing is written there."),
        "other_disk": _("Its new folder lies on another disk. Files are renamed, never copied."),
        "link": _("It is a link, and would lead elsewhere from another folder."),
        "taken": _("Another file has the name: {path}"),
        "in_a_circle": _(
            "Files would have to change names with each other, and this disk cannot do that in "
            "one step."
        ),
        "refused": _("The disk refuses it: {errno}."),
        "root_away": _("The library folder {root} is not at hand, or another one than it was."),
        "renamed_since": _("It was given another name since."),
        "renumbered_since": _(
            "Numbers count differently now: by its former name it would be another episode."
        ),
    }


class RecyclingRunning(LibraryError):
    """Files are on their way into the recycle bin, or out of it."""

    code = "recycling_running"
    status = 409
    permanent = False
    texts = {
        "": _("Files are being moved into the recycle bin, or out of it. Try again in a moment.")
    }


class RecyclingDied(LibraryError):
    """The process that moved files ended in the middle."""

    code = "recycling_died"
    permanent = False
    texts = {
        "": _(
            "The process that moved files into the recycle bin, or out of it, ended unexpectedly. "
            "No file is lost: each is in its place or in the bin."
        )
    }


class NotBinned(LibraryError):
    """Why a file does not go into the recycle bin, or does not come out of it."""

    code = "not_binned"
    status = 409
    texts = {
        "gone": _("It is not where it was. Scan again."),
        "gone_from_bin": _("It is not in the recycle bin any more."),
        "changed": _("It was changed at this very moment. Try again."),
        "away": _("Its disk is not at hand."),
        "no_file": _("Something that is no file has its name."),
        "outside": _("A link leads out of the library, to {target}; nothing is moved there."),
        "other_disk": _(
            "It lies on another disk than its library folder, behind a link or a mount. The "
            "recycle bin moves files, and never copies them."
        ),
        "no_bin": _("The recycle bin cannot be used: {path} is a link or a file, not a folder."),
        "taken": _("Another file has its place: {path}"),
        "no_name": _("Another file has its place, and no number makes a free name."),
        "refused": _("The disk refuses it: {errno}."),
        "silent": _("The disk does not answer. What was begun is completed later."),
        "root_away": _("The library folder {root} is not at hand, or another one than it was."),
        "disc": _("It is a part of a disc. Delete the folder of the disc by hand."),
        "no_series": _("It belongs to no series yet. Match its folder first."),
    }


class NothingToDelete(LibraryError):
    """No file that can be deleted was asked for."""

    code = "nothing_to_delete"
    status = 409
    texts = {"": _("There is no file of it.")}


class BinIsOff(LibraryError):
    """The owner must say that files go for good."""

    code = "bin_is_off"
    status = 409
    texts = {
        "": _(
            "The recycle bin is off (library.bin_days is 0): the files would be gone for good. "
            "Confirm that."
        )
    }


class NotInBin(LibraryError):
    """Nothing of what was asked for is in the recycle bin."""

    code = "not_in_bin"
    status = 404
    texts = {"": _("Nothing of it is in the recycle bin any more.")}


# What can be done about those that a site is the cause of.
ADVICE = {
    ListShrank.code: _(
        "See in a browser whether the site is all there. If it is, nothing is to be done: what its "
        "list says for three days is believed."
    ),
}
