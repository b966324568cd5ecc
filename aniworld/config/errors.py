"""What can go wrong with the configuration."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from aniworld.web.errors import AppError


class ConfigError(AppError):
    """Base of all errors of this room."""

    code = "config_error"


class ConfigInvalid(ConfigError):
    """A value is not allowed; ``errors`` names each field."""

    code = "config_invalid"
    texts = {"": _("The configuration is not valid: {fields}.")}


class DirectoryUnusable(ConfigError):
    """A folder cannot be a library root."""

    code = "invalid"
    texts = {
        "directory_not_absolute": _("Must be a full path, beginning with /."),
        "directory_missing": _("{directory} does not exist."),
        "directory_is_none": _("{directory} is not a folder."),
        "directory_closed": _("{directory} cannot be read by this program; check its permissions."),
        "directory_unreadable": _("{directory} cannot be read: {errno}."),
        "directory_silent": _(
            "{directory} does not answer: its disk hangs, or the server it lies on is away."
        ),
    }


class ConfigStale(ConfigError):
    """Somebody changed the configuration since the caller read it."""

    code = "config_stale"
    status = 409
    texts = {"": _("The configuration has changed meanwhile (it is at version {version}).")}


class ConfigNotWritten(ConfigError):
    """The disk would not take the change; the file is as it was."""

    code = "config_not_written"
    status = 503
    texts = {"": _("{file} cannot be written: {errno}.")}


class ConfigBroken(ConfigError):
    """The file cannot be read, it has been set aside, and no backup of it is good."""

    code = "config_broken"
    status = 503
    texts = {
        "set_aside": _(
            "The configuration could not be read and was set aside as {aside}. Mend it and rename "
            "it to {name}, or delete it to begin with the default settings."
        ),
        "unreadable": _("{file} cannot be read: {errno}."),
    }


class ConfigTooNew(ConfigError):
    """The file was written by a later version of the product."""

    code = "config_too_new"
    status = 503
    texts = {
        "": _(
            "config.json has schema {schema}, written by a later version of Aniworld; this one "
            "knows up to {known}. Update Aniworld or restore a backup."
        )
    }


class SectionNotFound(ConfigError):
    """The configuration has no such section."""

    code = "config_section_not_found"
    status = 404
    texts = {"": _("The configuration has no section “{name}”; there are {known}.")}


class BackupNotFound(ConfigError):
    """No copy of the configuration has this name."""

    code = "config_backup_not_found"
    status = 404
    texts = {"": _("There is no backup of the configuration called {name}.")}


class BackupUnusable(ConfigError):
    """A copy of the configuration cannot be read."""

    code = "config_backup_unusable"
    status = 409
    texts = {
        "": _("The backup {name} cannot be read as a configuration."),
        "fields": _("The backup {name} holds values that are not allowed: {fields}."),
        "later": _("The backup {name} was written by a later version of Aniworld."),
    }


class FolderRefused(ConfigError):
    """A folder that is not looked into for anybody."""

    code = "folder_refused"
    status = 404
    texts = {
        "": _("{path} belongs to the system; a library cannot lie there."),
        "relative": _("Must be a full path, beginning with /."),
        "own": _("{path} holds this program's own data; a library cannot lie there."),
        "missing": _("{path} does not exist."),
        "none": _("{path} is not a folder."),
        "unreadable": _("{path} cannot be read: {errno}."),
        "silent": _("{path} does not answer: its disk hangs, or the server it lies on is away."),
    }


# What whoever reads the configuration may meet, and whoever changes it.
CONFIG_UNREADABLE = (ConfigBroken, ConfigTooNew)
CONFIG_UNWRITTEN = (*CONFIG_UNREADABLE, ConfigInvalid, ConfigNotWritten)
