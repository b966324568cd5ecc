"""The catalogue as a page and over HTTP."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE
from aniworld.events.pages import live_page
from aniworld.pages.catalogue import reading, serializers, shapes
from aniworld.pages.catalogue.page import catalogue_page
from aniworld.web.answers import Answer, described
from aniworld.web.api import SITE_ERRORS
from aniworld.web.page import PageRequest, page
from aniworld.web.pagination import page_of
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import query_of, valid
from library.errors import NotInCatalogue
from library.services.catalogue import genres_of
from library.services.catalogue_details import details_now


@needs(Right.VIEW)
@require_safe
@live_page
def catalogue(request: PageRequest) -> HttpResponse:
    """What the sites list, and what of it is here; no site is asked."""
    return page(
        request,
        "catalogue/catalogue.html",
        catalogue_page(request.GET.dict()),
        fragments={"live": "catalogue/_catalogue.html"},
    )


@needs(Right.VIEW)
class CatalogueView(APIView):
    @described(operation_id="catalogue", query=serializers.CatalogueQuery, raises=CONFIG_UNREADABLE)
    def get(self, request: Request) -> Answer[shapes.Catalogue]:
        """What the lists of the enabled providers hold, as they were last read. None is asked: to
        have them read is the job `catalogue` (`POST /api/jobs/catalogue/run`)."""
        wanted = serializers.wanted_of(query_of(request, serializers.CatalogueQuery))
        names = reading.site_names()
        listed = page_of(request, reading.passing(wanted, names), shapes.entry_rows)
        lists = reading.lists_of(names)
        told = [shapes.kept_list(row) for row in lists]
        return Answer({**listed, "lists": told, "genres": genres_of(lists)})


@needs(Right.OPERATE)
class DetailsView(APIView):
    @described(
        operation_id="catalogue_details",
        body=serializers.EntrySerializer,
        raises=(NotInCatalogue, *SITE_ERRORS, *CONFIG_UNREADABLE),
    )
    def post(self, request: Request) -> Answer[shapes.CatalogueEntryRow]:
        """Year, genres, description and cover of one series, from its page at the provider. That is
        read once; of a series that is on no list it is kept too."""
        data = valid(serializers.EntrySerializer(data=request.data))
        (row,) = shapes.entry_rows([details_now(data["site"], data["key"])])
        return Answer(row)
