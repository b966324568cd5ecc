"""What can be refused here."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from aniworld.web.errors import AppError


class SystemRoomError(AppError):
    """Base of the errors of this room."""

    code = "system_error_of_room"


class RepairNotFound(SystemRoomError):
    """It was mended meanwhile, or never was."""

    code = "repair_not_found"
    status = 404
    texts = {"": _("There is no such repair any more: {id}.")}


class CannotMend(SystemRoomError):
    """Only the owner can."""

    code = "cannot_mend"
    status = 409
    texts = {"": _("No button mends this: {id}. Its entry says what to do.")}


class MendedInVain(SystemRoomError):
    """The disk refuses what would mend it."""

    code = "mended_in_vain"
    status = 409
    permanent = False
    texts = {"": _("{id} could not be mended: {errno}.")}


class CacheNotFound(SystemRoomError):
    code = "cache_not_found"
    status = 404
    texts = {"": _("There is no cache of the name {name}.")}


class NoSuchRoot(SystemRoomError):
    code = "no_such_root"
    status = 404
    texts = {"": _("{path} is no library folder.")}
