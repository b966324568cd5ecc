"""The pages of the backups: for the owner alone, since a backup holds all there is to know."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aniworld.system.backups import services, shelf
from aniworld.system.backups.errors import BackupError
from aniworld.system.backups.pages.shown import backup_page, backups_page
from aniworld.web.answers import ZipAttachment
from aniworld.web.errors import AppError
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.texts import text_of

_LIST = "system/backups.html"


@needs(Right.OWN)
@require_safe
def backups(request: PageRequest) -> HttpResponse:
    """The backups there are, and how to make one."""
    return page(request, _LIST, backups_page())


@needs(Right.OWN)
@require_safe
def backup(request: PageRequest, name: str) -> HttpResponse:
    """One backup: what restoring it would change, and the buttons that do so, or delete it."""
    return page(request, "system/backup.html", backup_page(name))


@needs(Right.OWN)
@require_safe
def download(_request: PageRequest, name: str) -> HttpResponseBase:
    """The backup as a file."""
    return ZipAttachment(shelf.path_of(name))


@needs(Right.OWN)
@require_POST
def create(request: PageRequest) -> HttpResponse:
    """Make a backup now."""
    with told(request):
        services.create()
        tell(request, _("The backup is made and checked."))
    return forward(request, "backups")


@needs(Right.OWN)
@require_POST
def upload(request: PageRequest) -> HttpResponse:
    """Take in a backup that was downloaded before. Nothing is restored yet."""
    sent = request.FILES.get("file")
    if sent is None or isinstance(sent, list):
        error = _("Choose the file of a backup first.")
        return page(request, _LIST, backups_page(error=error), status=422)
    try:
        taken = services.take_in(sent, size=sent.size or 0)
    except BackupError as refused:
        return page(request, _LIST, backups_page(error=text_of(refused)), status=422)
    tell(request, _("The backup is uploaded and checked. Nothing is restored yet."))
    return forward(request, "backup", taken.name)


@needs(Right.OWN)
@require_POST
def delete(request: PageRequest, name: str) -> HttpResponse:
    """Delete a backup for good."""
    with told(request):
        services.delete(name)
        tell(request, _("The backup is deleted."))
    return forward(request, "backups")


@needs(Right.OWN)
@require_POST
def restore(request: PageRequest, name: str) -> HttpResponse:
    """Put a backup in place of what is here. All sessions end: the next page is the login."""
    try:
        services.restore(name)
    except AppError as error:
        messages.error(request, text_of(error))
        return forward(request, "backup", name)
    tell(request, _("The backup is restored. Log in with the password of then."))
    return forward(request, "login")
