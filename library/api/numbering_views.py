"""Suggested numberings over HTTP."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.web.answers import Answer, described
from aniworld.web.pagination import Page, page_of
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import valid
from library import services
from library.api import numbering_shapes, serializers, shapes
from library.errors import MappingFileInvalid, SeriesNotFound, SuggestionGone
from library.models import AnimeSeries
from library.services.numbering_import import looked_through
from library.services.suggestions import suggestions_of, waiting


@needs(Right.VIEW)
class NumberingView(APIView):
    @described(operation_id="numbering_list")
    def get(self, request: Request) -> Answer[Page[numbering_shapes.SeriesNumbering]]:
        """The series with files that stand for no listed episode, and what may be meant.

        What titles in the names of files alone tell of, where each file stands for a listed
        episode, is looked for where one series is asked for."""
        return Answer(page_of(request, waiting(), numbering_shapes.numbering_rows))


@needs(Right.OWN)
class ImportView(APIView):
    @described(
        operation_id="numbering_import",
        body=serializers.NumberingFileSerializer,
        raises=(MappingFileInvalid,),
    )
    def post(self, request: Request) -> Answer[numbering_shapes.NumberingImport]:
        """Numberings of many series from a file: what it would change, or with `apply` take it
        over. At most 200 series are changed at once; the same again goes on with those that are
        left."""
        data = valid(serializers.NumberingFileSerializer(data=request.data))
        imports = looked_through(data["content"].encode(), replace=data["replace"])
        return Answer(numbering_shapes.imported(imports, apply=data["apply"]))


@needs(Right.VIEW)
class SuggestionsView(APIView):
    @described(raises=(SeriesNotFound,))
    def get(self, _request: Request, key: str) -> Answer[numbering_shapes.Suggestions]:
        """Which numberings may be meant, by files and catalogue as they are now."""
        return Answer(_suggestions(services.get_series(key)))


@needs(Right.OWN)
class ApplyView(APIView):
    @described(body=serializers.MarkSerializer, raises=(SeriesNotFound, SuggestionGone))
    def post(self, request: Request, key: str) -> Answer[shapes.SeriesMapping]:
        """Add a suggested numbering to the series' own."""
        data = valid(serializers.MarkSerializer(data=request.data))
        series = services.apply_suggestion(services.get_series(key), data["mark"])
        return Answer(shapes.mapping(series))


@needs(Right.OWN)
class DismissView(APIView):
    @described(body=serializers.MarkSerializer, raises=(SeriesNotFound, SuggestionGone))
    def post(self, request: Request, key: str) -> Answer[numbering_shapes.Suggestions]:
        """Suggest a numbering no more, while the same is seen. The answer is what is left."""
        data = valid(serializers.MarkSerializer(data=request.data))
        series = services.dismiss_suggestion(services.get_series(key), data["mark"])
        return Answer(_suggestions(series))


def _suggestions(series: AnimeSeries) -> numbering_shapes.Suggestions:
    found = numbering_shapes.suggestion_rows(suggestions_of(series))
    return {"key": series.key, "suggestions": found}
