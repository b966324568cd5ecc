"""Series over HTTP: list, add, look at, change."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE
from aniworld.web.answers import Answer, Created, NoContent, described
from aniworld.web.api import SITE_ERRORS
from aniworld.web.pagination import page_of
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import query_of, valid
from aniworld.web.texts import told_of
from library import services
from library.api import serializers, shapes
from library.errors import (
    EpisodeNotFound,
    FolderTaken,
    InvalidFolder,
    InvalidFollowing,
    InvalidKey,
    InvalidLink,
    InvalidMapping,
    InvalidPreferences,
    NoLibraryRoot,
    NoSiteChosen,
    SeriesKnown,
    SeriesNotFound,
)
from library.models import AnimeSeries
from library.models.series import AnimeSeriesQuerySet
from library.services.evidence import Evidence, evidence_row


@needs(Right.VIEW, writing=Right.OWN)
class SeriesListView(APIView):
    @described(query=serializers.ListQuery)
    def get(self, request: Request) -> Answer[shapes.SeriesPage]:
        """The series with missing episodes, with `missing=all` every one; with another filter all
        that it fits."""
        query = query_of(request, serializers.ListQuery)
        page = page_of(request, listed_series(query), shapes.series_rows)
        return Answer({**page, "filtered": leaves_some_out(query)})

    @described(
        body=serializers.AddSeriesSerializer,
        raises=(
            *(SeriesKnown, FolderTaken, InvalidFolder, InvalidLink, InvalidKey, NoLibraryRoot),
            *SITE_ERRORS,
            *CONFIG_UNREADABLE,
        ),
    )
    def post(self, request: Request) -> Answer[shapes.Series] | Created[shapes.Series]:
        """Add a series; its site is asked. A removed one is brought back (200)."""
        data = valid(serializers.AddSeriesSerializer(data=request.data))
        series, is_new = services.add_series(**data)
        (row,) = shapes.series_rows([series])
        return Created(row) if is_new else Answer(row)


@needs(Right.VIEW, writing=Right.OWN)
class SeriesView(APIView):
    @described(raises=(SeriesNotFound,))
    def get(self, _request: Request, key: str) -> Answer[shapes.SeriesDetails]:
        """One series with its episodes."""
        return Answer(shapes.series_details(services.get_series(key)))

    @described(
        body=serializers.ChangeSerializer,
        raises=(SeriesNotFound, FolderTaken, InvalidFolder, InvalidPreferences, InvalidFollowing),
    )
    def patch(self, request: Request, key: str) -> Answer[shapes.SeriesDetails]:
        """Change whether it is monitored, what is fetched by itself, its preferences, its
        folder."""
        changes = valid(serializers.ChangeSerializer(data=request.data))
        for part in ("preferences", "following"):
            changes |= changes.pop(part, {})
        series = services.change_series(services.get_series(key), changes)
        return Answer(shapes.series_details(series))

    @described(raises=(SeriesNotFound,))
    def delete(self, _request: Request, key: str) -> NoContent:
        """Take the series out of the library; its files stay."""
        services.remove_series(services.get_series(key))
        return NoContent()


@needs(Right.OWN)
class RestoreView(APIView):
    @described(raises=(SeriesNotFound, FolderTaken))
    def post(self, _request: Request, key: str) -> Answer[shapes.Series]:
        """Bring a removed series back."""
        series = services.get_series(key, deleted=True)
        if series.is_deleted:
            series = services.restore_series(series)
        return Answer(shapes.series_rows([series])[0])


@needs(Right.OPERATE)
class RefreshView(APIView):
    @described(raises=(SeriesNotFound, *SITE_ERRORS, *CONFIG_UNREADABLE))
    def post(self, _request: Request, key: str) -> Answer[shapes.SeriesDetails]:
        """Ask the provider for the series now."""
        series = services.refresh_now(services.get_series(key))
        return Answer(shapes.series_details(series))


@needs(Right.VIEW, writing=Right.OWN)
class MappingView(APIView):
    """The ranges that tie the provider's numbers to the library's; GET exports, PUT imports."""

    @described(raises=(SeriesNotFound,))
    def get(self, _request: Request, key: str) -> Answer[shapes.SeriesMapping]:
        return Answer(shapes.mapping(services.get_series(key)))

    @described(body=serializers.MappingSerializer, raises=(SeriesNotFound, InvalidMapping))
    def put(self, request: Request, key: str) -> Answer[shapes.SeriesMapping]:
        series = services.get_series(key)
        data = valid(serializers.MappingSerializer(data=request.data))
        return Answer(shapes.mapping(services.set_mapping(series, data["mapping"])))


@needs(Right.VIEW)
class EvidenceView(APIView):
    @described(raises=(SeriesNotFound, EpisodeNotFound))
    def get(self, _request: Request, key: str, season: str, episode: str) -> Answer[Evidence]:
        """Why an episode has its state."""
        series = services.get_series(key)
        found = services.get_episode(series, int(season), int(episode))
        return Answer(evidence_row(series, found))


@needs(Right.OWN)
class SearchView(APIView):
    @described(
        body=serializers.SearchSerializer,
        raises=(NoSiteChosen, *SITE_ERRORS, *CONFIG_UNREADABLE),
    )
    def post(self, request: Request) -> Answer[shapes.SearchPage]:
        """Search the kept list of one provider, or of all enabled ones, and ask them where that
        does not do: where a list is missing or old, or none holds it."""
        data = valid(serializers.SearchSerializer(data=request.data))
        answer = services.search_sites(data["query"], site=data.get("site"), ask=data["ask"])
        page = page_of(request, answer.results, shapes.found_rows)
        failures = {name: told_of(error) for name, error in answer.failures.items()}
        return Answer(
            {
                **page,
                "from_list": answer.from_list,
                "listed_at": dict(answer.listed_at),
                "asked": list(answer.asked),
                "failures": failures,
            }
        )


def leaves_some_out(query: dict[str, Any]) -> bool:
    """Whether a list shows not every series that is in the library."""
    return _only_missing(query) or _is_narrowed(query)


def _only_missing(query: dict[str, Any]) -> bool:
    """Whether series that miss nothing are left out: where it is asked for, or nothing else is."""
    if "missing" in query:
        return bool(query["missing"] == "some") and not query["removed"]
    return not _is_narrowed(query)


def _is_narrowed(query: dict[str, Any]) -> bool:
    """Whether a filter is named besides ``missing``."""
    names = ("search", "genre", "status", "site", "held", "removed")
    asked = any(query.get(name) for name in names)
    return asked or query["monitored"] is not None


def listed_series(query: dict[str, Any]) -> AnimeSeriesQuerySet:
    """The series a list asks for, in its order."""
    if query["removed"]:
        found = AnimeSeries.objects.exclude(deleted_at=None)
    else:
        found = AnimeSeries.objects.active()
    if _only_missing(query):
        found = found.with_missing()
    if query.get("search"):
        found = found.matching(query["search"])
    if query.get("genre"):
        found = found.of_genre(query["genre"])
    if query.get("status"):
        found = found.filter(status=query["status"].lower())
    if query.get("site"):
        found = found.filter(site=query["site"].lower())
    if query["held"]:
        found = found.filter(catalogue_held=True)
    if query["monitored"] is not None:
        found = found.filter(monitored=query["monitored"])
    name = query["ordering"].lstrip("-")
    sign = "-" if query["ordering"].startswith("-") else ""
    return found.order_by(sign + serializers.ORDERINGS[name], "id").only(*shapes.LISTED)
