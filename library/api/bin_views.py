"""The recycle bin over HTTP: what is in it, what would go there, and both ways."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE
from aniworld.web.answers import Answer, described
from aniworld.web.pagination import page_of
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import query_of, valid
from library import services
from library.api import bin_shapes, serializers
from library.errors import (
    BinIsOff,
    NotBinned,
    NothingToDelete,
    NotInBin,
    RecyclingRunning,
    RenamingRunning,
    ScanRunning,
    SeriesNotFound,
)
from library.models import BinnedFile
from library.recycling.delete import delete_files
from library.recycling.emptying import bytes_in_bin, delete_for_good, empty
from library.recycling.look import chosen, look
from library.recycling.restore import Taken, restore
from library.recycling.write import days_kept
from library.services.wanting import set_wanted

_BUSY = (ScanRunning, RenamingRunning, RecyclingRunning)


@needs(Right.VIEW)
class BinView(APIView):
    @described(query=serializers.BinQuery, raises=CONFIG_UNREADABLE)
    def get(self, request: Request) -> Answer[bin_shapes.BinPage]:
        """What is in the recycle bin, the newest first."""
        query = query_of(request, serializers.BinQuery)
        found = BinnedFile.objects.in_bin().newest_first().select_related("root", "series")
        if "series" in query:
            found = found.filter(series_key=query["series"])
        page = page_of(request, found, bin_shapes.rows)
        return Answer({**page, "bytes": bytes_in_bin(found), "days": days_kept()})


@needs(Right.OWN)
class BinRestoreView(APIView):
    @described(body=serializers.BinRestoreSerializer, raises=(NotInBin, *_BUSY, *CONFIG_UNREADABLE))
    def post(self, request: Request) -> Answer[bin_shapes.BinOutcome]:
        """Give files their places back; over nothing that is there."""
        data = valid(serializers.BinRestoreSerializer(data=request.data))
        taken = Taken(data.get("taken", Taken.STAYS).lower())
        return Answer(bin_shapes.outcome(restore(_named(data), taken=taken)))


@needs(Right.OWN)
class BinDeleteView(APIView):
    @described(body=serializers.BinChoiceSerializer, raises=(NotInBin, *CONFIG_UNREADABLE))
    def post(self, request: Request) -> Answer[bin_shapes.BinOutcome]:
        """Delete files in the bin for good."""
        data = valid(serializers.BinChoiceSerializer(data=request.data))
        return Answer(bin_shapes.outcome(delete_for_good(_named(data))))


@needs(Right.OWN)
class BinEmptyView(APIView):
    @described(raises=(NotInBin, *CONFIG_UNREADABLE))
    def post(self, _request: Request) -> Answer[bin_shapes.BinOutcome]:
        """Delete all that is in the bin for good."""
        return Answer(bin_shapes.outcome(empty()))


@needs(Right.VIEW, writing=Right.OWN)
class SeriesFilesView(APIView):
    """The files of a series, of a season, or of an episode."""

    @described(query=serializers.FilesQuery, raises=(SeriesNotFound, *CONFIG_UNREADABLE))
    def get(self, request: Request, key: str) -> Answer[bin_shapes.GoingFiles]:
        """What deleting them would move into the recycle bin."""
        query = query_of(request, serializers.FilesQuery)
        series = services.get_series(key)
        return Answer(bin_shapes.going(look(series, chosen(series, **_part(query))), days_kept()))

    @described(
        query=serializers.FilesDeletionQuery,
        raises=(SeriesNotFound, NothingToDelete, NotBinned, BinIsOff, *_BUSY, *CONFIG_UNREADABLE),
    )
    def delete(self, request: Request, key: str) -> Answer[bin_shapes.BinOutcome]:
        """Move them into the recycle bin. Their episodes are missing then, and not wanted."""
        query = query_of(request, serializers.FilesDeletionQuery)
        series = services.get_series(key)
        files = chosen(series, **_part(query))
        return Answer(bin_shapes.outcome(delete_files(series, files, for_good=query["for_good"])))


@needs(Right.OWN)
class WantedView(APIView):
    @described(body=serializers.WantedChangeSerializer, raises=(SeriesNotFound,))
    def post(self, request: Request, key: str) -> Answer[bin_shapes.WantedEpisodes]:
        """Say of missing episodes whether they are wanted; of all where none are named."""
        data = valid(serializers.WantedChangeSerializer(data=request.data))
        series = services.get_series(key)
        named = data.get("episodes")
        numbers = None if named is None else {(one["season"], one["episode"]) for one in named}
        changed = set_wanted(series, numbers, wanted=data["wanted"])
        return Answer(
            {"changed": bin_shapes.episodes(changed), "missing_count": series.missing_count}
        )


def _named(data: dict[str, Any]) -> list[int]:
    if "act" not in data:
        return [int(one) for one in data["ids"]]
    return list(BinnedFile.objects.filter(act=data["act"]).values_list("pk", flat=True))


def _part(query: dict[str, Any]) -> dict[str, Any]:
    """What of a series is asked for, in the words of ``chosen``."""
    season, episode = query.get("season"), query.get("episode")
    return {"season": season, "episodes": None if episode is None else (episode,)}
