"""The enumerations of the library. Upper case in JSON, in the database and here."""

from __future__ import annotations

from django.db.models import TextChoices


class EpisodeState(TextChoices):
    PRESENT = "PRESENT"
    MISSING = "MISSING"
    UNAVAILABLE = "UNAVAILABLE"  # a file is known but its disk is gone: never queued
    ANNOUNCED = "ANNOUNCED"  # listed, but nobody offers it yet


class EpisodeKind(TextChoices):
    EPISODE = "EPISODE"
    FILM = "FILM"
    SPECIAL = "SPECIAL"


class FileState(TextChoices):
    PRESENT = "PRESENT"
    UNAVAILABLE = "UNAVAILABLE"


class SeriesStatus(TextChoices):
    UNKNOWN = "", "unknown"
    ONGOING = "ongoing"
    COMPLETED = "completed"


class CatalogueState(TextChoices):
    """Whether anybody knows what a series misses."""

    READ = "READ"
    NOT_READ = "NOT_READ"
    NONE = "NONE"  # it has no catalogue: a folder that was kept as a series of its own


class Follow(TextChoices):
    """What is fetched of a series by itself."""

    OFF = "OFF"
    NEW = "NEW"  # what appears from now on
    GAPS = "GAPS"  # everything that is missing
    SEASON = "SEASON"  # everything that is missing of one season and those after it


class KeepFiles(TextChoices):
    """What happens when a better language appears once an episode is on disk."""

    AS_SET = "", "as in the settings"
    FIRST = "FIRST"
    REPLACE = "REPLACE"  # the file that is there goes into the recycle bin
    BOTH = "BOTH"


class CatalogueChangeKind(TextChoices):
    """What has become of an episode in its catalogue."""

    NEW = "NEW"
    RENAMED = "RENAMED"  # another title
    RENUMBERED = "RENUMBERED"
    WITHDRAWN = "WITHDRAWN"
    RETURNED = "RETURNED"  # it was withdrawn before


class NumbersMean(TextChoices):
    """What the owner says of a list of episodes whose numbers have changed."""

    SAME_EPISODES = "SAME_EPISODES"  # under new numbers: files and queue follow them
    AS_LISTED = "AS_LISTED"  # each number is what it was; its title has changed


class NumberingCase(TextChoices):
    """In which way the files of a series are numbered otherwise than its catalogue."""

    SPLIT_COUR = "SPLIT_COUR"  # one season of the files is several of the catalogue
    COUNTED_ON = "COUNTED_ON"  # the files of a sequel go on counting
    JOINED = "JOINED"  # several seasons of the files are one of the catalogue
    SPECIALS = "SPECIALS"  # a recap or a special has a number among the episodes, on one side


class Confidence(TextChoices):
    """What speaks for a numbering that is suggested, the strongest first."""

    TITLES = "TITLES"  # titles in the names of files are those of the episodes
    COUNTS = "COUNTS"  # there are just as many of them
    FITS = "FITS"  # only that the numbers have a place there


class UnmatchedReason(TextChoices):
    NO_CANDIDATE = "NO_CANDIDATE"  # the catalogue knows nothing of that name
    AMBIGUOUS = "AMBIGUOUS"  # more than one series could be meant
    UNSURE = "UNSURE"  # one series was found, and not all of it agrees
    HAS_FOLDER = "HAS_FOLDER"  # its series is at home in another folder
    REMOVED = "REMOVED"  # its series was removed from the library
    NOT_ASKED = "NOT_ASKED"  # scanned without a provider, or no provider is enabled
    PROVIDER_FAILED = "PROVIDER_FAILED"  # the provider could not be asked
    NAME_UNREADABLE = "NAME_UNREADABLE"  # nothing of the name can be searched for
    LOOSE_FILES = "LOOSE_FILES"  # video files beside the series folders
    IGNORED = "IGNORED"  # the owner wants to be asked no more
    WRONG_SERIES = "WRONG_SERIES"  # the owner took it from a series: no scan decides again


class OperationKind(TextChoices):
    """What goes through the whole library, one at a time."""

    SCAN = "SCAN"
    RENAMING = "RENAMING"
    RECYCLING = "RECYCLING"  # files go into the recycle bin, or come back from it


class StepState(TextChoices):
    PLANNED = "PLANNED"  # perhaps done, where its process has died
    DONE = "DONE"
    UNDONE = "UNDONE"  # the files have their former names again


class BinState(TextChoices):
    """Of what is in the recycle bin, or on its way."""

    MOVING = "MOVING"  # into it; perhaps done, where its process has died
    BINNED = "BINNED"
    RESTORING = "RESTORING"  # out of it; the same
    DELETING = "DELETING"  # for good


class BinReason(TextChoices):
    """Why a file is in the recycle bin."""

    DELETED = "DELETED"  # by the owner
    REPLACED = "REPLACED"  # by a download of the same episode
    BETTER_LANGUAGE = "BETTER_LANGUAGE"  # by one in a language that is wanted more
    SWAPPED_BACK = "SWAPPED_BACK"  # by the file that it had replaced
