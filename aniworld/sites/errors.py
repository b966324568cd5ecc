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


class SiteKnown(AppError):
    """A site cannot be added under a name that another has."""

    code = "site_known"
    status = 409
    texts = {"": _("There is a site “{name}” already.")}


class SiteBuiltIn(AppError):
    """A site that was not added cannot be removed; it can be switched off."""

    code = "site_built_in"
    status = 409
    texts = {"": _("“{name}” was not added here, and cannot be removed. Switch it off.")}


class SiteNotDescribed(AppError):
    """A site that no definition describes has none."""

    code = "site_not_described"
    status = 404
    texts = {"": _("No definition describes “{name}”.")}


REFUSALS = (HoldNotFound, RestNotFound, SiteKnown, SiteBuiltIn, SiteNotDescribed)
