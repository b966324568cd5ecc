"""Renaming files to the naming template over HTTP: what would be done, doing it, how far it is."""

from __future__ import annotations

from collections.abc import Sequence

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE
from aniworld.web.answers import Accepted, Answer, described
from aniworld.web.pagination import Page, page_of
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from library import services
from library.api import rename_shapes, shapes
from library.errors import (
    NoLibraryRoot,
    NoRenamingRunning,
    RecyclingRunning,
    RenamingRunning,
    ScanRunning,
    SeriesNotFound,
)
from library.models import AnimeSeries
from library.renaming.preview import preview_of, previews_of, with_files
from library.services import renaming
from library.services.renaming import RenamingStatus

_REFUSALS = (ScanRunning, RenamingRunning, RecyclingRunning, NoLibraryRoot, *CONFIG_UNREADABLE)


@needs(Right.VIEW, writing=Right.OWN)
class RenamingView(APIView):
    """The whole library."""

    @described(raises=CONFIG_UNREADABLE)
    def get(self, request: Request) -> Answer[Page[rename_shapes.SeriesRenaming]]:
        """What renaming would do, series by series; files named so already are only counted."""
        return Answer(page_of(request, with_files(), _rows))

    @described(
        raises=(ScanRunning, RenamingRunning, RecyclingRunning, NoLibraryRoot, *CONFIG_UNREADABLE)
    )
    def post(self, _request: Request) -> Accepted[shapes.Operation]:
        """Rename the files of all series, in a process of its own."""
        return Accepted(shapes.operation(renaming.start()))


@needs(Right.VIEW, writing=Right.OWN)
class SeriesRenamingView(APIView):
    """One series."""

    @described(raises=(SeriesNotFound, *CONFIG_UNREADABLE))
    def get(self, _request: Request, key: str) -> Answer[rename_shapes.SeriesRenaming]:
        """What renaming would do; files named so already are only counted."""
        return Answer(rename_shapes.series_renaming(preview_of(services.get_series(key))))

    @described(
        raises=(
            SeriesNotFound,
            ScanRunning,
            RenamingRunning,
            RecyclingRunning,
            NoLibraryRoot,
            *CONFIG_UNREADABLE,
        )
    )
    def post(self, _request: Request, key: str) -> Accepted[shapes.Operation]:
        """Rename the files of the series, in a process of its own."""
        return Accepted(shapes.operation(renaming.start(key)))


@needs(Right.OWN)
class RenamingCancelView(APIView):
    @described(raises=(NoRenamingRunning,))
    def post(self, _request: Request) -> Accepted[shapes.Operation]:
        """End the running renaming between two files."""
        return Accepted(shapes.operation(renaming.cancel()))


@needs(Right.VIEW)
class RenamingStatusView(APIView):
    def get(self, _request: Request) -> Answer[RenamingStatus]:
        """The running renaming, or else the last one."""
        return Answer(renaming.status_json())


def _rows(page: Sequence[AnimeSeries]) -> list[rename_shapes.SeriesRenaming]:
    return [rename_shapes.series_renaming(plan) for plan in previews_of(page)]
