"""Where static files lie ready for browsers, and under which names.

Django's and WhiteNoise's storage does the most: names with a digest of the content, a manifest,
compressed copies. Before it does, many small sources become one style sheet and one module.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from django.conf import STATICFILES_STORAGE_ALIAS, settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

from aniworld.web.assets.joining import joined_modules, joined_sheet

SHEET = "css/main.css"
MODULE = "js/house.js"  # of all that pages share; there is no source of that name
SCRIPTS = "js/"
SHARED = ("lib/", "components/")  # modules that pages import by these names

Paths = dict[str, tuple[Any, str]]


class AssetsStorage(CompressedManifestStaticFilesStorage):
    """Made whole in a folder that nobody reads yet, and read where it is complete.

    With ``DEBUG`` addresses lead to the sources as they are, and nothing is made.
    """

    def __init__(self, location: str | os.PathLike[str] | None = None, **more: Any) -> None:
        if location is None:
            # Here, for a shelf is made by means of a storage.
            from aniworld.web.assets.shelf import ready  # noqa: PLC0415 - the shelf imports us

            location = settings.STATIC_DIR if settings.DEBUG else ready()
        super().__init__(location=location, **more)

    def addresses_of_modules(self) -> dict[str, str]:
        """What an import map says: the address of each name that pages import."""
        if settings.DEBUG:
            return {folder: self.url(f"{SCRIPTS}{folder}") for folder in SHARED}
        house = self.url(MODULE)
        names = (name.removeprefix(SCRIPTS) for name in self.hashed_files)
        return {name: house for name in sorted(names) if name.startswith(SHARED)}

    def post_process(
        self, paths: Paths, dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        """Join, then name and compress.

        Raises:
            NotJoined: a style sheet or module that cannot become part of the whole.
        """
        if dry_run:
            return
        parts = self._join(paths)
        yield from super().post_process(paths, dry_run=False, **options)
        # Importing their names leads to the whole.
        self.hashed_files |= dict.fromkeys(parts, self.hashed_files[MODULE])
        self.save_manifest()

    def create_compressor(self, **options: Any) -> Compressor:
        """Gzip alone: Brotli takes 23 seconds for what gzip does in one, saves 5 of 39 kB, and
        browsers ask for it over HTTPS alone."""
        return Compressor(use_brotli=False, **options)

    def _join(self, paths: Paths) -> list[str]:
        """Put the joined files in the place of their parts; returns the names of the modules."""
        sheet, sheets = joined_sheet(SHEET, lambda name: _text(paths, name))
        modules = [name for name in paths if name.removeprefix(SCRIPTS).startswith(SHARED)]
        names = [name.removeprefix(SCRIPTS) for name in modules]
        module = joined_modules(names, lambda name: _text(paths, f"{SCRIPTS}{name}"))
        for name in {*sheets, *modules}:
            del paths[name]
            self.delete(name)
        for name, text in ((SHEET, sheet), (MODULE, module)):
            self.delete(name)
            self._save(name, ContentFile(text.encode()))
            paths[name] = (self, name)
        return modules


def assets() -> AssetsStorage:
    """The storage that templates and the server use."""
    found = storages[STATICFILES_STORAGE_ALIAS]
    assert isinstance(found, AssetsStorage)  # noqa: S101 - the settings say so
    return found


def _text(paths: Paths, name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as source:
        return str(source.read().decode())
