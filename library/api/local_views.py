"""Folders without a series, and series without a catalogue, over HTTP."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE
from aniworld.web.answers import Accepted, Answer, Created, described
from aniworld.web.api import SITE_ERRORS
from aniworld.web.pagination import Page, page_of
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import valid
from library import services
from library.api import folder_shapes, serializers, shapes
from library.errors import (
    FolderTaken,
    InvalidKey,
    NoLibraryRoot,
    NoSiteChosen,
    NotLocal,
    RecyclingRunning,
    RenamingRunning,
    ScanRunning,
    SeriesKnown,
    SeriesNotFound,
    UnmatchedNotFound,
)
from library.matching.clues import from_name
from library.models import MediaFile
from library.naming.paths import to_shown
from library.services.unmatched import waiting_folder


@needs(Right.VIEW)
class FilesView(APIView):
    @described(raises=(UnmatchedNotFound,), operation_id="unmatched_files")
    def get(self, request: Request, folder_id: str) -> Answer[Page[folder_shapes.UnmatchedFile]]:
        """The videos in a folder without a series, and what was read of their names."""
        row = waiting_folder(folder_id)
        files = MediaFile.objects.present().filter(root=row.root, folder=row.folder)
        return Answer(page_of(request, files.order_by("path"), folder_shapes.file_rows))


@needs(Right.OWN)
class KeepView(APIView):
    @described(
        body=serializers.KeepSerializer,
        raises=(UnmatchedNotFound, FolderTaken, SeriesKnown, InvalidKey),
        operation_id="unmatched_keep",
    )
    def post(self, request: Request, folder_id: str) -> Created[shapes.Series]:
        """Keep the folder as a series of its own, without a catalogue. Without a name it is called
        as the folder is."""
        data = valid(serializers.KeepSerializer(data=request.data))
        said = from_name(to_shown(waiting_folder(folder_id).folder))
        series = services.keep_folder(
            folder_id, name=data.get("name") or said.title, year=data.get("year") or said.year
        )
        return Created(shapes.series_rows([series])[0])


@needs(Right.OWN)
class IgnoreView(APIView):
    @described(raises=(UnmatchedNotFound,), operation_id="unmatched_ignore")
    def post(self, _request: Request, folder_id: str) -> Answer[folder_shapes.Unmatched]:
        """Ask no more which series the folder is."""
        return Answer(folder_shapes.unmatched_row(services.ignore_folder(folder_id)))


@needs(Right.OWN)
class HeedView(APIView):
    @described(raises=(UnmatchedNotFound,), operation_id="unmatched_heed")
    def post(self, _request: Request, folder_id: str) -> Answer[folder_shapes.Unmatched]:
        """Ask again which series an ignored folder is."""
        return Answer(folder_shapes.unmatched_row(services.heed_folder(folder_id)))


@needs(Right.OWN)
class AskView(APIView):
    @described(
        raises=(
            *(NoSiteChosen, ScanRunning, RenamingRunning, RecyclingRunning, NoLibraryRoot),
            *CONFIG_UNREADABLE,
        ),
        operation_id="unmatched_ask",
    )
    def post(self, _request: Request) -> Accepted[shapes.Operation]:
        """Ask the sites for all folders that wait, in a scan."""
        return Accepted(shapes.operation(services.ask_again()))


@needs(Right.OWN)
class CatalogueView(APIView):
    @described(
        body=serializers.PickSerializer,
        raises=(SeriesNotFound, NotLocal, SeriesKnown, *SITE_ERRORS, *CONFIG_UNREADABLE),
    )
    def post(self, request: Request, key: str) -> Answer[shapes.SeriesDetails]:
        """Give a series without a catalogue that of a site."""
        data = valid(serializers.PickSerializer(data=request.data))
        series = services.give_catalogue(services.get_series(key), **data)
        return Answer(shapes.series_details(series))

    @described(raises=(SeriesNotFound, NotLocal))
    def delete(self, _request: Request, key: str) -> Answer[shapes.SeriesDetails]:
        """Take its catalogue from a series: what is left are its files."""
        series = services.get_series(key)
        series = services.release_series(series, name=series.name, year=series.year)
        return Answer(shapes.series_details(series))
