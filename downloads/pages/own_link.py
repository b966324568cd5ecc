"""The page of an owner's own link for one episode, which is queued with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from aniworld.web import display
from aniworld.web.errors import AppError
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.texts import text_of
from downloads import services
from downloads.services import EpisodeRef
from library.errors import EpisodeNotFound, SeriesNotFound
from library.models import AnimeSeries, Episode, OwnLink
from library.services import get_episode, get_series
from library.ties.links import remove_link, set_link
from providers.base import Language
from providers.errors import AddressRefused


class LinkForm(forms.Form):
    link = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=2000,
        help_text=gettext_lazy("Of a film, of a playlist, or of a hoster's page."),
        widget=forms.URLInput,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=[(str(one), str(one)) for one in Language],
        help_text=gettext_lazy("What is spoken, and read, there."),
    )
    queue = forms.BooleanField(label=gettext_lazy("Queue it at once"), required=False)


@dataclass(frozen=True, slots=True)
class LinkPage:
    """``own`` is the link that the episode has already."""

    series: AnimeSeries
    episode: Episode
    own: OwnLink | None
    form: LinkForm

    @property
    def code(self) -> str:
        return display.episode_code(self.episode.season, self.episode.episode_number)


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def own_link(request: PageRequest, key: str, season: str, number: str) -> HttpResponse:
    """Give an episode a link, or take it back."""
    series, episode = _episode(key, int(season), int(number))
    place = {"season": episode.season, "episode_number": episode.episode_number}
    own = OwnLink.objects.filter(series=series, **place).first()
    if request.method != "POST":
        return _shown(request, LinkPage(series, episode, own, LinkForm(initial=_initial(own))))
    if request.POST.get("action") == "remove":
        with told(request):
            remove_link(series, episode.season, episode.episode_number)
            tell(request, _("The sites are asked for it again."))
        return forward(request, "series", key)
    form = LinkForm(request.POST)
    if form.is_valid() and _saved(request, series, episode, form):
        return forward(request, "series", key)
    return _shown(request, LinkPage(series, episode, own, form), status=422)


def _saved(request: PageRequest, series: AnimeSeries, episode: Episode, form: LinkForm) -> bool:
    data, place = form.cleaned_data, (episode.season, episode.episode_number)
    words = [_("It comes from your link now.")]
    try:
        set_link(series, *place, link=data["link"], language=data["language"])
        if data["queue"]:
            added = services.enqueue(series_key=series.key, episodes=[EpisodeRef(*place)])
            words.append(_("It is in the queue.") if added.ids else _("It was not queued anew."))
    except (AppError, AddressRefused) as error:
        form.add_error(None, text_of(error))
        return False
    tell(request, " ".join(words))
    return True


def _shown(request: PageRequest, context: LinkPage, status: int = 200) -> HttpResponse:
    return page(request, "downloads/own_link.html", context, status=status)


def _initial(own: OwnLink | None) -> dict[str, Any]:
    if own is None:
        return {"queue": True}
    return {"link": own.link, "language": own.language, "queue": True}


def _episode(key: str, season: int, number: int) -> tuple[AnimeSeries, Episode]:
    try:
        series = get_series(key)
        return series, get_episode(series, season, number)
    except (SeriesNotFound, EpisodeNotFound) as error:
        raise Http404(text_of(error)) from error
