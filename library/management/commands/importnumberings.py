"""``manage.py importnumberings``: take the numberings of many series from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from aniworld.console.logs import printable
from aniworld.database.examination import refuse_lost
from aniworld.journal.commands import ActingCommand
from aniworld.web.texts import text_of
from library.errors import MappingFileInvalid
from library.services.numbering import ranges_from_json
from library.services.numbering_files import MAX_BYTES
from library.services.numbering_import import Import, Imports, looked_through, take_over


class Command(ActingCommand):
    help = (
        "Show what a file of numberings (our JSON, or the XML of Anime-Lists) changes of the "
        "library, and do it with --apply. Exit: 0 done, 1 the file cannot be read."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true", help="take them over")
        parser.add_argument(
            "--replace", action="store_true", help="also where a series has ranges of its own"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        refuse_lost()
        try:
            imports = looked_through(_content(options["file"]), replace=options["replace"])
        except MappingFileInvalid as error:
            raise CommandError(text_of(error)) from error
        for one in imports.found:
            if one.problem is not None:
                self._line(f"- {_name(one)}{text_of(one.problem)}")
        if options["apply"]:
            self._apply(imports)
            return
        new = [one for one in imports.found if one.is_new]
        for one in new:
            self._show(one)
        self._line(f"series={len(new)} elsewhere={imports.elsewhere}")
        if new:
            self._line("Nothing was changed. Call it again with --apply.")

    def _apply(self, imports: Imports) -> None:
        done = 0
        for one in take_over(imports):
            if one.problem is not None:
                self._line(f"- {_name(one)}{text_of(one.problem)}")
                continue
            self._show(one)
            done += 1
        self._line(f"changed={done} elsewhere={imports.elsewhere}")

    def _show(self, one: Import) -> None:
        said = "; ".join(str(entry) for entry in ranges_from_json(one.mapping))
        self._line(f"+ {_name(one)}{said or 'no ranges any more'}")

    def _line(self, text: str) -> None:
        self.stdout.write(printable(text))


def _name(one: Import) -> str:
    return f"{one.series.name} ({one.series.key}): " if one.series else ""


def _content(path: Path) -> bytes:
    """Of a file, as far as it may be read. Raises ``MappingFileInvalid``."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise MappingFileInvalid(why="unreadable", path=str(path), error=str(error)) from error
