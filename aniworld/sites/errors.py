"""What can be refused here."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from aniworld.web.errors import AppError


class HoldNotFound(AppError):
    """The pause is over, or was lifted already."""

    code = "hold_not_found"
    status = 404
    texts = {"": _("That pause is over already.")}


class RestNotFound(AppError):
    """Nobody is left alone there, or not any more."""

    code = "rest_not_found"
    status = 404
    texts = {"": _("It is not left alone any more.")}
