"""All files of the library over HTTP, and deleting some of them."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE
from aniworld.web.answers import Answer, described
from aniworld.web.pagination import page_of
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import query_of, valid
from library.api import bin_shapes, file_shapes
from library.errors import (
    BinIsOff,
    NotBinned,
    NothingToDelete,
    RecyclingRunning,
    RenamingRunning,
    ScanRunning,
)
from library.recycling.several import delete_several
from library.services import library_files


@needs(Right.VIEW)
class FilesView(APIView):
    @described(operation_id="library_files", query=file_shapes.LibraryFilesQuery)
    def get(self, request: Request) -> Answer[file_shapes.LibraryFilesPage]:
        """Every video in the library folders, as the last scan has seen it."""
        query = query_of(request, file_shapes.LibraryFilesQuery)
        listing = library_files.Listing(file_shapes.wanted_of(query))
        page = page_of(request, listing, file_shapes.rows)
        return Answer({**page, "bytes": listing.totals.bytes})


@needs(Right.OWN)
class FilesDeleteView(APIView):
    @described(
        operation_id="library_files_delete",
        body=file_shapes.FilesDeletionSerializer,
        raises=(
            *(NothingToDelete, NotBinned, BinIsOff, ScanRunning, RenamingRunning),
            RecyclingRunning,
            *CONFIG_UNREADABLE,
        ),
    )
    def post(self, request: Request) -> Answer[bin_shapes.BinOutcome]:
        """Move files into the recycle bin, as one act. Those that belong to no series stay."""
        data = valid(file_shapes.FilesDeletionSerializer(data=request.data))
        files = library_files.here().filter(pk__in=data["ids"]).select_related("root", "series")
        outcome = delete_several(list(files.order_by("pk")), for_good=data["for_good"])
        return Answer(bin_shapes.outcome(outcome))
