"""The page that takes in a file of numberings: what it would change, and the owner's word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from aniworld.web.texts import text_of
from library import services
from library.errors import LibraryError, MappingFileInvalid
from library.models import AnimeSeries
from library.services.numbering import Range, ranges_from_json
from library.services.numbering_import import Import, Imports, looked_through, take_over_one

MAX_UPLOAD = 1_000_000  # bytes; what is larger is taken in by the command
SHOWN = 200  # series at once: each has its ranges in the form


class NumberingFileForm(forms.Form):
    """A file for many series."""

    file = forms.FileField(
        label=_("File of numberings"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".json,.xml,application/json,text/xml"}),
    )
    replace = forms.BooleanField(
        label=_("Also where a series has ranges of its own: they are replaced"), required=False
    )

    def clean_file(self) -> bytes:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_UPLOAD:
            words = _("This file is larger than 1 MB: take it in by “manage.py importnumberings”.")
            raise forms.ValidationError(words)
        return bytes(file.read())


@dataclass(frozen=True, slots=True)
class Row:
    """What a series would get."""

    found: Import
    series: AnimeSeries

    @property
    def ranges(self) -> tuple[Range, ...]:
        return ranges_from_json(self.found.mapping)

    @property
    def mapping(self) -> str:
        """What goes through the form: the ranges it would get, and those it has now."""
        return json.dumps({"mapping": self.found.mapping, "before": self.series.mapping})


@dataclass(frozen=True)
class ImportPage:
    """``imports`` is what the file says; None: none was given."""

    form: NumberingFileForm = field(default_factory=NumberingFileForm)
    imports: Imports | None = None

    @property
    def rows(self) -> list[Row]:
        """The first series that would change."""
        return self._new[:SHOWN]

    @property
    def more(self) -> int:
        return len(self._new) - len(self.rows)

    @property
    def _new(self) -> list[Row]:
        found = self.imports.found if self.imports else []
        return [Row(one, one.series) for one in found if one.series and one.is_new]

    @property
    def problems(self) -> list[str]:
        """Why entries are passed over, the first of them."""
        found = self.imports.found if self.imports else []
        return [text_of(one.problem) for one in found if one.problem][:SHOWN]


def read_file(data: QueryDict, files: MultiValueDict[str, UploadedFile[Any]]) -> ImportPage:
    """What an uploaded file would change. Changes nothing."""
    form = NumberingFileForm(data, files)
    if not form.is_valid():
        return ImportPage(form)
    try:
        imports = looked_through(form.cleaned_data["file"], replace=form.cleaned_data["replace"])
    except MappingFileInvalid as error:
        form.add_error("file", text_of(error))
        return ImportPage(form)
    return ImportPage(NumberingFileForm(), imports)


def apply_chosen(data: QueryDict) -> Iterator[AnimeSeries | LibraryError]:
    """Take over what was ticked: one that fails does not stop the rest."""
    for key in data.getlist("series")[:SHOWN]:
        try:
            series = services.get_series(key)
            wanted = _shown(data.get(f"mapping-{key}", ""))
            yield take_over_one(series, wanted.get("mapping"), before=wanted.get("before"))
        except LibraryError as error:
            yield error


def _shown(text: str) -> dict[str, Any]:
    """What was shown of a series; empty where that has been tampered with on the way."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
