"""What the library refuses, and why a scan ends without its result."""

from __future__ import annotations

from aniworld.web.errors import AppError

# How the owner gives the word that the brake of a scan waits for.
CONFIRM_REMOVAL = (
    'confirm the removal: press "They were removed on purpose" on the library page, or run '
    "manage.py rescan --accept-removals"
)


class LibraryError(AppError):
    """Base of the errors of this room."""

    code = "library_error"


class SeriesNotFound(LibraryError):
    code = "series_not_found"
    status = 404


class EpisodeNotFound(LibraryError):
    code = "episode_not_found"
    status = 404


class SeriesKnown(LibraryError):
    """The series is in the library already."""

    code = "series_known"
    status = 409


class FolderTaken(LibraryError):
    """Another series holds this folder."""

    code = "folder_taken"
    status = 409


class InvalidFolder(LibraryError):
    """Not the name of one directory under a library root."""

    code = "invalid_folder"


class InvalidLink(LibraryError):
    """No enabled provider knows this address."""

    code = "invalid_link"


class InvalidKey(LibraryError):
    """The provider's key cannot stand in an address."""

    code = "invalid_key"


class InvalidMapping(LibraryError):
    """The ranges of a numbering contradict themselves."""

    code = "invalid_mapping"


class NoLibraryRoot(LibraryError):
    """No library folder is configured."""

    code = "no_library_root"
    status = 503


class UnmatchedNotFound(LibraryError):
    code = "unmatched_not_found"
    status = 404


class NothingToUnmatch(LibraryError):
    """The series has no folder with files in it that could be another series'."""

    code = "nothing_to_unmatch"
    status = 409


class ScanRunning(LibraryError):
    """Another scan is running; there is one at a time."""

    code = "scan_running"
    status = 409
    permanent = False


class NoScanRunning(LibraryError):
    code = "no_scan_running"
    status = 409


class DatabaseUnusable(LibraryError):
    """It is not there, or not set up yet."""

    code = "database_unusable"
    status = 503
    permanent = False


class ScanStopped(LibraryError):
    """Base of what ends a scan as FAILED."""

    code = "scan_failed"
    permanent = False


class RootUnavailable(ScanStopped):
    """A library folder cannot be trusted to be the right, readable disk.

    ``frozen_reason`` is what is kept on its root.
    """

    code = "root_unavailable"
    frozen_reason = code


class RootChanged(RootUnavailable):
    """It can be read, but what is known in it is not there: only the owner can say whether that is
    meant. To callers the same ``code``; the root keeps the difference."""

    frozen_reason = "root_changed"


class MassRemoval(ScanStopped):
    """More files have gone than a scan may take for removed without the owner's word.

    ``other_disk`` is kept on a root that is another directory than before; else the code.
    """

    code = "mass_removal"
    other_disk = "other_disk"


class ScanProcessDied(ScanStopped):
    """The process of the scan ended without saying how it went."""

    code = "scan_process_died"
