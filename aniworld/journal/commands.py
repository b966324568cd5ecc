"""What every command that writes is built on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from aniworld.journal.actors import Actor, acting_as


class ActingCommand(BaseCommand):
    """A command whose writes are those of the person, or the cron job, that runs it."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        name = type(self).__module__.rpartition(".")[2]
        with acting_as(Actor.command(name)):
            return super().execute(*args, **options)
