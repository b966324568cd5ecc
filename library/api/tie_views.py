"""Ties of a series to further sites over HTTP."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE
from aniworld.web.answers import Answer, Created, NoContent, described
from aniworld.web.api import SITE_ERRORS
from aniworld.web.ids import whole
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import valid
from library import services
from library.api import serializers, tie_shapes
from library.errors import (
    EpisodeNotFound,
    InvalidLink,
    InvalidMapping,
    InvalidPreferences,
    NotLocal,
    OwnLinkNotFound,
    SeriesNotFound,
    TieKnown,
    TieNotFound,
    TooManyTies,
)
from library.ties.links import get_link, remove_link, set_link
from library.ties.services import compare, move_tie, tie_series, untie_series
from providers.errors import AddressRefused


@needs(Right.VIEW, writing=Right.OWN)
class TiesView(APIView):
    @described(raises=(SeriesNotFound,))
    def get(self, _request: Request, key: str) -> Answer[list[tie_shapes.Tie]]:
        """The other sites that a series may come from, in the order in which they are asked."""
        return Answer(tie_shapes.tie_rows(list(services.get_series(key).ties.all())))

    @described(
        body=serializers.NewTieSerializer,
        raises=(
            *(SeriesNotFound, NotLocal, TieKnown, TooManyTies, InvalidMapping, InvalidLink),
            *SITE_ERRORS,
            *CONFIG_UNREADABLE,
        ),
    )
    def post(self, request: Request, key: str) -> Created[tie_shapes.Tie]:
        """Say that a series of another site is this one. Its episodes are fetched from there where
        the series' own site does not bring them."""
        data = valid(serializers.NewTieSerializer(data=request.data))
        return Created(tie_shapes.tie_row(tie_series(services.get_series(key), **data)))


@needs(Right.OWN)
class TieComparisonView(APIView):
    @described(
        body=serializers.NewTieSerializer,
        raises=(
            *(SeriesNotFound, TieKnown, InvalidMapping, InvalidLink),
            *SITE_ERRORS,
            *CONFIG_UNREADABLE,
        ),
    )
    def post(self, request: Request, key: str) -> Answer[tie_shapes.ComparedSeries]:
        """Hold a series of another site against this one, before it is tied. Without a numbering
        the one that suggests itself is compared with. Nothing is written."""
        data = valid(serializers.NewTieSerializer(data=request.data))
        return Answer(tie_shapes.comparison(compare(services.get_series(key), **data)))


@needs(Right.OWN)
class TieView(APIView):
    @described(raises=(SeriesNotFound, TieNotFound))
    def delete(self, _request: Request, key: str, tie_id: str) -> NoContent:
        """Take a tie back: nothing comes from there any more."""
        untie_series(services.get_series(key), whole(tie_id) or 0)
        return NoContent()


@needs(Right.OWN)
class TieMoveView(APIView):
    @described(body=serializers.MoveSerializer, raises=(SeriesNotFound, TieNotFound))
    def post(self, request: Request, key: str, tie_id: str) -> Answer[list[tie_shapes.Tie]]:
        """Ask a site sooner or later than the other tied ones."""
        data = valid(serializers.MoveSerializer(data=request.data))
        series = services.get_series(key)
        move_tie(series, whole(tie_id) or 0, data["step"])
        return Answer(tie_shapes.tie_rows(list(series.ties.all())))


@needs(Right.OWN)
class EpisodeLinkView(APIView):
    """A link of the owner's own for one episode."""

    @described(raises=(SeriesNotFound, OwnLinkNotFound))
    def get(
        self, _request: Request, key: str, season: str, episode: str
    ) -> Answer[tie_shapes.EpisodeLink]:
        series = services.get_series(key)
        return Answer(tie_shapes.link_row(get_link(series, int(season), int(episode))))

    @described(
        body=serializers.NewLinkSerializer,
        raises=(SeriesNotFound, EpisodeNotFound, InvalidPreferences, AddressRefused),
    )
    def put(
        self, request: Request, key: str, season: str, episode: str
    ) -> Answer[tie_shapes.EpisodeLink]:
        """Let the episode come from this address. Nothing is queued by it."""
        data = valid(serializers.NewLinkSerializer(data=request.data))
        series = services.get_series(key)
        return Answer(tie_shapes.link_row(set_link(series, int(season), int(episode), **data)))

    @described(raises=(SeriesNotFound, OwnLinkNotFound))
    def delete(self, _request: Request, key: str, season: str, episode: str) -> NoContent:
        """Ask the sites for it again."""
        remove_link(services.get_series(key), int(season), int(episode))
        return NoContent()
