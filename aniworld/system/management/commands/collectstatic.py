"""``manage.py collectstatic``: make the static files ready, as the first start does by itself.

For whoever builds an image or a package that brings them (``STATIC_DIR``).
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from aniworld.web.assets import shelf


class Command(BaseCommand):
    help = "Make style sheets, scripts and icons ready for browsers, where they are not yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--noinput", action="store_true", help="as Django's takes it: nothing is ever asked"
        )

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        self.stdout.write(str(shelf.ready()))
