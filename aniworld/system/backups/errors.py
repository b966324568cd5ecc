"""What can go wrong with backups, and why one is refused."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_noop as _

from aniworld.web.errors import AppError


class BackupError(AppError):
    """Base of all errors of this room."""

    code = "backup_error"


class BackupNotFound(BackupError):
    """There is no backup of that name (any more)."""

    code = "backup_not_found"
    status = 404
    texts = {"": _("There is no backup {name}.")}


class BackupBusy(BackupError):
    """One backup or restore is made at a time."""

    code = "backup_busy"
    status = 409
    permanent = False
    texts = {"": _("A backup is being made or restored just now. Wait until that is done.")}


class BackupRefused(BackupError):
    """The file cannot be restored from: it is damaged, foreign, or was changed; nothing was
    changed here."""

    code = "backup_refused"
    texts: ClassVar = {
        "foreign": _("This is no backup of Aniworld."),
        "truncated": _("The backup ends too early: a part of it is missing."),
        "too_large": _("The backup is larger than the {most} MB that are taken in."),
        "format": _(
            "The backup has format {format}, of a later version of Aniworld; this one knows up to "
            "{known}. Update Aniworld first."
        ),
        "checksum": _("The backup is damaged: {part} is not as it was written."),
        "signature": _("The backup was changed after this installation had made it."),
        "damaged": _("The database in the backup is damaged."),
        "objects": _("The database in the backup holds {name}, which no backup of ours does."),
        "tables": _("The database in the backup lacks {name}."),
        "values": _("The database in the backup has values in {name} that do not belong there."),
        "references": _("The database in the backup lacks rows that others in {name} refer to."),
        "later": _("The backup was made by a later version of Aniworld. Update Aniworld first."),
        "migration": _("The backup is of an earlier version and cannot be brought up to date."),
        "nobody": _("Nobody is in the backup: after it no one could log in."),
        "slow": _("The backup takes too long to be checked."),
        "settings": _("The settings in the backup cannot be read."),
    }


class BackupNotMade(BackupError):
    """There is no new backup; those that are there are as they were."""

    code = "backup_not_made"
    status = 503
    texts: ClassVar = {
        "space": _("The disk of DATA_DIR has {free} MB free, and the backup may need {needed} MB."),
        "errno": _("The backup cannot be written: {errno}."),
        "exists": _("{name} is there already."),
        "unsettled": _(
            "A restore was interrupted, and the settings of before cannot be put back: {reason}"
        ),
        "too_large": _("The database is larger than the {most} MB that a backup can hold."),
        "damaged": _("The database is damaged ({found}): a backup of it would be, too."),
        "nobody": _("Nothing is set up yet: there is nothing to be kept."),
    }


class RestoreDeclined(BackupError):
    """Whoever was asked did not want it."""

    code = "restore_declined"
    texts = {"": _("Nothing was changed. Say --yes to restore without being asked.")}


class RestoreRefused(BackupError):
    """The restore would harm what is going on; nothing was changed."""

    code = "restore_refused"
    status = 409
    permanent = False
    texts: ClassVar = {
        "scan": _("A scan is running. Wait for its end or cancel it, then restore."),
        "full": _("The disk of the database is full."),
        "held": _("The database is held by something else. Try again in a moment."),
        "rows": _("The database does not take the rows of the backup: {error}."),
        "damaged": _(
            "The database here is damaged. Stop Aniworld, then run: manage.py restore {name} "
            "--put-aside"
        ),
    }
