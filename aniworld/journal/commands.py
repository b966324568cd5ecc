"""What every command that writes is built on."""

from __future__ import annotations

import gc
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, SystemCheckError

from aniworld.journal.actors import Actor, acting_as

# Python's own; manage.py starts with another.
USUAL = (700, 10, 10)


class ActingCommand(BaseCommand):
    """A command whose writes are those of the person, or the cron job, that runs it."""

    _called_from_command_line: bool  # Django's, which its types leave out

    def execute(self, *args: Any, **options: Any) -> str | None:
        gc.freeze()  # what was loaded stays, and needs no look any more
        gc.set_threshold(*USUAL)
        name = type(self).__module__.rpartition(".")[2]
        with acting_as(Actor.command(name)):
            return self._executed(*args, **options)

    def _executed(self, *args: Any, **options: Any) -> str | None:
        """A refusal is one line that begins as those of the other faults do (``manage.py``)."""
        try:
            return super().execute(*args, **options)
        except CommandError as error:
            is_asked_for = not self._called_from_command_line or options.get("traceback")
            if is_asked_for or isinstance(error, SystemCheckError):
                raise
            self.stderr.write(f"aniworld: {error}")
            sys.exit(error.returncode)
