"""The pages of the settings. Every button is a form; the answer leads back to the page."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aniworld.config import services, store
from aniworld.config.changes import changes_between
from aniworld.config.errors import SectionNotFound
from aniworld.config.pages import backups, languages, library
from aniworld.config.pages.sections import (
    SectionPage,
    form_of,
    of_section,
    saved,
    typed,
)
from aniworld.config.pages.words import tell_saved, told_by_field
from aniworld.config.schema import Config, ProviderSettings
from aniworld.config.sections import section
from aniworld.journal.services import noting
from aniworld.web.asking import ask, is_sure
from aniworld.web.errors import AppError
from aniworld.web.ids import whole
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.texts import text_of

MakePage = Callable[[SectionPage, Config], SectionPage]


@needs(Right.OWN)
@require_safe
def first_page(_request: HttpRequest) -> HttpResponse:
    return redirect("settings-library")


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def section_page(request: PageRequest, name: str) -> HttpResponse:
    """A section that has no page of its own."""
    try:
        section(name)
    except SectionNotFound as error:
        raise Http404(str(error)) from error
    return _section(request, name, "settings/section.html", lambda plain, _config: plain)


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def library_page(request: PageRequest) -> HttpResponse:
    def with_folders(plain: SectionPage, config: Config) -> SectionPage:
        roots = library.roots_of(config)
        return library.LibraryPage(plain.here, plain.section, plain.form, roots, library.stand_in())

    return _section(request, "library", "settings/library.html", with_folders)


@needs(Right.OWN)
@require_safe
def folders(request: PageRequest) -> HttpResponse:
    """The folders of the server, to pick one."""
    asked = request.GET.get("path") or "/"
    found = library.picker_page(request.path, asked)
    status = 404 if found.problem else 200
    return page(request, "settings/folders.html", found, status=status)


@needs(Right.OWN)
@require_POST
def change_folders(request: HttpRequest) -> HttpResponse:
    """Add a library folder, take one out, or move it."""
    path, action = request.POST.get("path", ""), request.POST.get("action", "add")
    changes: dict[str, Callable[[str], Config]] = {
        "add": library.add_folder,
        "remove": library.remove_folder,
        "up": lambda path: library.move_folder(path, -1),
        "down": lambda path: library.move_folder(path, 1),
    }
    if action not in changes:
        raise Http404
    with told_by_field(request):
        _saved(request, lambda: changes[action](path))
    return forward(request, "settings-library")


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def languages_page(request: PageRequest) -> HttpResponse:
    """The order of languages and of hosters."""
    if request.method != "POST":
        found = languages.languages_page(request.path, store.load())
        return page(request, "settings/languages.html", found)
    name = request.POST.get("list", "")
    if name not in languages.LISTS:
        raise Http404
    ticked = set(request.POST.getlist("chosen"))
    order = [one for one in request.POST.getlist("order") if one in ticked]
    order += [one for one in request.POST.getlist("chosen") if one not in order]
    wanted = languages.reordered(order, request.POST.get("action", ""))
    if request.POST.get("action") == "default":
        wanted = list(getattr(ProviderSettings(), name))
    with told_by_field(request):
        _saved(request, lambda: languages.set_order(name, wanted))
    return forward(request, "settings-languages")


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def backup_page(request: PageRequest) -> HttpResponse:
    return _backups(request, backups.ImportForm())


@needs(Right.OWN)
@require_POST
def make_backup(request: HttpRequest) -> HttpResponse:
    with told(request):
        services.back_up()
        tell(request, _("A backup was made."))
    return forward(request, "settings-backup")


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: PageRequest, name: str) -> HttpResponse:
    """What a backup would change; by POST, put it in place."""
    if request.method == "POST":
        with told_by_field(request):
            _saved(request, lambda: services.restore(name, expected_version=_version(request)))
        return redirect("settings-backup")
    try:
        return _outlook(
            request,
            store.read_backup(name),
            title=_("Restore a backup"),
            question=_("This is what restoring %s would change.") % name,
            button=_("Restore"),
        )
    except AppError as error:
        messages.error(request, text_of(error))
        return redirect("settings-backup")


@needs(Right.OWN)
@require_POST
def delete_backup(request: HttpRequest, name: str) -> HttpResponse:
    if not is_sure(request):
        back = reverse("settings-backup")
        return ask(request, _("Delete this backup for good?"), yes=_("Delete"), back=back)
    with told(request):
        services.delete_backup(name)
        tell(request, _("The backup was deleted."))
    return forward(request, "settings-backup")


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: PageRequest) -> HttpResponse:
    """What the defaults would change; by POST, go back to them."""
    if request.method == "POST":
        with told_by_field(request):
            _saved(request, lambda: services.reset(expected_version=_version(request)))
        return redirect("settings-backup")
    return _outlook(
        request,
        services.reset_to(),
        title=_("Back to the defaults"),
        question=_("This is what would change. A backup is made before."),
        button=_("Put everything back to its default"),
    )


@needs(Right.OWN)
@require_POST
def import_file(request: PageRequest) -> HttpResponse:
    """What a file would change; with its content sent back, put it in place."""
    form = backups.ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _backups(request, form, status=422)
    data, is_seen = form.cleaned_data["data"], bool(request.POST.get("content"))
    try:
        if is_seen:
            version = _version(request)
            _saved(request, lambda: services.take_over(data, expected_version=version))
            return redirect("settings-backup")
        return _outlook(
            request,
            services.imported(data),
            title=_("Import settings"),
            question=_("This is what the file would change."),
            button=_("Import"),
            content=form.cleaned_data["content"],
        )
    except AppError as error:
        for fault in error.errors:
            form.add_error("file", f"{fault.field}: {fault.detail}")
        if not error.errors:
            form.add_error("file", text_of(error))
        return _backups(request, form, status=422)


@needs(Right.OWN)
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The settings as a file."""
    content = services.exported(secrets=request.POST.get("secrets") == "on")
    name = f"aniworld-config-{timezone.localdate():%Y-%m-%d}.json"
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    return HttpResponse(
        text,
        content_type="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def _section(
    request: PageRequest, name: str, template: str, made: MakePage, *, status: int = 200
) -> HttpResponse:
    config = store.load()
    settings = of_section(config, name)
    form = form_of(config, settings)
    if request.method == "POST" and status == 200:
        form = typed(request, config, settings)
        if saved(request, settings, form, config, lambda values: {name: values}):
            return redirect(request.path)
        status = 422
    found = made(SectionPage(request.path, section(name), form), config)
    return page(request, template, found, status=status)


def _backups(
    request: PageRequest, import_form: backups.ImportForm, *, status: int = 200
) -> HttpResponse:
    def with_backups(plain: SectionPage, _config: Config) -> SectionPage:
        rows = backups.backup_rows()
        return backups.BackupPage(plain.here, plain.section, plain.form, rows, import_form)

    return _section(request, "backup", "settings/backup.html", with_backups, status=status)


def _outlook(
    request: PageRequest,
    wanted: Config,
    *,
    title: str,
    question: str,
    button: str,
    content: str = "",
) -> HttpResponse:
    current = store.load()
    found = backups.OutlookPage(
        request.path,
        title,
        question,
        button,
        changes_between(current, wanted),
        current.version,
        content,
    )
    return page(request, "settings/outlook.html", found)


def _version(request: HttpRequest) -> int | None:
    return whole(request.POST.get("version", ""))


def _saved(request: HttpRequest, change: Callable[[], Config]) -> None:
    with noting() as noted:
        change()
    tell_saved(request, noted)
