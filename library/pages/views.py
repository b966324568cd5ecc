"""The pages of the library and their buttons. Changes are forms; the answer leads on."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aniworld.config import store
from aniworld.config.pages.sections import form_of, saved, typed
from aniworld.config.sections import section
from aniworld.events.pages import live_page
from aniworld.journal.pages.undo import undo_address
from aniworld.journal.services import noting
from aniworld.sites.services import enable_sites
from aniworld.web.asking import ask, is_sure
from aniworld.web.ids import whole
from aniworld.web.page import PageRequest, chosen_ids, forward, page, tell, told
from aniworld.web.permissions import needs, right_of
from aniworld.web.rights import Right
from aniworld.web.texts import text_of
from library import services
from library.entries import LibraryAction
from library.errors import EpisodeNotFound, SeriesNotFound
from library.models import AnimeSeries
from library.naming.paths import to_shown
from library.pages.choosing import (
    add_page,
    best_of,
    site_and_key,
    suggested_query,
    unmatched_page,
)
from library.pages.folders import folders_page
from library.pages.forms import BulkForm, FolderForm, SearchForm
from library.pages.library import RemovalsPage, ScanPage, library_page, scan_panel
from library.pages.mapping import MappingPage, changed_mapping, looked_at
from library.pages.naming import NamingPage, naming_setting
from library.pages.ticked import ticked_keys
from library.pages.why import why_page
from library.services import scans
from library.services.roots import set_root

VIEW_COOKIE = "library_view"
ONE_YEAR = 365 * 24 * 3600

LIBRARY_FRAGMENTS = {
    "live": "library/_results.html",
    "more": "library/_more.html",
    "earlier": "library/_more.html",
    "scan": "library/_scan.html",
}


@needs(Right.VIEW)
@require_safe
@live_page
def library(request: PageRequest) -> HttpResponse:
    """The main page. The view that was chosen last stays chosen."""
    query = {"view": request.COOKIES.get(VIEW_COOKIE, "")} | request.GET.dict()
    context = library_page(query, part=_part(request))
    response = page(request, "library/library.html", context, fragments=LIBRARY_FRAGMENTS)
    if "view" in request.GET:
        view = context.filters["view"]
        response.set_cookie(VIEW_COOKIE, view, max_age=ONE_YEAR, httponly=True, samesite="Lax")
    return response


def _part(request: PageRequest) -> str:
    """Which end of the list alone is asked for."""
    target = (request.htmx.target or "") if request.htmx else ""
    return target if target in {"more", "earlier"} else ""


@needs(Right.OWN)
@require_POST
def set_folder(request: PageRequest) -> HttpResponse:
    """The first library folder, where none is set."""
    form = FolderForm(request.POST)
    if not form.is_valid():
        return page(request, "library/library.html", library_page({}, folder_form=form), status=422)
    with told(request):
        set_root(form.cleaned_data["directory"])
        tell(request, _("The library folder is set. Scan it now to see what is there."))
    return forward(request, "library")


@needs(Right.VIEW)
@require_safe
def folders(request: PageRequest) -> HttpResponse:
    """The library folders, and how scans look at them."""
    return page(request, "library/folders.html", folders_page())


@needs(Right.VIEW)
@require_safe
def scan(request: PageRequest) -> HttpResponse:
    """The panel of the scan alone; without script there is no need for it."""
    if not request.htmx:
        return forward(request, "library")
    return page(request, "library/_scan.html", ScanPage(scan_panel()))


@needs(Right.OPERATE)
@require_POST
def start_scan(request: HttpRequest) -> HttpResponse:
    with told(request):
        scans.start()
    return forward(request, "library")


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def removals(request: PageRequest) -> HttpResponse:
    """Ask once more, with what it is about; the answer to that starts the scan."""
    panel = scan_panel()
    if not panel.can_accept:
        messages.warning(request, _("No scan waits for you to confirm that files are gone."))
        return forward(request, "library")
    context = RemovalsPage(panel.losses)
    if request.method != "POST":
        return page(request, "library/removals.html", context)
    if whole(request.POST.get("files", "")) != context.total:
        messages.warning(request, _("These are other files than those you were asked about."))
        return page(request, "library/removals.html", context, status=422)
    with told(request):
        scans.start(accept_removals=True)
    return forward(request, "library")


@needs(Right.OPERATE)
@require_POST
def cancel_scan(request: HttpRequest) -> HttpResponse:
    with told(request):
        scans.cancel()
    return forward(request, "library")


@needs(Right.OWN)
@require_POST
def change_selected(request: HttpRequest) -> HttpResponse:
    """Monitor, stop monitoring, follow, remove or restore the ticked series."""
    keys = ticked_keys(request)
    form = BulkForm({"action": request.POST.get("action", ""), "keys": keys})
    if not keys:
        return forward(request, "library")
    if not form.is_valid():
        messages.warning(request, _("These series are not there any more. Look at the list anew."))
        return forward(request, "library")
    if form.cleaned_data["action"] == "remove" and not is_sure(request):
        question = _("Take the selected series out of the library? Their files stay on disk.")
        return ask(request, question, yes=_("Remove"), back=reverse("library"))
    chosen = list(form.cleaned_data["keys"])
    with told(request):
        for series in chosen:
            _change(series, form.cleaned_data["action"])
        words = ngettext("%d series changed.", "%d series changed.", len(chosen))
        tell(request, words % len(chosen))
    return forward(request, "library")


def _change(series: AnimeSeries, action: str) -> None:
    if action == "remove":
        services.remove_series(series)
    elif action == "restore":
        services.restore_series(series)
    elif action.startswith("follow-"):
        services.change_series(series, {"follow": action.removeprefix("follow-").upper()})
    else:
        services.set_monitored(series, action == "monitor")


@needs(Right.OPERATE)
@require_POST
def refresh(request: HttpRequest, key: str) -> HttpResponse:
    with told(request):
        series = services.refresh_now(services.get_series(key))
        tell(request, _("%s is up to date.") % series.name)
    return forward(request, "series", key)


@needs(Right.OWN)
@require_POST
def monitor(request: HttpRequest, key: str) -> HttpResponse:
    with told(request):
        services.set_monitored(services.get_series(key), request.POST.get("monitored") == "yes")
    return forward(request, "series", key)


@needs(Right.VIEW)
@require_safe
def why(request: PageRequest, key: str, season: str, number: str) -> HttpResponse:
    """Why an episode has its state: a page, or for htmx what opens in the episode's row."""
    series = _series(key, deleted=True)
    try:
        episode = services.get_episode(series, int(season), int(number))
    except EpisodeNotFound as error:
        raise Http404(text_of(error)) from error
    context = why_page(series, episode)
    fragments = {f"why-{context.value}": "library/_why.html"}
    return page(request, "library/why.html", context, fragments=fragments)


@needs(Right.VIEW, writing=Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: PageRequest, key: str) -> HttpResponse:
    """The series' own numbering: change its ranges, see what they come to, import all of them."""
    series = _series(key)
    if request.method != "POST":
        return _mapping(request, looked_at(series, request.GET))
    if "preview" in request.POST:  # so that what guards the form stands in no address
        return _mapping(request, looked_at(series, request.POST))
    context = changed_mapping(series, request.POST, request.FILES)
    if context.is_refused:
        return _mapping(request, context, status=422)
    there = {"there": series.downloaded_count, "total": series.total_episodes}
    tell(request, _("The numbering is saved: %(there)d of %(total)d on disk.") % there)
    return forward(request, "series-mapping", key)


def _mapping(request: PageRequest, context: MappingPage, status: int = 200) -> HttpResponse:
    fragments = {
        "live": "library/_mapping.html",
        "mapping-preview": "library/_mapping_preview.html",
    }
    return page(request, "library/mapping.html", context, fragments=fragments, status=status)


@needs(Right.VIEW)
@require_safe
def export_mapping(_request: HttpRequest, key: str) -> HttpResponse:
    """The numbering as a file; the same JSON as the API's."""
    series = _series(key)
    response = JsonResponse(
        {"key": series.key, "mapping": series.mapping}, json_dumps_params={"indent": 2}
    )
    response["Content-Disposition"] = f'attachment; filename="{series.key}-mapping.json"'
    return response


def _series(key: str, *, deleted: bool = False) -> AnimeSeries:
    """The series of an address; none there is a page that says so."""
    try:
        return services.get_series(key, deleted=deleted)
    except SeriesNotFound as error:
        raise Http404(text_of(error)) from error


@needs(Right.OWN)
@require_POST
def remove(request: HttpRequest, key: str) -> HttpResponse:
    if not is_sure(request):
        question = _("Take this series out of the library? Its files stay on disk.")
        return ask(request, question, yes=_("Remove"), back=reverse("series", args=[key]))
    with told(request):
        series = services.get_series(key)
        with noting() as noted:
            services.remove_series(series)
        words = _("%s was taken out of the library. Its files stay.") % series.name
        tell(request, words, undo=undo_address(noted))
    return forward(request, "library")


@needs(Right.OWN)
@require_POST
def unmatch(request: HttpRequest, key: str) -> HttpResponse:
    """The folder is not this series: leads to where its owner says which one it is."""
    target = reverse("series", args=[key])
    if not is_sure(request):
        return _ask_unmatch(request, services.get_series(key), back=target)
    with told(request):
        series = services.get_series(key)
        with noting() as noted:
            row = services.unmatch_series(series)
        words = _("%s left the library. Say which series the folder is; its files stay.")
        own = [one for one in noted if one.action == LibraryAction.SERIES_UNMATCHED]
        tell(request, words % series.name, undo=undo_address(own))
        wanted = urlencode({"folder": row.pk, "q": suggested_query(row)})
        target = f"{reverse('unmatched')}?{wanted}#folder-{row.pk}"
    return forward(request, target)


def _ask_unmatch(request: HttpRequest, series: AnimeSeries, *, back: str) -> HttpResponse:
    question = _(
        "Is this folder another series than %(name)s? It leaves the library, and you choose which "
        "one the folder is. The files stay as they are."
    )
    yes = _("No series of its own") if series.is_local else _("Wrong series")
    return ask(request, question % {"name": series.name}, yes=yes, back=back)


@needs(Right.OWN)
@require_POST
def restore(request: HttpRequest, key: str) -> HttpResponse:
    with told(request):
        series = services.restore_series(services.get_series(key, deleted=True))
        tell(request, _("%s is back in the library.") % series.name)
    return forward(request, "series", key)


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: PageRequest) -> HttpResponse:
    """Search at the sites, and add what was found or a pasted link."""
    if request.method == "POST":
        return _add(request)
    wanted = SearchForm(request.GET).wanted()
    context = add_page(wanted["q"], wanted["site"], ask=bool(wanted["ask"]))
    return page(request, "library/add.html", context, fragments={"live": "library/_found.html"})


def _add(request: PageRequest) -> HttpResponse:
    # What is refused leads back to what it was chosen from: a link, or a search.
    searched = {name: request.POST.get(name, "") for name in ("q", "site")}
    searched["q"] = request.POST.get("link", "").strip() or searched["q"]
    target = f"{reverse('add')}?{urlencode(searched)}" if searched["q"] else reverse("add")
    with told(request):
        site, key = _picked(request)
        series, is_new = services.add_series(site=site, key=key)
        words = _("%s is in your library now.") if is_new else _("%s is back in your library.")
        tell(request, words % series.name)
        target = reverse("series", args=[series.key])
    return forward(request, target)


@needs(Right.OWN)
@require_POST
def choose_sites(request: HttpRequest) -> HttpResponse:
    """Enable the ticked sites, where the owner has chosen none so far."""
    with told(request):
        enable_sites(request.POST.getlist("sites"))
    return forward(request, "add")


@needs(Right.VIEW)
@require_safe
@live_page
def unmatched(request: PageRequest) -> HttpResponse:
    """Folders without a series, and what they might be."""
    return _unmatched(request)


def _unmatched(request: PageRequest, *, status: int = 200) -> HttpResponse:
    query = request.GET.dict()
    if right_of(request) is not Right.OWN:  # sites are asked for whoever may match a folder
        query.pop("q", None)
    context = unmatched_page(query)
    fragments = {"live": "library/_unmatched.html"}
    return page(request, "library/unmatched.html", context, fragments=fragments, status=status)


@needs(Right.OWN)
@require_POST
def match(request: HttpRequest, folder_id: int) -> HttpResponse:
    """The owner's pick for one folder: a candidate, a key, or a link."""
    with told(request):
        site, key = _picked(request)
        series = services.match_folder(folder_id, site=site, key=key)
        words = _("The folder “%(folder)s” belongs to %(name)s now.")
        tell(request, words % {"folder": to_shown(series.folder), "name": series.name})
    return forward(request, "unmatched")


def _picked(request: HttpRequest) -> tuple[str, str]:
    """Site and key of the series named in the form, by both or by a link."""
    if link := request.POST.get("link", "").strip():
        return site_and_key(link)
    return request.POST.get("site", ""), request.POST.get("key", "")


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
@live_page
def confirm_matches(request: PageRequest) -> HttpResponse:
    """Take the best candidate of every ticked folder. One that fails does not stop the rest.

    A browser may load the address of a refusal again: that leads back to the list.
    """
    if request.method != "POST":
        return forward(request, "unmatched")
    chosen = best_of(chosen_ids(request))
    if not chosen:
        messages.warning(request, _("Tick at least one folder first."))
        refusal = _unmatched(request, status=422)
        refusal["HX-Push-Url"] = "false"
        return refusal
    done = 0
    for folder_id, best in chosen:
        with told(request):
            services.match_folder(folder_id, site=best.site, key=best.key)
            done += 1
    if done:
        tell(request, ngettext("%d folder matched.", "%d folders matched.", done) % done)
    return forward(request, "unmatched")


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def naming(request: PageRequest) -> HttpResponse:
    """The naming template, with a preview of what is typed."""
    config = store.load()
    settings = naming_setting(config)
    form, status = form_of(config, settings), 200
    is_preview = "preview" in request.POST
    asked = request.POST if is_preview else request.GET
    template = asked.get("naming_template", config.downloads.naming_template)
    if request.method == "POST" and not is_preview:
        form = typed(request, config, settings)
        if saved(request, settings, form, config, lambda values: {"downloads": values}):
            return forward(request, "settings-naming")
        template, status = request.POST.get("naming_template", ""), 422
    elif template != config.downloads.naming_template:
        form.initial["naming_template"] = template
    found = NamingPage(request.path, section("downloads"), form, template)
    fragments = {"naming-preview": "library/_naming_preview.html"}
    return page(request, "library/naming.html", found, fragments=fragments, status=status)
