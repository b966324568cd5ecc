"""What can go wrong with a media server."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from aniworld.web.errors import AppError


class MediaServerError(AppError):
    """Base of the errors of this room. What is ``permanent`` its owner has to mend."""

    code = "media_server_error"


class MediaServerNotFound(MediaServerError):
    code = "media_server_not_found"
    status = 404
    texts = {"": _("There is no media server of the name {name}.")}


class MediaServerKnown(MediaServerError):
    code = "media_server_known"
    status = 409
    texts = {"": _("There is a media server of the name {name} already.")}


class TooManyMediaServers(MediaServerError):
    code = "too_many_media_servers"
    status = 409
    texts = {"": _("There are {most} media servers already, the most there may be.")}


class ServerUnreachable(MediaServerError):
    """No answer, or half of one: worth another try."""

    code = "media_server_unreachable"
    status = 503
    permanent = False
    texts = {
        "unknown_name": _("No machine is known by the name {host}."),
        "no_connection": _("Nothing answers at {host}: {errno}."),
        "timed_out": _("{host} did not answer in time."),
        "broken_off": _("{host} broke off in the middle of its answer."),
        "certificate": _("The certificate of {host} is not trusted: {reason}"),
    }


class ServerBusy(MediaServerError):
    """It answers with an error of its own: worth another try."""

    code = "media_server_busy"
    status = 503
    permanent = False
    texts = {"": _("It answered with an error (status {status}).")}


class KeyRefused(MediaServerError):
    code = "media_server_key_refused"
    texts = {
        "": _("It does not take the key."),
        "login": _("It does not take user name and password."),
    }


class WrongAddress(MediaServerError):
    """What answers there is not what was meant."""

    code = "media_server_wrong_address"
    texts = {
        "empty": _("It has no address yet."),
        "unusable": _("Its address cannot be used."),
        "elsewhere": _("It sends elsewhere, to {to}: enter the address where it really answers."),
        "not_there": _("What answers at {host} does not know such a request. Is it {product}?"),
        "unreadable": _("What answers at {host} speaks otherwise. Is it {product}?"),
        "too_large": _("What answers at {host} sends far too much. Is it {product}?"),
    }


class FolderUnknown(MediaServerError):
    """A folder lies in none of its libraries."""

    code = "media_server_folder_unknown"
    texts = {
        "": _(
            "None of its libraries holds {folder}. Is the folder called otherwise there, or the "
            "library missing?"
        )
    }
