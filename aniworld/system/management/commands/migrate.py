"""``manage.py migrate``: Django's own, but never on a database that is a lost one."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from aniworld.database import mark
from aniworld.database.examination import (
    START_SECONDS,
    has_owner,
    refuse_damaged,
    refuse_lost,
    writing_trouble,
)


class Command(migrate.Command):
    def execute(self, *args: Any, **options: Any) -> str | None:
        # Before Django's own checks: where one of them meets a database that it cannot write in,
        # it says of all our models that SQLite is too old for them.
        refuse_lost()
        refuse_damaged(seconds=START_SECONDS)
        if trouble := writing_trouble():
            raise trouble
        return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if has_owner():
            mark.make()
