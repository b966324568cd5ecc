"""Adding series, as a page and over HTTP."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from rest_framework.request import Request

from aniworld.config.errors import CONFIG_UNREADABLE
from aniworld.pages.adding import serializers, shapes
from aniworld.pages.adding.forms import (
    OptionsForm,
    PlaceForm,
    SearchForm,
    languages_in,
    wish_of,
)
from aniworld.pages.adding.page import add_page, options_for, options_page
from aniworld.pages.adding.taking import Taken, Wish, take
from aniworld.web.answers import Answer, Created, described
from aniworld.web.api import SITE_ERRORS
from aniworld.web.errors import AppError
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import valid
from aniworld.web.texts import text_of
from downloads.errors import SeriesUnknown
from downloads.pages.added import tell_added
from library.api import views as library
from library.errors import (
    FolderTaken,
    InvalidFolder,
    InvalidFollowing,
    InvalidKey,
    InvalidLink,
    InvalidPreferences,
    NoLibraryRoot,
    NoSiteChosen,
    SeriesKnown,
    UnknownRoot,
)
from providers.errors import ProviderError

FRAGMENTS = {"live": "adding/_found.html"}
# What is wrong with a field of the form, by the error that says so.
_FIELDS = (
    (FolderTaken, "folder"),
    (InvalidFolder, "folder"),
    (InvalidFollowing, "follow"),
    (UnknownRoot, "root"),
)


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: PageRequest) -> HttpResponse:
    """Search at the sites, and add what was found or a pasted link as the settings have it."""
    if request.method == "POST":
        return _add(request)
    wanted = SearchForm(request.GET).wanted()
    context = add_page(wanted["q"], wanted["site"], ask=bool(wanted["ask"]))
    return page(request, "adding/add.html", context, fragments=FRAGMENTS)


def _add(request: PageRequest) -> HttpResponse:
    # What is refused leads back to what it was chosen from: a link, or a search.
    link = request.POST.get("link", "").strip()
    searched = {"q": link or request.POST.get("q", ""), "site": request.POST.get("among", "")}
    target = f"{reverse('add')}?{urlencode(searched)}" if searched["q"] else reverse("add")
    with told(request):
        site, key = request.POST.get("site", ""), request.POST.get("key", "")
        taken = take(Wish(), site="" if link else site, key=key, link=link or None)
        target = _said(request, taken)
    return forward(request, target)


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def add_series(request: PageRequest) -> HttpResponse:
    """One series that was chosen, and what is to become of it. No site is asked before it is
    added."""
    sent = request.POST if request.method == "POST" else request.GET
    place = PlaceForm(sent)
    site, key = place.place()
    if not site:
        return redirect("add")
    form = OptionsForm(request.POST) if request.method == "POST" else OptionsForm()
    languages = languages_in(sent)
    if form.is_bound and form.is_valid():
        try:
            taken = take(wish_of(form, languages), site=site, key=key)
        except SeriesKnown as error:
            return _as_known(request, error)
        except (AppError, ProviderError) as error:
            field = next((name for kind, name in _FIELDS if isinstance(error, kind)), None)
            form.add_error(field if field in form.fields else None, text_of(error))
        else:
            return redirect(_said(request, taken))
    found = options_for(site, key, form, languages=languages, searched=place.searched())
    status = 422 if form.errors else 200
    context = options_page(found)
    return page(request, "adding/add.html", context, fragments=FRAGMENTS, status=status)


def _as_known(request: HttpRequest, error: SeriesKnown) -> HttpResponse:
    """Somebody was quicker, perhaps by pressing twice: the series is what is wanted."""
    tell(request, text_of(error))
    key = error.params.get("key")
    return redirect("series", key) if key else redirect("add")


def _said(request: HttpRequest, taken: Taken) -> str:
    """Say what was done; returns the address of the series."""
    words = _("%s is in your library now.") if taken.is_new else _("%s is back in your library.")
    tell(request, words % taken.series.name)
    if taken.added is not None:
        tell_added(request, [taken.added])
    return reverse("series", args=[taken.series.key])


@needs(Right.VIEW, writing=Right.OWN)
class SeriesListView(library.SeriesListView):
    @described(
        body=serializers.AddSeriesSerializer,
        raises=(
            *(SeriesKnown, FolderTaken, InvalidFolder, InvalidLink, InvalidKey, NoLibraryRoot),
            *(UnknownRoot, InvalidPreferences, InvalidFollowing, NoSiteChosen, SeriesUnknown),
            *SITE_ERRORS,
            *CONFIG_UNREADABLE,
        ),
    )
    def post(self, request: Request) -> Answer[shapes.AddedSeries] | Created[shapes.AddedSeries]:
        """Add a series, by its key or by a link, with what becomes of it; its site is asked. A
        removed one is brought back (200)."""
        data = valid(serializers.AddSeriesSerializer(data=request.data))
        taken = take(
            serializers.wish_in(data),
            site=data.get("site", ""),
            key=data.get("key"),
            link=data.get("link"),
        )
        row = shapes.added_series(taken)
        return Created(row) if taken.is_new else Answer(row)
