"""What every command that writes is built on."""

from __future__ import annotations

import gc
from typing import Any

from django.core.management.base import BaseCommand

from aniworld.journal.actors import Actor, acting_as

# Python's own; manage.py starts with another.
USUAL = (700, 10, 10)


class ActingCommand(BaseCommand):
    """A command whose writes are those of the person, or the cron job, that runs it."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        gc.freeze()  # what was loaded stays, and needs no look any more
        gc.set_threshold(*USUAL)
        name = type(self).__module__.rpartition(".")[2]
        with acting_as(Actor.command(name)):
            return super().execute(*args, **options)
