"""What the pages for adding and describing sites take in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from aniworld.sites import added
from aniworld.sites.trying import LONGEST_WANTED
from aniworld.web.errors import FieldError
from aniworld.web.texts import text
from providers.base import LONGEST_DEFINITION

_PLAIN = {"spellcheck": "false", "autocomplete": "off", "autocapitalize": "off"}


class DefinitionForm(forms.Form):
    """A definition, in a file or pasted, and what it is tried with."""

    text = ""  # what was sent

    file = forms.FileField(
        label=_("Definition file"),
        help_text=_("Stands in the place of what is typed below."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    definition = forms.CharField(
        label=_("Definition"),
        help_text=_("JSON. What is wrong with it is told with its place in it."),
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 18, "class": "input", "wrap": "off", **_PLAIN}),
    )
    query = forms.CharField(
        label=_("Try it with"),
        help_text=_("A word to search for, or the address of a series on the site."),
        required=False,
        max_length=LONGEST_WANTED,
        widget=forms.TextInput(attrs=_PLAIN),
    )

    def clean_file(self) -> str:
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        if file is None:
            return ""
        if (file.size or 0) > 4 * LONGEST_DEFINITION:
            raise forms.ValidationError(_("This file is too large for a definition."))
        try:
            return bytes(file.read()).decode("utf-8-sig").strip()
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("This file is no text.")) from error

    def clean(self) -> dict[str, Any]:
        """What the file holds counts as typed."""
        data = self.cleaned_data
        told: str = data.get("file") or data.get("definition") or ""
        # With the ends of lines that JSON files have; kept whatever is found to be wrong with it.
        self.text = told.replace("\r\n", "\n")
        return data

    def refuse(self, errors: Iterator[FieldError] | list[FieldError]) -> None:
        """Show what is wrong, by field; what is of no field here stands above them."""
        for one in errors:
            words = text(one.code, one.params)
            self.add_error(one.field if one.field in self.fields else None, words)

    def shown_again(self) -> None:
        """Show in the field what a file held: a browser sends no file twice."""
        self.data = {**{name: self.data[name] for name in self.data}, "definition": self.text}


class NewSiteForm(DefinitionForm):
    """A site to be added. ``known`` is the name of one that is there already."""

    known: str | None = None

    provider = forms.ChoiceField(label=_("Kind"), widget=forms.RadioSelect)
    label = forms.CharField(
        label=_("Name"),
        help_text=_(
            "What you call it. Of a described site it may stay empty: its definition says."
        ),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    base_url = forms.CharField(
        label=_("Address"),
        help_text=_(
            "Of a feed: http://…, https://…, or file:///… in a folder of MANIFEST_ROOTS (without "
            "that setting, in the folder “manifests” of the data folder). Of a described site it "
            "may stay empty: its definition says."
        ),
        required=False,
        max_length=2_000,
        widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "url"}),
    )
    enabled = forms.BooleanField(label=_("Ask it from now on"), required=False, initial=True)

    field_order = ("provider", "label", "base_url", "file", "definition", "enabled", "query")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.name, f"{one.label}: {one.description}") for one in added.kinds()]
        kind = self.fields["provider"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - declared above
        kind.choices = choices
        kind.initial = added.DESCRIBED

    @property
    def is_described(self) -> bool:
        """Whether a definition says how the site is read."""
        return bool(self.cleaned_data.get("provider") == added.DESCRIBED)
