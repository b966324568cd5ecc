"""The tables of the library, by meaning."""

from library.models.airings import Airing
from library.models.availability import Availability
from library.models.binned import BinnedFile
from library.models.catalogue import CatalogueEntry, CatalogueList
from library.models.changes import CatalogueChange
from library.models.days import LibraryDay, LibraryTally
from library.models.decisions import RefusedFolder
from library.models.files import LibraryRoot, MediaFile, ScannedDirectory, UnmatchedFolder
from library.models.links import OwnLink
from library.models.losses import LostEpisode
from library.models.operations import ScanOperation
from library.models.renames import RenameStep
from library.models.series import AnimeSeries, Episode
from library.models.ties import SeriesTie

__all__ = [
    "Airing",
    "AnimeSeries",
    "Availability",
    "BinnedFile",
    "CatalogueChange",
    "CatalogueEntry",
    "CatalogueList",
    "Episode",
    "LibraryDay",
    "LibraryRoot",
    "LibraryTally",
    "LostEpisode",
    "MediaFile",
    "OwnLink",
    "RefusedFolder",
    "RenameStep",
    "ScanOperation",
    "ScannedDirectory",
    "SeriesTie",
    "UnmatchedFolder",
]
