"""The form of some settings, drawn from what the schema says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext

from aniworld.config.checks import Between, OneOf
from aniworld.config.description import ListOf, Named, Scalar
from aniworld.config.forms import input_attributes
from aniworld.config.listing import Listed
from aniworld.config.words import in_words
from aniworld.web.errors import FieldError

LONGEST_TEXT = 100_000  # characters of one setting
SEEN = "seen"


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    def clean(self, value: Any) -> list[str]:
        if isinstance(value, list | tuple):  # of a field that is locked
            return list(value)
        return [line for line in str(super().clean(value)).splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value


class SettingsForm(forms.Form):
    """Some settings of one section. ``seen`` is the mark of what the visitor has seen of them."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)

    def __init__(
        self, listed: Sequence[Listed], data: Mapping[str, Any] | None = None, *, seen: str
    ) -> None:
        self.listed = {one.member.name: one for one in listed}
        super().__init__(
            data, initial={SEEN: seen, **{name: one.value for name, one in self.listed.items()}}
        )
        self.fields.update({name: _field(one) for name, one in self.listed.items()})

    def values(self) -> dict[str, Any]:
        """What was typed, by field of the section, as far as it is of the right type."""
        return {name: self.cleaned_data[name] for name in self.listed if name in self.cleaned_data}

    def add_faults(self, faults: Iterable[FieldError]) -> None:
        """Show what the configuration refuses beside the fields it is about."""
        for fault in faults:
            name = next((name for name, one in self.listed.items() if _is_of(fault, one)), None)
            words, place = fault.detail, fault.field.rpartition(".")[2]
            if name and place.isdigit():
                said = {"line": int(place) + 1, "words": words}
                words = gettext("Line %(line)d: %(words)s") % said
            self.add_error(name, words)

    def focus_first_error(self) -> None:
        """Let the browser begin where something is to be mended, with and without script."""
        for name in self.fields:
            if self.has_error(name):
                self.fields[name].widget.attrs["autofocus"] = True
                return


def takes(listed: Listed) -> bool:
    """Whether one input can take a setting."""
    return not isinstance(listed.member.shape, Named)


def _is_of(fault: FieldError, listed: Listed) -> bool:
    return fault.field == listed.field or fault.field.startswith(f"{listed.field}.")


def _field(listed: Listed) -> forms.Field:
    known, shape = listed.member.setting, listed.member.shape
    said: dict[str, Any] = {
        "label": gettext(known.label),
        "help_text": _help(listed),
        "required": False,
        "disabled": listed.is_locked,
    }
    if isinstance(shape, ListOf):
        rows = min(max(len(listed.value), 2) + 1, 12)
        lines = forms.Textarea(attrs={"class": "input", "rows": rows, "spellcheck": "false"})
        return LinesField(widget=lines, strip=False, max_length=LONGEST_TEXT, **said)
    assert isinstance(shape, Scalar)  # noqa: S101 - takes() leaves out the rest
    attributes = dict(input_attributes(listed.member))
    kind = attributes.pop("type", "text")
    if isinstance(known.check, OneOf):
        words = [(word, in_words(word, known)) for word in known.check.words]
        return forms.ChoiceField(
            choices=words, widget=forms.Select(attrs={"class": "select"}), **said
        )
    if shape.json_type == "boolean":
        return forms.BooleanField(**said)
    said["required"] = shape.json_type != "string"
    if shape.json_type == "integer":
        return forms.IntegerField(widget=forms.NumberInput(attrs=attributes), **said)
    if shape.json_type == "number":
        return forms.FloatField(widget=forms.NumberInput(attrs=attributes), **said)
    box = forms.URLInput if kind == "url" else forms.TextInput
    attributes |= {"autocomplete": "off", "spellcheck": "false"}
    if known.secret:  # what it is filled with is masked
        attributes["autocomplete"] = "new-password"
        widget: forms.Widget = forms.PasswordInput(attrs=attributes, render_value=True)
    else:
        widget = box(attrs=attributes)
    return forms.CharField(widget=widget, strip=False, max_length=LONGEST_TEXT, **said)


def _help(listed: Listed) -> str:
    known = listed.member.setting
    words = [gettext(known.help)] if known.help else []
    if isinstance(known.check, Between):
        bounds = {"low": _figure(known.check.low), "high": _figure(known.check.high)}
        words.append(gettext("From %(low)s to %(high)s.") % bounds)
    if isinstance(listed.member.shape, ListOf):
        words.append(gettext("One a line."))
    return " ".join(words)


def _figure(number: float) -> str:
    return str(
        number_format(f"{number:.10g}" if number < 1e6 else int(number), force_grouping=True)
    )
