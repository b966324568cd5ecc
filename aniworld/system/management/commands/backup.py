"""``manage.py backup``: everything the database and the settings hold, while all goes on."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from aniworld.console.output import Output
from aniworld.database.examination import refuse_lost
from aniworld.journal.commands import ActingCommand
from aniworld.system.backups import services
from aniworld.web.errors import AppError


class Command(ActingCommand):
    requires_system_checks = ()
    help = (
        "Back up the database and the settings into DATA_DIR/backups, or into FILE, which must "
        "not be there yet. Old ones are deleted as the settings say; FILE is left alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?")

    def handle(self, *_args: Any, **options: Any) -> None:
        target: Path | None = options["file"]
        if target is not None and os.path.lexists(target):
            raise CommandError(f"{target} is there already.")
        refuse_lost()
        try:
            said = self._made() if target is None else self._written(target)
        except AppError as error:
            raise CommandError(str(error)) from error
        Output(self.stdout, sys.stdout).line(said)

    def _made(self) -> str:
        made = services.create()
        return f"{made.name}: {made.size} bytes, checked"

    def _written(self, target: Path) -> str:
        services.write_to(target.absolute())
        return f"{target}: {target.stat().st_size} bytes, checked"
