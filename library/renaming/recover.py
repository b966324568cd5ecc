"""Ending what a process that died has left half done: called before the next scan or renaming."""

from __future__ import annotations

import logging

from django.db import IntegrityError

from aniworld.config.errors import ConfigError
from aniworld.events.operations import OperationState
from library.choices import StepState
from library.errors import NotRenamed
from library.models import RenameStep
from library.naming.paths import from_stored
from library.renaming import carry, write
from library.renaming.disks import Disks
from library.renaming.run import files_of

log = logging.getLogger(__name__)


def recover(disks: Disks) -> int:
    """Let the database say where the files of steps that were begun are, and complete those.

    A disk that is away, or does not answer, is asked by the next one who comes.

    Returns:
        How many steps were seen to.
    """
    begun = RenameStep.objects.filter(state=StepState.PLANNED)
    over = begun.exclude(operation__state=OperationState.RUNNING).select_related("root", "series")
    done = 0
    for step in over.order_by("pk"):
        try:
            _recover(step, disks)
            done += 1
        except (NotRenamed, ConfigError, OSError, IntegrityError) as error:
            log.warning("renaming step=%s is not recovered: %s", step.pk, error)
    return done


def _recover(step: RenameStep, disks: Disks) -> None:
    disks.prove(step.root)
    files = files_of(step)
    home = step.root.directory / from_stored(step.series.folder)
    moved = disks(step.root.path, lambda: carry.complete(files, home=home))
    write.write_step(step, moved)
    write.settle_series(step.series)
    log.info("renaming step=%s recovered moved=%s of=%s", step.pk, sum(moved), len(moved))
