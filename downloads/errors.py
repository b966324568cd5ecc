"""What the queue refuses, and why an episode failed that no transfer is to blame for."""

from __future__ import annotations

from typing import ClassVar

from aniworld.web.errors import AppError
from providers.coded import gettext_noop


class QueueError(AppError):
    """Base of the errors of this room."""

    code = "queue_error"


class InvalidRequest(QueueError):
    """The call makes no sense as it is; nothing was changed."""

    code = "invalid"
    texts: ClassVar = {
        "no_episodes": gettext_noop("Name at least one episode."),
        "too_many": gettext_noop("At most {most} episodes can be added at once."),
        "numbers": gettext_noop("Some seasons or episodes cannot be."),
        "limit": gettext_noop("The limit must be at least 1."),
    }


class SeriesUnknown(QueueError):
    """The library has no such series, or no longer."""

    code = "series_not_found"
    status = 404
    texts: ClassVar = {
        "to_queue": gettext_noop("There is no series {key!r} in the library."),
        "removed": gettext_noop("{name} has been removed from the library."),
    }


class OtherFolder(QueueError):
    """The caller takes another folder for the series': it may mean another series."""

    code = "other_folder"
    texts: ClassVar = {
        "": gettext_noop("The folder of {name} is “{right}”, not “{folder}”."),
    }


class ItemNotFound(QueueError):
    code = "item_not_found"
    status = 404
    texts: ClassVar = {"": gettext_noop("There is no item {item} in the queue.")}


class NotPending(QueueError):
    """Only a waiting item has a place that can be changed."""

    code = "not_pending"
    status = 404
    texts: ClassVar = {"": gettext_noop("Item {item} does not wait in the queue.")}


class NotFailed(QueueError):
    """Only a failed item can be tried again."""

    code = "not_failed"
    status = 409
    texts: ClassVar = {
        "": gettext_noop("Item {item} has not failed; only a failed one can be retried.")
    }


class NothingToLift(QueueError):
    """No window of quiet hours holds whose end is known."""

    code = "nothing_to_lift"
    status = 409
    texts: ClassVar = {"": gettext_noop("No quiet hours hold now that end by themselves.")}


class NothingKept(QueueError):
    """The item keeps no suspicious file aside, or no longer."""

    code = "nothing_kept"
    status = 409
    texts: ClassVar = {"": gettext_noop("Item {item} keeps no file aside.")}


class EpisodeTaken(QueueError):
    """The episode needs no file that was kept aside."""

    code = "episode_taken"
    status = 409
    texts: ClassVar = {
        "queued": gettext_noop("The episode is in the queue again; take it out there first."),
        "present": gettext_noop("The episode is on disk by now."),
    }


class QuarantineGone(QueueError):
    """The file that was kept aside is no longer there as it was."""

    code = "quarantine_gone"
    status = 409
    texts: ClassVar = {"": gettext_noop("The file that was kept aside is no longer there.")}


class PlaceError(QueueError):
    """A checked file cannot be put where it belongs."""

    code = "place_failed"


class FileExists(PlaceError):
    code = "file_exists"
    status = 409
    texts: ClassVar = {"": gettext_noop("There is a file already: {path}")}


class OtherDisk(PlaceError):
    code = "other_disk"
    texts: ClassVar = {
        "": gettext_noop(
            "{folder} lies on another disk than its library folder; make it a library folder of "
            "its own."
        )
    }


class NameTooLong(PlaceError):
    """The name of a series' folder cannot be shortened: the owner, or a scan, has given it."""

    code = "name_too_long"
    texts: ClassVar = {
        "": gettext_noop(
            "The name “{name}” is too long for the file system of {root}, which takes {longest} "
            "bytes. Give the series a shorter folder."
        )
    }


class FolderRefuses(PlaceError):
    """Nothing can be put into the folder of one series; the rest of the library takes files."""

    code = "folder_refuses"
    texts: ClassVar = {
        "": gettext_noop(
            "Nothing can be put into {folder}: {errno}. Other folders of the library can be "
            "written to. Nothing was downloaded."
        )
    }


class DiskRefuses(PlaceError):
    """The library's disk takes no files: nothing the episode can help."""

    code = "disk_refuses"
    status = 503
    permanent = False
    texts: ClassVar = {
        "": gettext_noop("Nothing can be written into the library folder {path}: {errno}.")
    }


class OutsideLibrary(PlaceError):
    """A link in the library leads to where its owner has not allowed to write."""

    code = "outside_library"
    texts: ClassVar = {
        "": gettext_noop(
            "{folder} leads out of the library, to {target}: nothing was written there. If it may "
            'be, add to "library" in config.json: "link_targets": ["{target}"]'
        )
    }


class RootUnavailable(PlaceError):
    """The library's disk is away: nothing the episode can help."""

    code = "root_unavailable"
    status = 503
    permanent = False
    texts: ClassVar = {
        "to_download": gettext_noop("The library folder {path} is not there."),
        "other_disk": gettext_noop(
            "The library folder {path} is not the disk it was: nothing that is known of it is "
            "there. Nothing was written into it. If another one is meant to be there, scan the "
            "library."
        ),
        "silent_to_download": gettext_noop(
            "The library folder {path} does not answer: its disk hangs, or the server it lies on "
            "is away."
        ),
    }


class AlreadyOnDisk(QueueError):
    """A scan found the episode after it was queued."""

    code = "already_on_disk"
    status = 409
    texts: ClassVar = {"": gettext_noop("It is on disk already: {path}. Nothing was downloaded.")}


class FileUnavailable(QueueError):
    """The episode has a file, on a disk that is away."""

    code = "file_unavailable"
    status = 409
    texts: ClassVar = {
        "": gettext_noop("Its file {path} is known, but its disk is away. Scan when it is back.")
    }


class ClaimLost(QueueError):
    """The item is no longer this worker's: removed by its owner, or taken over."""

    code = "claim_lost"
    status = 409
    texts: ClassVar = {
        "": gettext_noop("Item {item} is no longer this worker's."),
        "healed": gettext_noop("Item {item} is no longer left over."),
        "lease": gettext_noop("The lease is lost."),
    }


class ProviderOff(QueueError):
    """The site of the series is switched off."""

    code = "provider_off"
    status = 409
    texts: ClassVar = {"": gettext_noop("The provider {site} is not enabled.")}


class CatalogueHeld(QueueError):
    """The catalogue of the series has other numbers, and its owner has not said yet what they
    mean: fetched now, it might be another episode."""

    code = "catalogue_held"
    status = 409
    permanent = False
    texts: ClassVar = {
        "": gettext_noop(
            "The catalogue of {name} has other numbers, and it is not certain which episode this "
            "is now. It waits until you have said so on the page of the series."
        )
    }


class TransferDied(QueueError):
    """The transfer's process ended, or fell silent, without a word."""

    code = "transfer_died"
    status = 500
    permanent = False
    texts: ClassVar = {
        "ended": gettext_noop(
            "The transfer's process ended with code {exit_code} without a result."
        ),
        "silent": gettext_noop("Nothing moved for {seconds} seconds."),
        "slow": gettext_noop(
            "It brought no more than {rate} bytes a second for {seconds} seconds."
        ),
    }


class Unexpected(QueueError):
    """A fault of ours. ``reason`` is what the exception says."""

    code = "internal_error"
    status = 500
    permanent = False
    texts: ClassVar = {"": gettext_noop("An unexpected error: {reason}")}


# What an item of the queue may fail with, beside what its transfer says.
OF_ITEMS = (
    *(PlaceError, AlreadyOnDisk, FileUnavailable, ProviderOff, CatalogueHeld, TransferDied),
    Unexpected,
)
