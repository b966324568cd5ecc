"""``manage.py follow``: queue what the followed series have, from a shell or cron."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from aniworld.console.logs import printable
from aniworld.console.output import Output
from aniworld.database.examination import refuse_lost, refuse_other_tables
from aniworld.journal.commands import ActingCommand
from aniworld.web.errors import AppError
from aniworld.web.texts import text_of, told_of
from downloads.following.asking import Asked, ask_due
from downloads.following.carrying import carry_out
from downloads.following.plan import Plan, Planned, plan
from downloads.following.shapes import code_of, planned_rows, said

FAILED = 1


class Command(ActingCommand):
    help = (
        "Ask the sites for the followed series that are due, and queue what is to be queued by "
        "itself. Exit: 0 done, 1 failed, 2 usage."
    )
    # Checking would load every page of the product for a job that shows none.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be queued; ask no site"
        )
        parser.add_argument("--no-provider", action="store_true", help="ask no site")
        parser.add_argument("--json", action="store_true", help="the last line is JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        output = Output(self.stdout, sys.stdout)
        try:
            refuse_lost()
            refuse_other_tables()
            asked, found, ids = _done(options)
        except AppError as error:
            if options["json"]:
                output.line(json.dumps({"error": told_of(error)}))
            raise CommandError(text_of(error), returncode=FAILED) from error
        if options["json"]:
            output.line(json.dumps(_as_json(asked, found, ids)))
            return
        for key, failure in asked.failures.items():
            output.line(printable(f"{key}: {text_of(failure)}"))
        for one in (*found.to_queue, *found.waiting):
            output.line(printable(_line(one)))
        verb = "would be queued" if options["dry_run"] else "queued"
        output.line(
            f"followed={found.series} catalogues_read={asked.read} "
            f"{verb.replace(' ', '_')}={len(found.to_queue if options['dry_run'] else ids)} "
            f"waiting={found.waiting_count}"
        )


def _done(options: dict[str, Any]) -> tuple[Asked, Plan, list[int]]:
    """What was asked, what was planned, and the ids of what was queued.

    Raises:
        ConfigError: the configuration cannot be read.
    """
    now = timezone.now()
    if options["dry_run"]:
        return Asked(), plan(now), []
    asked = Asked() if options["no_provider"] else ask_due(now)
    carried = carry_out(timezone.now())
    return asked, carried.plan, carried.ids


def _line(one: Planned) -> str:
    return f"{one.series.name} {code_of(one)}: {text_of(said(one.decision))}"


def _as_json(asked: Asked, found: Plan, ids: list[int]) -> dict[str, Any]:
    return {
        "catalogues_read": asked.read,
        "failures": {key: told_of(error) for key, error in asked.failures.items()},
        "to_queue": planned_rows(found.to_queue),
        "waiting": planned_rows(found.waiting),
        "queued_ids": [str(pk) for pk in ids],
        "error": None,
    }
