"""Scans and what they leave to the owner, over HTTP."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE
from aniworld.journal.actors import demand
from aniworld.web.answers import Accepted, Answer, described
from aniworld.web.api import SITE_ERRORS
from aniworld.web.errors import AppError
from aniworld.web.pagination import Page, page_of
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import query_of, valid
from aniworld.web.texts import text_of
from library import services
from library.api import folder_shapes, serializers, shapes
from library.errors import (
    FolderTaken,
    InvalidFolder,
    InvalidKey,
    NoLibraryRoot,
    NoScanRunning,
    NothingToUnmatch,
    RecyclingRunning,
    RenamingRunning,
    ScanRunning,
    SeriesKnown,
    SeriesNotFound,
    UnmatchedNotFound,
)
from library.models import UnmatchedFolder
from library.services import scans
from library.services.operations import ScanStatus
from library.services.roots import in_a_root
from providers.errors import ProviderError


@needs(Right.OPERATE)
class RescanView(APIView):
    @described(
        body=serializers.RescanSerializer,
        raises=(
            *(ScanRunning, RenamingRunning, RecyclingRunning, NoLibraryRoot, SeriesNotFound),
            *CONFIG_UNREADABLE,
        ),
    )
    def post(self, request: Request) -> Accepted[shapes.Operation]:
        """Scan the library folders in a process of their own; one scan at a time.
        `accept_removals` is the owner's."""
        data = valid(serializers.RescanSerializer(data=request.data))
        if data["accept_removals"]:
            demand(Right.OWN)
        return Accepted(shapes.operation(scans.start(**data)))


@needs(Right.OPERATE)
class RescanCancelView(APIView):
    @described(raises=(NoScanRunning,))
    def post(self, _request: Request) -> Accepted[shapes.Operation]:
        """End the running scan between two folders."""
        return Accepted(shapes.operation(scans.cancel()))


@needs(Right.VIEW)
class RescanStatusView(APIView):
    def get(self, _request: Request) -> Answer[ScanStatus]:
        """The running scan, or else the last one."""
        return Answer(scans.status_json())


@needs(Right.VIEW)
class UnmatchedView(APIView):
    @described(query=serializers.UnmatchedQuery)
    def get(self, request: Request) -> Answer[Page[folder_shapes.Unmatched]]:
        """Folders no series was found for, with what may be meant; those that are ignored apart."""
        query = query_of(request, serializers.UnmatchedQuery)
        known = UnmatchedFolder.objects
        found = known.ignored() if query["ignored"] else known.waiting()
        rows = found.filter(in_a_root()).select_related("root")
        return Answer(page_of(request, rows, folder_shapes.unmatched_rows))


@needs(Right.OWN)
class MatchView(APIView):
    @described(
        body=serializers.PickSerializer,
        raises=(
            *(UnmatchedNotFound, SeriesKnown, FolderTaken, InvalidFolder, InvalidKey),
            *SITE_ERRORS,
            *CONFIG_UNREADABLE,
        ),
    )
    def post(self, request: Request, folder_id: str) -> Answer[shapes.Series]:
        """Say which series a folder holds."""
        data = valid(serializers.PickSerializer(data=request.data))
        series = services.match_folder(folder_id, **data)
        return Answer(shapes.series_rows([series])[0])


@needs(Right.OWN)
class UnmatchView(APIView):
    @described(raises=(SeriesNotFound, NothingToUnmatch))
    def post(self, _request: Request, key: str) -> Answer[folder_shapes.Unmatched]:
        """Say that a folder is not this series: it leaves the library, the folder is unmatched."""
        return Answer(
            folder_shapes.unmatched_row(services.unmatch_series(services.get_series(key)))
        )


@needs(Right.OWN)
class BulkMatchView(APIView):
    @described(body=serializers.BulkSerializer, operation_id="unmatched_match_many")
    def post(self, request: Request) -> Answer[folder_shapes.BulkMatched]:
        """Say it for many folders at once; what fails is named and stops nothing."""
        data = valid(serializers.BulkSerializer(data=request.data))
        outcome: folder_shapes.BulkMatched = {"matched": [], "failed": []}
        for pick in data["matches"]:
            _match(pick, outcome)
        return Answer(outcome)


def _match(pick: dict[str, Any], outcome: folder_shapes.BulkMatched) -> None:
    try:
        series = services.match_folder(pick["id"], site=pick["site"], key=pick["key"])
    except (AppError, ProviderError) as error:
        refused: folder_shapes.RefusedMatch = {
            "id": pick["id"],
            **error.as_json(),
            "detail": text_of(error),
        }
        outcome["failed"].append(refused)
    else:
        outcome["matched"].append({"id": pick["id"], "key": series.key})
