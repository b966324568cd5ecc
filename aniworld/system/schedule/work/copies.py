"""Copies of what must not be lost."""

from __future__ import annotations

from aniworld.config import services as config_services
from aniworld.config import store
from aniworld.config.errors import BackupNotFound, BackupUnusable
from aniworld.system.backups import due
from aniworld.system.backups import services as backups
from aniworld.system.backups.errors import BackupBusy
from aniworld.system.schedule.choices import Trigger
from aniworld.system.schedule.running import Running, Skipped
from providers.coded import Coded, coded


def database_backup(running: Running) -> Coded:
    """Back up everything: where one is due, or somebody asks for it.

    Raises:
        Skipped: another one is being made, or was made since.
        BackupNotMade: why there is no new one.
    """
    is_wanted = running.run.trigger == Trigger.OWNER
    try:
        made = backups.create() if is_wanted else due.make_if_due()
    except BackupBusy as error:
        raise Skipped(error) from error
    if made is None:
        raise Skipped(coded("job_backup_not_due"))
    return coded("job_backed_up", name=made.name)


def configuration_backup(_running: Running) -> Coded:
    """Copy the settings, where the newest copy is not what they are.

    Raises:
        Skipped: it is.
    """
    if _is_copied():
        raise Skipped(coded("job_settings_copied"))
    return coded("job_backed_up", name=config_services.back_up().name)


def _is_copied() -> bool:
    newest = next(iter(config_services.backups()), None)
    if newest is None:
        return not store.path().exists()  # as it comes: nothing was ever set
    try:
        return store.read_backup(newest.name) == store.load()
    except (BackupNotFound, BackupUnusable):
        return False
