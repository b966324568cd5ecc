"""The account page: the own password, the own sessions, the own API keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import get_language_from_request, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import keys, preferences, services
from accounts.agents import device_name
from accounts.clients import client_of
from accounts.credentials import session_of
from accounts.errors import TooManyTries
from accounts.keys import SCOPES, IssuedKey
from accounts.models import (
    ApiKey,
    Scope,
    ShortcutKeys,
    UserSession,
    language_of_user,
    shortcuts_of_user,
)
from accounts.pages.forms import DoorForm
from aniworld.web.errors import AppError
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs, right_of
from aniworld.web.rights import Right

SCOPE_WORDS = {
    Scope.READ: gettext_lazy("read: look at library, queue and journal"),
    Scope.QUEUE: gettext_lazy("queue: also work the queue and the scans"),
    Scope.ADMIN: gettext_lazy("admin: everything you may do"),
}
LASTS = [("30", gettext_lazy("30 days")), ("90", gettext_lazy("90 days"))]
LASTS += [("365", gettext_lazy("a year")), ("", gettext_lazy("until it is revoked"))]


SHORTCUT_WORDS = [
    (ShortcutKeys.ALL.value, gettext_lazy("All of them")),
    (ShortcutKeys.CONTROL.value, gettext_lazy("Only those with Ctrl")),
    (ShortcutKeys.NONE.value, gettext_lazy("None: all keys are the browser's")),
]


class PasswordForm(DoorForm):
    current_password = forms.CharField(
        label=gettext_lazy("Current password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new_password = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        help_text=gettext_lazy("At least 8 characters. All your other sessions end with the old."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated_password = forms.CharField(
        label=gettext_lazy("New password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, second = data.get("new_password"), data.get("repeated_password")
        if first and second and first != second:
            self.add_error("repeated_password", _("The two passwords differ."))
        return data


class KeyForm(DoorForm):
    """Offers no scope beyond the right of whoever asks."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("What will use it, so that you know which one to revoke."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("May"), widget=forms.Select(attrs={"class": "select"})
    )
    lasts_days = forms.TypedChoiceField(
        label=gettext_lazy("Lasts"),
        choices=LASTS,
        required=False,
        coerce=int,
        empty_value=None,
        initial="365",
        widget=forms.Select(attrs={"class": "select"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, right: Right) -> None:
        super().__init__(data, auto_id="key_%s")
        scope = self.fields["scope"]
        assert isinstance(scope, forms.ChoiceField)  # noqa: S101 - declared above
        scope.choices = [
            (one.value, words) for one, words in SCOPE_WORDS.items() if SCOPES[one] <= right
        ]


class LanguageForm(DoorForm):
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the pages"),
        required=False,
        choices=[("", gettext_lazy("As the browser says")), *settings.LANGUAGES],
        help_text=gettext_lazy("In every browser that you are logged in with."),
        widget=forms.Select(attrs={"class": "select"}),
    )


class ShortcutsForm(DoorForm):
    shortcuts = forms.ChoiceField(
        label=gettext_lazy("Which shortcuts hold"),
        choices=SHORTCUT_WORDS,
        help_text=gettext_lazy(
            "Whoever speaks to their computer, or presses keys by mistake, wants no single keys."
        ),
        widget=forms.Select(attrs={"class": "select"}),
    )


@dataclass(frozen=True, slots=True)
class SessionRow:
    session: UserSession
    is_current: bool

    @property
    def device(self) -> str:
        return device_name(self.session.user_agent) or _("Unknown device")


@dataclass(frozen=True, slots=True)
class AccountPage:
    """``issued`` is a key that was just made: this is the only page that shows it."""

    right: str
    sessions: list[SessionRow]
    keys: list[ApiKey]
    password_form: PasswordForm
    key_form: KeyForm
    language_form: LanguageForm
    shortcuts_form: ShortcutsForm
    has_password: bool
    issued: IssuedKey | None = None

    @property
    def has_others(self) -> bool:
        return any(not row.is_current for row in self.sessions)


def account_page(
    request: HttpRequest,
    *,
    password_form: PasswordForm | None = None,
    key_form: KeyForm | None = None,
    language_form: LanguageForm | None = None,
    shortcuts_form: ShortcutsForm | None = None,
    issued: IssuedKey | None = None,
) -> AccountPage:
    user, current, right = _user(request), session_of(request), _right(request)
    rows = [SessionRow(one, one == current) for one in services.sessions_of(user)]
    return AccountPage(
        right=right.word,
        sessions=sorted(rows, key=lambda row: not row.is_current),
        keys=list(keys.keys_of(user)),
        password_form=password_form or PasswordForm(),
        key_form=key_form or KeyForm(right=right),
        language_form=language_form or LanguageForm({"language": language_of_user(user)}),
        shortcuts_form=shortcuts_form or ShortcutsForm({"shortcuts": shortcuts_of_user(user)}),
        has_password=current is not None and user.has_usable_password(),
        issued=issued,
    )


@needs(Right.VIEW, by_key=False)
@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class AccountView(View):
    """``POST`` changes the password."""

    def get(self, request: PageRequest) -> HttpResponse:
        return page(request, "accounts/account.html", account_page(request))

    def post(self, request: PageRequest) -> HttpResponse:
        form = PasswordForm(request.POST)
        session = session_of(request)
        if session is None:  # who comes by a proxy's word has no password here
            return forward(request, "account")
        if form.is_valid():
            try:
                services.change_password(
                    session,
                    current_password=form.cleaned_data["current_password"],
                    new_password=form.cleaned_data["new_password"],
                    client=client_of(request),
                )
            except AppError as error:
                form.add_app_error(error)
                return self._refused(request, form, error)
            tell(request, _("Your password is changed. All your other sessions have ended."))
            return forward(request, "account")
        return self._refused(request, form)

    def _refused(
        self, request: PageRequest, form: PasswordForm, error: AppError | None = None
    ) -> HttpResponse:
        context = account_page(request, password_form=form)
        response = page(request, "accounts/account.html", context, status=422)
        if isinstance(error, TooManyTries):
            response.status_code = error.status
            response["Retry-After"] = str(int(error.retry_after) + 1)
        return response


@needs(Right.VIEW, by_key=False)
@require_POST
@never_cache
def create_key(request: PageRequest) -> HttpResponse:
    """Make a key. The answer is the page itself: nothing that is led to may know the key."""
    form = KeyForm(request.POST, right=_right(request))
    if form.is_valid():
        try:
            issued = keys.create_key(_user(request), **_wanted(form))
        except AppError as error:
            form.add_app_error(error)
        else:
            context = account_page(request, issued=issued)
            return page(request, "accounts/account.html", context)
    context = account_page(request, key_form=form)
    return page(request, "accounts/account.html", context, status=422)


@needs(Right.VIEW, by_key=False)
@require_POST
@never_cache
def choose_language(request: PageRequest) -> HttpResponse:
    form = LanguageForm(request.POST)
    if not form.is_valid():
        context = account_page(request, language_form=form)
        return page(request, "accounts/account.html", context, status=422)
    chosen = form.cleaned_data["language"]
    preferences.choose_language(_user(request), chosen)
    with translation.override(chosen or get_language_from_request(request)):
        tell(request, _("The pages come in English now."))
    return forward(request, "account")


@needs(Right.VIEW, by_key=False)
@require_POST
@never_cache
def choose_shortcuts(request: PageRequest) -> HttpResponse:
    form = ShortcutsForm(request.POST)
    if not form.is_valid():
        context = account_page(request, shortcuts_form=form)
        return page(request, "accounts/account.html", context, status=422)
    preferences.choose_shortcuts(_user(request), form.cleaned_data["shortcuts"])
    tell(request, _("The shortcuts are as you chose."))
    return forward(request, "account")


def _wanted(form: KeyForm) -> dict[str, Any]:
    return {**form.cleaned_data, "scope": Scope(form.cleaned_data["scope"])}


@needs(Right.VIEW, by_key=False)
@require_POST
def revoke_key(request: HttpRequest, key_id: int) -> HttpResponse:
    with told(request):
        keys.revoke_key(_user(request), key_id)
        tell(request, _("The key is revoked: whatever uses it is closed out."))
    return forward(request, "account")


@needs(Right.VIEW, by_key=False)
@require_POST
def end_session(request: HttpRequest, session_id: str) -> HttpResponse:
    with told(request):
        services.revoke_session(_user(request), session_id)
        tell(request, _("That session has ended."))
    return forward(request, "account")


@needs(Right.VIEW, by_key=False)
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    user, current = _user(request), session_of(request)
    sessions = services.sessions_of(user).select_related("user")
    others = sessions if current is None else sessions.exclude(pk=current.pk)
    ended = services.end_sessions(others)
    tell(request, ngettext("%d session has ended.", "%d sessions have ended.", ended) % ended)
    return forward(request, "account")


def _user(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - nobody else was let in
    return user


def _right(request: HttpRequest) -> Right:
    right = right_of(request)
    assert right is not None  # noqa: S101 - as above
    return right
