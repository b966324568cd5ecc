"""Backups of the settings, their export and import, and the way back to the defaults."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aniworld.config import services
from aniworld.config.backups import MAX_BYTES
from aniworld.config.changes import FieldChange
from aniworld.config.menu import MenuEntry, menu
from aniworld.config.pages.sections import SectionPage
from aniworld.config.pages.words import ChangeRow, rows
from aniworld.config.services import Backup
from aniworld.web.texts import text_of


@dataclass(frozen=True, slots=True)
class BackupRow:
    backup: Backup

    @property
    def problem(self) -> str:
        return text_of(self.backup.problem)


@dataclass(frozen=True, slots=True)
class BackupPage(SectionPage):
    """The section, and what can be done with the whole configuration."""

    backups: list[BackupRow]
    import_form: ImportForm


@dataclass(frozen=True, slots=True)
class OutlookPage:
    """What something would change, and the button that does it.

    Attributes:
        content: of a file that is to be imported; sent back as it is.
        version: of the configuration that was compared.
    """

    here: str
    title: str
    question: str
    button: str
    changes: Sequence[FieldChange]
    version: int
    content: str = ""

    @property
    def menu(self) -> list[MenuEntry]:
        return menu(self.here)

    @property
    def rows(self) -> list[ChangeRow]:
        return rows(self.changes)


class ImportForm(forms.Form):
    """An exported file, or its content sent back after it was looked at."""

    file = forms.FileField(
        label=_("Exported file"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    content = forms.CharField(
        required=False, max_length=MAX_BYTES, strip=False, widget=forms.HiddenInput
    )

    def clean_file(self) -> str:
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        if file is None:
            return ""
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("This file is too large for a configuration."))
        try:
            return bytes(file.read()).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("This file is no text.")) from error

    def clean(self) -> dict[str, Any]:
        """Adds ``data``, what the file holds."""
        content = self.cleaned_data.get("file") or self.cleaned_data.get("content") or ""
        if self.errors:
            return self.cleaned_data
        if not content:
            self.add_error("file", gettext("Choose a file that was exported here."))
            return self.cleaned_data
        try:
            data = json.loads(content)
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict):
            self.add_error("file", gettext("This file holds no configuration."))
        return {**self.cleaned_data, "data": data, "content": content}


def backup_rows() -> list[BackupRow]:
    return [BackupRow(one) for one in services.backups()]
