"""The pages for adding a site, removing it, and for its definition with the test pane."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from aniworld.config.errors import ConfigInvalid
from aniworld.config.menu import MenuEntry, menu
from aniworld.config.pages.words import told_by_field
from aniworld.journal.pages.undo import undo_address
from aniworld.journal.services import noting
from aniworld.sites import added, services
from aniworld.sites.errors import SiteKnown, SiteNotDescribed
from aniworld.sites.feeds import read_feed_at
from aniworld.sites.pages.forms import DefinitionForm, NewSiteForm
from aniworld.sites.pages.trials import FeedRead, QuestionRow, rows_of
from aniworld.sites.services import Provider
from aniworld.sites.trying import DefinitionTrial, try_definition
from aniworld.web.errors import FieldError
from aniworld.web.page import PageRequest, page, tell
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.texts import text_of
from providers.base import LONGEST_DEFINITION
from providers.errors import ProviderError, UnknownProvider
from providers.sites.described.structure import EXAMPLE_FILE


@dataclass(frozen=True, slots=True)
class DefinitionPage:
    """A definition, of a site or of one to be added, and how its trial went.

    ``known`` is the site that an import would change; ``feed`` what a feed holds that was tried.
    """

    here: str
    form: DefinitionForm
    site: Provider | None = None
    trial: Sequence[QuestionRow] | None = None
    feed: FeedRead | None = None
    known: Provider | None = None

    @property
    def menu(self) -> list[MenuEntry]:
        return menu(self.here)


@dataclass(frozen=True, slots=True)
class RemovePage:
    """A site that is about to be removed."""

    here: str
    site: Provider

    @property
    def menu(self) -> list[MenuEntry]:
        return menu(self.here)


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: PageRequest) -> HttpResponse:
    """A new site: added, or only tried."""
    if request.method != "POST":
        begun = {"definition": EXAMPLE_FILE.read_text("utf-8")} if "example" in request.GET else {}
        return _adding(request, NewSiteForm(initial=begun))
    form = NewSiteForm(request.POST, request.FILES)
    if not form.is_valid():
        return _adding(request, form, status=422)
    if "try" in request.POST:
        return _tried_new(request, form)
    if _is_added(request, form):
        return redirect("settings-providers")
    form.shown_again()
    return _adding(request, form, known=_known(form), status=422)


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def definition(request: PageRequest, name: str) -> HttpResponse:
    """How a described site is read: changed, or only tried."""
    site = _described(name)
    if request.method != "POST":
        form = DefinitionForm(initial={"definition": shown(site.settings.definition)})
        return _defining(request, form, site)
    form = DefinitionForm(request.POST, request.FILES)
    if not form.is_valid():
        return _defining(request, form, site, status=422)
    if "try" in request.POST:
        trial = _tried(form, name=name)
        form.shown_again()
        return _defining(request, form, site, trial, status=200 if trial else 422)
    try:
        _change(request, site, form)
    except ConfigInvalid as error:
        form.refuse(list(error.errors))
        form.shown_again()
        return _defining(request, form, site, status=422)
    return redirect("settings-provider-definition", name)


@needs(Right.OWN)
@require_safe
def definition_file(_request: HttpRequest, name: str) -> HttpResponse:
    """The definition as a file, as it is saved."""
    told = _described(name).settings.definition
    headers = {"Content-Disposition": f'attachment; filename="{name}-definition.json"'}
    return HttpResponse(told, content_type="application/json; charset=utf-8", headers=headers)


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PageRequest, name: str) -> HttpResponse:
    """Ask whether a site is to go, and let it."""
    site = _provider(name)
    if not site.is_added:
        raise Http404(_("There is no such site."))
    if request.method != "POST":
        return page(request, "settings/provider_remove.html", RemovePage(request.path, site))
    with told_by_field(request), noting() as noted:
        added.remove_site(name)
        words = _("%(site)s was removed.") % {"site": site.entry.label}
        tell(request, words, undo=undo_address(noted))
    return redirect("settings-providers")


def shown(told: str) -> str:
    """A definition as it is read best: the lines of whoever wrote it, or its own, where it can be
    sent back with them."""
    if "\n" in told:
        return told
    try:
        lines = json.dumps(json.loads(told), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return told
    return lines if len(lines) <= LONGEST_DEFINITION else told


def _tried_new(request: PageRequest, form: NewSiteForm) -> HttpResponse:
    """How a trial went of what is not there yet."""
    if not form.is_described:
        feed = _tried_feed(form)
        return _adding(request, form, feed=feed, status=200 if feed else 422)
    trial = _tried(form, base_url=form.cleaned_data["base_url"])
    form.shown_again()
    return _adding(request, form, trial, status=200 if trial else 422)


def _tried_feed(form: NewSiteForm) -> FeedRead | None:
    """What a feed holds; None where the form says why it was not asked."""
    try:
        return FeedRead(
            read_feed_at(form.cleaned_data["base_url"], label=form.cleaned_data["label"])
        )
    except ConfigInvalid as error:
        form.refuse(list(error.errors))
        return None
    except ProviderError as error:
        return FeedRead(None, error)


def _known(form: NewSiteForm) -> Provider | None:
    """The described site that is there already, and may be meant."""
    if form.known is None or not form.text:
        return None
    known = services.provider(form.known)
    return known if known.is_described else None


def _is_added(request: HttpRequest, form: NewSiteForm) -> bool:
    """Whether the site was added, or the definition changed of one that is there."""
    values, replaced = form.cleaned_data, request.POST.get("replace", "")
    try:
        if replaced:
            _change(request, services.provider(replaced), form)
            return True
        with noting() as noted:
            site = added.add_site(
                kind=values["provider"],
                label=values["label"],
                base_url=values["base_url"],
                definition=form.text,
                enabled=values["enabled"],
            )
    except SiteKnown as error:
        form.add_error("label", text_of(error))
        form.known = error.params["name"]
        return False
    except (UnknownProvider, SiteNotDescribed) as error:
        form.add_error(None, text_of(error))
        return False
    except ConfigInvalid as error:
        form.refuse([_of_label(one) for one in error.errors])
        return False
    words = _("%(site)s was added. “Test” says whether it answers.") % {"site": site.entry.label}
    tell(request, words, undo=undo_address(noted))
    return True


def _change(request: HttpRequest, site: Provider, form: DefinitionForm) -> None:
    """Change a definition, and say so. Raises ``ConfigInvalid``, ``SiteNotDescribed``."""
    with noting() as noted:
        added.change_definition(site.entry.name, form.text)
    if not noted:
        tell(request, _("Nothing was changed."))
        return
    words = _("The definition of %(site)s was saved.") % {"site": site.entry.label}
    tell(request, words, undo=undo_address(noted))


def _of_label(error: FieldError) -> FieldError:
    """The name in addresses is made of the label here."""
    return FieldError("label", error.code, error.params) if error.field == "name" else error


def _tried(form: DefinitionForm, *, name: str = "", base_url: str = "") -> DefinitionTrial | None:
    """How a trial went; None where the form says why there was none."""
    try:
        return try_definition(form.text, form.cleaned_data["query"], name=name, base_url=base_url)
    except ConfigInvalid as error:
        form.refuse(list(error.errors))
        return None


def _adding(
    request: PageRequest,
    form: NewSiteForm,
    trial: DefinitionTrial | None = None,
    *,
    feed: FeedRead | None = None,
    known: Provider | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = rows_of(trial) if trial is not None else None
    shown_page = DefinitionPage(request.path, form, trial=rows, feed=feed, known=known)
    return page(request, "settings/provider_add.html", shown_page, status=status)


def _defining(
    request: PageRequest,
    form: DefinitionForm,
    site: Provider,
    trial: DefinitionTrial | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    rows = rows_of(trial) if trial is not None else None
    shown_page = DefinitionPage(request.path, form, site, rows)
    return page(request, "settings/provider_definition.html", shown_page, status=status)


def _described(name: str) -> Provider:
    site = _provider(name)
    if not site.is_described:
        raise Http404(_("There is no such site."))
    return site


def _provider(name: str) -> Provider:
    try:
        return services.provider(name)
    except UnknownProvider as error:
        raise Http404(_("There is no such site.")) from error
