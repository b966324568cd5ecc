"""``manage.py readmedia``: media information of files that are new or have changed."""

from __future__ import annotations

import signal
from typing import Any

from aniworld.console.ending import end_in_time
from aniworld.database.examination import refuse_lost
from aniworld.journal.commands import ActingCommand
from library.management.media import read_media
from library.scanner.media import lower_priority


class Command(ActingCommand):
    help = "Read duration, resolution, codecs and languages of new and changed files."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        refuse_lost()
        stopping = False

        def stop(*_: object) -> None:
            nonlocal stopping
            stopping = True

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        end_in_time()
        lower_priority()
        self.stdout.write(f"files={read_media(lambda: stopping)}")
