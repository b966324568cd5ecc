"""``manage.py check_manifest``: what is read of a feed, and all that is wrong with it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from aniworld.console.logs import printable
from aniworld.console.output import Output
from aniworld.sites import configured
from aniworld.web.texts import text_of
from providers.errors import FeedUnreadable, ProviderError
from providers.http import HttpClient
from providers.sites.manifest import ManifestSite
from providers.sites.manifest.document import schema_text
from providers.sites.manifest.feed import Feed
from providers.sites.manifest.files import is_file, path_of
from providers.sites.manifest.reading import Read

FAULTY = 1
NAME = "feed"
_OUTSIDE = "note: it lies in no folder of MANIFEST_ROOTS ({}); no site reads it from there"


class Command(BaseCommand):
    help = (
        "Read a feed as a site would, and print what is in it and all that is wrong with it, each "
        "with its place. Needs no database. Exit: 0 nothing is wrong, 1 something is, 2 usage."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "address", nargs="?", default="", help="http://…, https://…, file:///… or a path"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--schema", action="store_true", help="print the JSON Schema of the format, and end"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        output = Output(self.stdout, sys.stdout)
        if options["schema"]:
            output.line(schema_text().rstrip())
            return
        if not options["address"]:
            raise CommandError("an address or a path is needed", returncode=2)
        address = _address(options["address"])
        try:
            read, is_outside = _checked(address)
        except ProviderError as error:
            self._tell_failure(output, error, is_json=options["json"])
            sys.exit(FAULTY)
        if options["json"]:
            output.line(json.dumps(_as_json(read), ensure_ascii=True))
        else:
            for line in _lines(read, is_outside=is_outside):
                output.line(printable(line))
        if read.faults:
            sys.exit(FAULTY)

    def _tell_failure(self, output: Output, error: ProviderError, *, is_json: bool) -> None:
        if is_json:
            output.line(json.dumps({"error": {**error.as_json(), "text": text_of(error)}}))
        else:
            self.stderr.write(f"aniworld: {printable(text_of(error))}")


def _address(given: str) -> str:
    """An address as it is; a path as the address of its file."""
    is_address = is_file(given) or given.lower().startswith(("http://", "https://"))
    return given if is_address else Path(given).absolute().as_uri()


def _checked(address: str) -> tuple[Read, bool]:
    """What is read, and whether a site would not read it from there.

    Raises:
        ProviderError: it cannot be had.
    """
    try:
        return _site(address, settings.MANIFEST_ROOTS).check(), False
    except FeedUnreadable as error:
        if error.params["why"] != "outside":
            raise
    # Whoever runs commands here may read it anyway.
    return _site(address, [str(Path(path_of(address)).parent)]).check(), True


def _site(address: str, roots: list[str]) -> ManifestSite:
    guard = configured.guard()
    if not is_file(address):
        guard.check_url(address)
    client = HttpClient(NAME, guard=guard)
    return ManifestSite(client, name=NAME, label=NAME, addresses=[address], roots=roots)


def _lines(read: Read, *, is_outside: bool) -> Iterator[str]:
    if read.feed is not None:
        yield from _of_feed(read.feed)
    for fault in read.faults:
        yield f"wrong: {text_of(fault)}"
    if is_outside:
        yield _OUTSIDE.format(", ".join(settings.MANIFEST_ROOTS))
    yield f"faults={len(read.faults) + read.more}"


def _of_feed(feed: Feed) -> Iterator[str]:
    yield f"{feed.form} series={len(feed.series)}"
    for key, series in feed.series.items():
        out = sum(bool(one.links) for one in series.episodes)
        seasons = len({one.season for one in series.episodes})
        announced = len(series.episodes) - out
        told = f"seasons={seasons} episodes={out} announced={announced}"
        yield f"{key} {told} {series.info.name}"


def _as_json(read: Read) -> dict[str, Any]:
    series = read.feed.series if read.feed is not None else {}
    return {
        "form": read.feed.form if read.feed is not None else None,
        "series": [
            {
                "key": key,
                "title": one.info.name,
                "episodes": [
                    {
                        "season": episode.season,
                        "number": episode.number,
                        "title": episode.title,
                        "sources": [
                            {"url": link.address, "language": link.language}
                            for link in episode.links
                        ],
                    }
                    for episode in one.episodes
                ],
            }
            for key, one in series.items()
        ],
        "faults": [{**fault.as_json(), "text": text_of(fault)} for fault in read.faults],
        "more_faults": read.more,
    }
