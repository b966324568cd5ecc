"""The addresses of a user's views of the library."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aniworld.web.asking import ask, is_sure
from aniworld.web.errors import AppError
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.texts import text_of
from library.errors import SavedViewUnknown
from library.models import SavedView
from library.models.views import LONGEST_NAME
from library.pages.saved_views import views_page
from library.services import saved_views as services
from library.shelf.queries import cleaned


@needs(Right.VIEW, by_key=False)
@require_http_methods(["GET", "HEAD", "POST"])
def saved_views(request: PageRequest) -> HttpResponse:
    """The views of the visitor; ``POST`` keeps another one and leads to it."""
    user = _user(request)
    if request.method != "POST":
        context = views_page(user, request.GET.urlencode())
        fragments = {"views-list": "library/_views_list.html"}
        return page(request, "library/views.html", context, fragments=fragments)
    name, query = request.POST.get("name", "").strip(), cleaned(request.POST.get("query", ""))
    fault = _fault(name)
    if not fault:
        try:
            view = services.save_view(user, name=name, query=query)
        except AppError as error:
            fault = text_of(error)
        else:
            tell(request, _("“%s” is among your views.") % view.name)
            return forward(request, f"{reverse('library')}?{view.query}")
    context = views_page(user, query, name=name, fault=fault)
    return page(request, "library/views.html", context, status=422)


@needs(Right.VIEW, by_key=False)
@require_POST
def rename(request: PageRequest, view_id: int) -> HttpResponse:
    view, name = _view(request, view_id), request.POST.get("name", "").strip()
    if fault := _fault(name):
        context = views_page(_user(request), "", fault=fault)
        return page(request, "library/views.html", context, status=422)
    with told(request):
        services.change_view(view, name=name)
        tell(request, _("It is called “%s” now.") % view.name)
    return forward(request, "saved-views")


@needs(Right.VIEW, by_key=False)
@require_POST
def remove(request: HttpRequest, view_id: int) -> HttpResponse:
    view = _view(request, view_id)
    if not is_sure(request):
        question = _("Remove the view “%(name)s”? The series stay as they are.")
        words = question % {"name": view.name}
        return ask(request, words, yes=_("Remove"), back=reverse("saved-views"))
    services.remove_view(view)
    tell(request, _("“%s” is no view any more.") % view.name)
    return forward(request, "saved-views")


def _fault(name: str) -> str:
    if not name:
        return _("Give it a name.")
    if len(name) > LONGEST_NAME:
        return _("A name has at most %d characters.") % LONGEST_NAME
    return ""


def _view(request: HttpRequest, view_id: int) -> SavedView:
    try:
        return services.view_of(_user(request), view_id)
    except SavedViewUnknown as error:
        raise Http404(text_of(error)) from error


def _user(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - nobody else was let in
    return user
