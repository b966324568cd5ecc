"""What a user has chosen for the pages, as a page and over HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts import preferences as kept
from accounts.errors import Unacceptable
from accounts.models import preferences_of_user
from aniworld.pages.preferences import serializers, shapes
from aniworld.pages.preferences.form import PreferencesForm
from aniworld.web.answers import Answer, described
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import valid


@dataclass(frozen=True, slots=True)
class PreferencesPage:
    form: PreferencesForm


@needs(Right.VIEW, by_key=False)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def preferences(request: PageRequest) -> HttpResponse:
    """Colours, room, and how lists are shown; ``POST`` keeps them for every browser."""
    if request.method != "POST":
        form = PreferencesForm.of(preferences_of_user(request.user))
        return page(request, "preferences/preferences.html", PreferencesPage(form))
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        context = PreferencesPage(form)
        return page(request, "preferences/preferences.html", context, status=422)
    kept.choose(_user(request), form.chosen())
    tell(request, _("Kept. It is so in every browser that you log in with."))
    return forward(request, "preferences")


@needs(Right.VIEW, by_key=False)
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """The colours, by the switch of the menu."""
    with told(request):
        kept.choose(_user(request), {"theme": request.POST.get("theme", "")})
    return forward(request, "preferences")


@needs(Right.VIEW, by_key=False)
class PreferencesView(APIView):
    @described(operation_id="preferences")
    def get(self, request: Request) -> Answer[shapes.UserPreferences]:
        """What the caller has chosen for the pages."""
        return Answer(shapes.preferences(preferences_of_user(request.user)))

    @described(
        operation_id="preferences_change",
        body=serializers.PreferencesSerializer,
        raises=(Unacceptable,),
    )
    def patch(self, request: Request) -> Answer[shapes.UserPreferences]:
        """Choose some of it anew; it is so in every browser of the caller."""
        data = valid(serializers.PreferencesSerializer(data=request.data))
        chosen = kept.choose(_user(request._request), serializers.kept(data))
        return Answer(shapes.preferences(chosen))


def _user(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - nobody else was let in
    return user
