"""``manage.py migrate``: Django's own, but never on a database that is a lost one."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from aniworld.database import mark
from aniworld.database.examination import START_SECONDS, has_owner, refuse_damaged, refuse_lost


class Command(migrate.Command):
    def execute(self, *args: Any, **options: Any) -> str | None:
        refuse_lost()  # before Django's checks, which ask the database what it can do
        return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_damaged(seconds=START_SECONDS)
        super().handle(*args, **options)
        if has_owner():
            mark.make()
