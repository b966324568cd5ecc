"""The pages in front of the door: setup, login, logout."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import get_script_prefix
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts import services
from accounts.clients import client_of
from accounts.credentials import delete_cookie, session_of, set_cookie
from accounts.devices import remember_device
from accounts.errors import AlreadyConfigured, TooManyTries
from accounts.pages.forms import LoginForm, SetupForm
from aniworld.config.pages.library import PickerPage, picker_page
from aniworld.sites.probes import probe_provider
from aniworld.web.errors import AppError
from aniworld.web.permissions import needs, open_to_all
from aniworld.web.rights import Right
from aniworld.web.texts import text_of
from providers.errors import UnknownProvider
from providers.registry import SiteEntry, site_entries


@dataclass(frozen=True, slots=True)
class TestedSite:
    """A site that was asked just now."""

    name: str
    words: str
    is_well: bool


@dataclass(frozen=True, slots=True)
class SetupPage:
    """The three answers.

    Attributes:
        picker: the folders of this server, where they were asked for.
        tested: the site that was asked just now, and what came of it.
    """

    form: SetupForm
    providers: list[SiteEntry]
    picker: PickerPage | None = None
    tested: TestedSite | None = None

    @property
    def chosen(self) -> list[str]:
        """The providers ticked when the form came back."""
        return list(self.form["providers"].value() or [])


@dataclass(frozen=True, slots=True)
class LoginPage:
    form: LoginForm


@open_to_all
@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class SetupView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        if services.is_configured():
            return redirect("login")
        return self._page(request, SetupForm(initial={"anime_directory": settings.ANIME_DIRECTORY}))

    def post(self, request: HttpRequest) -> HttpResponse:
        if wish := request.POST.get("do"):
            return self._looked(request, *wish.partition(":")[::2])
        form = SetupForm(request.POST)
        try:
            if not form.is_valid():
                return self._mended(request, form)
            data = form.cleaned_data
            services.set_up(
                master_password=data["master_password"],
                anime_directory=data["anime_directory"],
                providers=data["providers"],
                client=client_of(request),
            )
        except AlreadyConfigured:
            return redirect("login")
        except AppError as error:
            form.add_app_error(error)
            form.focus_first_error()
            return _refused(self._page(request, form), error)
        return self._signed_in(request, data["master_password"])

    def _signed_in(self, request: HttpRequest, password: str) -> HttpResponse:
        """Whoever has just chosen the password need not type it again."""
        issued = services.log_in(password=password, client=client_of(request))
        rotate_token(request)
        messages.success(request, _("Aniworld is set up, and you are logged in."))
        response = HttpResponseRedirect(get_script_prefix())
        set_cookie(request, response, issued)
        remember_device(request, response)
        return response

    def _looked(self, request: HttpRequest, what: str, which: str) -> HttpResponse:
        """A look at folders or a site on the way; nothing is set up, and what was typed stays."""
        directory = request.POST.get("anime_directory", "")
        try:
            services.look_before_setup(client=client_of(request))
        except AlreadyConfigured:
            return redirect("login")
        except AppError as error:
            return _refused(self._page(request, _as_typed(request, directory)), error)
        if what == "test":
            tested = _tested(which)
            return self._page(request, _as_typed(request, directory), tested=tested)
        picker = picker_page(request.path, which or directory or "/")
        if picker.listing is not None:
            directory = picker.listing.folder.path
        return self._page(request, _as_typed(request, directory), picker=picker)

    def _mended(self, request: HttpRequest, form: SetupForm) -> HttpResponse:
        """The form with all that is wrong in it: the service says at once what it would refuse."""
        given = form.cleaned_data
        faults = services.setup_faults(
            given.get("master_password", ""),
            given.get("anime_directory", ""),
            given.get("providers", ()),
            client=client_of(request),
        )
        form.add_faults(fault for fault in faults if fault.field in given)
        form.focus_first_error()
        return self._page(request, form, status=422)

    def _page(
        self,
        request: HttpRequest,
        form: SetupForm,
        *,
        status: int = 200,
        picker: PickerPage | None = None,
        tested: TestedSite | None = None,
    ) -> HttpResponse:
        page = SetupPage(form, list(site_entries({}).values()), picker, tested)
        return render(request, "accounts/setup.html", {"page": page}, status=status)


@open_to_all
@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class LoginView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        if not services.is_configured():
            return redirect("setup")
        if request.user.is_authenticated:
            return HttpResponseRedirect(_safe_next(request, request.GET.get("next", "")))
        return self._page(request, LoginForm(initial={"next": request.GET.get("next", "")}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LoginForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        data = form.cleaned_data
        try:
            issued = services.log_in(
                password=data["password"],
                username=data["username"],
                remember=data["remember"],
                client=client_of(request),
            )
        except AppError as error:
            form.add_app_error(error)
            return _refused(self._page(request, form), error)
        rotate_token(request)
        response = HttpResponseRedirect(_safe_next(request, data["next"]))
        set_cookie(request, response, issued)
        remember_device(request, response)
        return response

    def _page(self, request: HttpRequest, form: LoginForm, *, status: int = 200) -> HttpResponse:
        return render(request, "accounts/login.html", {"page": LoginPage(form)}, status=status)


@open_to_all
@require_safe
def login_help(request: HttpRequest) -> HttpResponse:
    """How to get back in, for whoever cannot ask inside."""
    return render(request, "accounts/help.html")


@needs(Right.VIEW, by_key=False)
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    if session := session_of(request):
        services.log_out(session)
    response = redirect("login")
    delete_cookie(response)
    return response


@needs(Right.OWN)
def admin_login(_request: HttpRequest) -> HttpResponse:
    """The administration has no login of its own; who is here is logged in already."""
    return redirect("admin:index")


def _as_typed(request: HttpRequest, directory: str) -> SetupForm:
    """The form with what was typed, passwords excepted, and nothing said of it."""
    chosen = {"anime_directory": directory, "providers": request.POST.getlist("providers")}
    form = SetupForm(initial=chosen)
    form.fields["master_password"].widget.attrs.pop("autofocus", None)
    return form


def _tested(name: str) -> TestedSite:
    try:
        probe = probe_provider(name)
    except UnknownProvider as error:
        return TestedSite(name, text_of(error), is_well=False)
    if probe.error is not None:
        return TestedSite(name, text_of(probe.error), is_well=False)
    words = _("It answered in %d ms.") % (probe.latency * 1000)
    return TestedSite(name, words, is_well=True)


def _refused(response: HttpResponse, error: AppError) -> HttpResponse:
    response.status_code = 422
    if isinstance(error, TooManyTries):
        response.status_code = error.status
        response["Retry-After"] = str(int(error.retry_after) + 1)
    return response


def _safe_next(request: HttpRequest, wanted: str) -> str:
    """Return ``wanted`` if it is a page of ours, else the first page."""
    is_safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_safe else get_script_prefix()
